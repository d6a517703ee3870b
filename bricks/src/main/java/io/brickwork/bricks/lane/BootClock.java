package io.brickwork.bricks.lane;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A monotonic clock that counts the time during which the machine was suspended, which {@link System#nanoTime} may not:
 * leases are measured on it, and must be over when a suspended machine wakes.
 *
 * <p>The time of day goes on meanwhile. When it has run ahead by more than {@link #STEP_NANOS}, this clock follows. So
 * it does when somebody sets the time of day forward, which ends leases early and does no harm. Any thread.
 */
public final class BootClock implements LongSupplier {
    /**
     * By how much the time of day may run ahead unnoticed: leases allow for as much (the fixed part of
     * {@link io.brickwork.core.Drift}).
     */
    static final long STEP_NANOS = 50_000_000;
    /** A reading of both clocks that took longer says little. */
    private static final long READING_NANOS = 5_000_000;

    private static final int READINGS = 10;

    private final LongSupplier monotonicNanos;
    private final LongSupplier wallMillis;
    /** By how much the time of day was ahead of the monotonic clock when they were last compared closely. */
    private volatile long leadNanos;
    /** What this clock is ahead of the monotonic one. Never falls. */
    private volatile long aheadNanos;

    /** The machine's clock. */
    public BootClock() {
        this(System::nanoTime, System::currentTimeMillis);
    }

    BootClock(LongSupplier monotonicNanos, LongSupplier wallMillis) {
        this.monotonicNanos = monotonicNanos;
        this.wallMillis = wallMillis;
        this.leadNanos = closeLead();
    }

    @Override
    public long getAsLong() {
        long now = monotonicNanos.getAsLong();
        if (Math.abs(wallNanos() - now - leadNanos) > STEP_NANOS) {
            follow();
            now = monotonicNanos.getAsLong();
        }
        return now + aheadNanos;
    }

    private synchronized void follow() {
        long lead = closeLead();
        long step = lead - leadNanos;
        if (step > STEP_NANOS) {
            aheadNanos += step;
        }
        if (Math.abs(step) > STEP_NANOS) {
            leadNanos = lead;
        }
    }

    /** The thread may be held up between two looks at clocks, which must not be taken for a step. */
    private long closeLead() {
        long lead = 0;
        for (int i = 0; i < READINGS; i++) {
            long before = monotonicNanos.getAsLong();
            long wall = wallNanos();
            long after = monotonicNanos.getAsLong();
            lead = wall - after;
            if (after - before < READING_NANOS) {
                break;
            }
        }
        return lead;
    }

    private long wallNanos() {
        return TimeUnit.MILLISECONDS.toNanos(wallMillis.getAsLong());
    }
}
