package io.brickwork.core;

/**
 * How far two clocks may be apart over a while: 1 % of it and 50 ms. Whoever counts on the end of something waits that
 * much longer; whoever must stop in time stops that much earlier.
 */
public final class Drift {
    private static final long FIXED_NANOS = 50_000_000;

    private Drift() {}

    /** How much two clocks may differ over this long, in nanoseconds. */
    public static long bound(long nanos) {
        return nanos / 100 + FIXED_NANOS;
    }
}
