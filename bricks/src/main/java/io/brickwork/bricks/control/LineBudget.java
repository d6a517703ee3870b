package io.brickwork.bricks.control;

import io.brickwork.core.Check;

/**
 * How many lines a source of log lines may still write: a burst, refilled at a steady rate. Counts what it refuses.
 *
 * <p>Not for several threads at once.
 */
final class LineBudget {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int burst;
    private final int perSecond;

    private boolean isFull = true;
    /** Lines that may be written at {@link #countedNanos}; at most {@link #burst}. */
    private double lines;

    private long countedNanos;
    /** Lines refused since the last one that was allowed. */
    private long refused;

    /**
     * @param burst lines that may come at once; at least 1
     * @param perSecond lines that are added each second; at least 1
     */
    LineBudget(int burst, int perSecond) {
        Check.argument(burst >= 1 && perSecond >= 1, "%d lines at once, %d a second", burst, perSecond);
        this.burst = burst;
        this.perSecond = perSecond;
    }

    /** Whether one more line may be written now; if so it is counted. */
    boolean take(long nowNanos) {
        lines = isFull ? burst : Math.min(burst, lines + (double) (nowNanos - countedNanos) * perSecond / SECOND_NANOS);
        isFull = false;
        countedNanos = nowNanos;
        if (lines < 1) {
            refused++;
            return false;
        }
        lines--;
        return true;
    }

    /** How many lines were refused since this was last asked. */
    long takeRefused() {
        long count = refused;
        refused = 0;
        return count;
    }
}
