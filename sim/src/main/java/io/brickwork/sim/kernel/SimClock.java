package io.brickwork.sim.kernel;

import io.brickwork.core.Check;

/**
 * The monotonic clock of one node: begins anywhere (skew) and runs a little fast or slow (drift). Never goes back.
 *
 * <p>Integer arithmetic: what it shows depends on virtual time alone, not on how often it was looked at.
 */
public final class SimClock {
    private static final long MILLION = 1_000_000;

    private final EventQueue queue;
    private final long offsetNanos;
    private final long driftPpm;

    /**
     * @param offsetNanos what the clock shows when the world begins; may be negative, like {@code System.nanoTime}
     * @param driftPpm by how many millionths it runs fast, or slow if negative; less than a tenth
     */
    public SimClock(EventQueue queue, long offsetNanos, long driftPpm) {
        Check.argument(Math.abs(driftPpm) < 100_000, "drift of %d ppm", driftPpm);
        this.queue = queue;
        this.offsetNanos = offsetNanos;
        this.driftPpm = driftPpm;
    }

    /** What this node's clock shows. */
    public long nowNanos() {
        return offsetNanos + local(queue.nowNanos());
    }

    /**
     * How long it takes in virtual time until this clock has moved on by {@code localNanos}; at least that, by a
     * nanosecond's rounding.
     */
    public long virtualDelay(long localNanos) {
        // Whole millions and the rest apart, so that nothing overflows within three centuries.
        long rate = MILLION + driftPpm;
        return localNanos / rate * MILLION + (localNanos % rate * MILLION + rate - 1) / rate;
    }

    private long local(long virtualNanos) {
        return virtualNanos + virtualNanos / MILLION * driftPpm + virtualNanos % MILLION * driftPpm / MILLION;
    }
}
