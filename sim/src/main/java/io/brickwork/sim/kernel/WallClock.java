package io.brickwork.sim.kernel;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The wall clock of one node: what its user would call the time of day. Goes as fast as the node's monotonic clock, is
 * wrong by some skew from the beginning, and jumps forward and back when somebody sets it. No machine reads it; user
 * code and whatever writes a time for people do.
 */
public final class WallClock implements InstantSource {
    /** The time of day at which all worlds begin. */
    public static final Instant BEGINNING = Instant.parse("2030-01-01T00:00:00Z");

    private final SimClock monotonic;
    /** What to add to the monotonic clock. */
    private long aheadNanos;

    /** @param skewNanos by how much it is ahead of the true time when the world begins, or behind if negative */
    public WallClock(SimClock monotonic, long skewNanos) {
        this.monotonic = monotonic;
        this.aheadNanos = skewNanos - monotonic.nowNanos();
    }

    @Override
    public Instant instant() {
        return BEGINNING.plusNanos(monotonic.nowNanos() + aheadNanos);
    }

    /** Somebody sets it, by so many nanoseconds ahead, or back if negative. */
    public void jump(long nanos) {
        aheadNanos += nanos;
    }
}
