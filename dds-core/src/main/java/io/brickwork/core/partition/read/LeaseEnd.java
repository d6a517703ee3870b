package io.brickwork.core.partition.read;

/**
 * Until when a brick may answer reads by itself, on its monotonic clock. Written by the lane, read by any thread.
 *
 * <p>It only moves forward: a later grant replaces an earlier one, and none is taken back.
 */
public final class LeaseEnd {
    /** Whether there has been a lease at all: a monotonic clock may show anything. */
    private volatile boolean isSet;

    private volatile long nanos;

    public void set(long endNanos) {
        if (!isSet || endNanos - nanos > 0) {
            nanos = endNanos;
            isSet = true;
        }
    }

    /** Whether the lease lasts beyond this moment. */
    public boolean isValid(long nowNanos) {
        return isSet && nowNanos - nanos < 0;
    }

    /** The end, exclusive; a moment that is past if there has been no lease. */
    public long nanos(long nowNanos) {
        return isSet ? nanos : nowNanos;
    }
}
