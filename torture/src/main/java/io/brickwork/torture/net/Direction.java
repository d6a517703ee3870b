package io.brickwork.torture.net;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way from one end to another, for the bytes of all connections between the two, whoever dialled. It can be held,
 * so that bytes wait as they do in a network that loses every packet, and arrive late, as retransmitted ones do; and it
 * can be slow. Any thread.
 */
final class Direction {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    /** Guarded by the lock. Faults may overlap; each release takes back one hold. */
    private int holds;

    private volatile long delayNanos;

    void hold() {
        lock.lock();
        try {
            holds++;
        } finally {
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            holds = Math.max(0, holds - 1);
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whatever was done to it is over. */
    void heal() {
        lock.lock();
        try {
            holds = 0;
            delayNanos = 0;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void delay(long nanos) {
        delayNanos = nanos;
    }

    long delayNanos() {
        return delayNanos;
    }

    /** Waits while it is held. */
    void pass() throws InterruptedException {
        lock.lock();
        try {
            while (holds > 0) {
                released.await();
            }
        } finally {
            lock.unlock();
        }
    }
}
