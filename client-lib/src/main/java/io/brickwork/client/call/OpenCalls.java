package io.brickwork.client.call;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The bound on open calls of a client: blocking callers wait their turn for room, others are told that there is none.
 * Any thread.
 */
final class OpenCalls {
    private final int limit;
    private final Semaphore room;

    OpenCalls(int limit) {
        this.limit = limit;
        room = new Semaphore(limit, true);
    }

    int limit() {
        return limit;
    }

    /** Takes room if there is some and nobody waits for it. */
    boolean tryEnter() {
        return !room.hasQueuedThreads() && room.tryAcquire();
    }

    /** Waits for room, first come first served. */
    boolean enter(long timeoutNanos) throws InterruptedException {
        return room.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    void leave() {
        room.release();
    }
}
