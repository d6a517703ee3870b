package io.brickwork.core.brick;

/**
 * How many bytes of something all replicas of a brick hold: counted at each tick, and added to in between, so that a
 * burst within a tick counts as well. What goes in between is seen at the next tick.
 */
final class Gauge {
    private final long limitBytes;
    private long countedBytes;
    private long addedBytes;

    Gauge(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    void count(long bytes) {
        countedBytes = bytes;
        addedBytes = 0;
    }

    void add(long bytes) {
        addedBytes += bytes;
    }

    boolean isFull() {
        return countedBytes + addedBytes > limitBytes;
    }

    /** Whether so many times the limit was there at the last tick. */
    boolean was(double times) {
        return countedBytes > limitBytes * times;
    }
}
