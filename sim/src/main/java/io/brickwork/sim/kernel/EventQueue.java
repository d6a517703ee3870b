package io.brickwork.sim.kernel;

import io.brickwork.core.Check;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All that is going to happen, ordered by (virtual time, sequence number of the enqueueing): the only order there is in
 * a world.
 *
 * <p>One thread at a time. A call from any other thread than the one that has the turn would put an event at a place
 * that no seed decided; it throws {@link ForeignThread}, and so does every later call, so that the run cannot go on as
 * if nothing had happened. {@link #handOver} passes the turn to another thread.
 *
 * <p>A binary heap over three arrays: an event costs no object but its action.
 */
public final class EventQueue {
    private long[] times = new long[1024];
    private long[] sequences = new long[1024];
    private @Nullable Runnable[] actions = new Runnable[1024];
    private int size;
    private long nowNanos;
    private long nextSequence;
    private long executed;
    private Thread owner = Thread.currentThread();
    /** Set by a foreign thread, read by the owner. */
    private volatile @Nullable String trespass;

    /** Some other thread than the world's touched the queue. */
    public static final class ForeignThread extends AssertionError {
        private static final long serialVersionUID = 1L;

        ForeignThread(String message) {
            super(message);
        }
    }

    /** The virtual time: nanoseconds since the world began. */
    public long nowNanos() {
        return nowNanos;
    }

    /** How many events have been executed. */
    public long executed() {
        return executed;
    }

    public int size() {
        return size;
    }

    /**
     * Lets something happen at a moment that is not in the past; behind everything that is already planned for that
     * moment.
     */
    public void at(long timeNanos, Runnable action) {
        checkThread();
        Check.argument(timeNanos >= nowNanos, "event at %d ns, but it is %d ns already", timeNanos, nowNanos);
        if (size == times.length) {
            grow();
        }
        int hole = size++;
        long sequence = nextSequence++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            // A new event has the greatest sequence number, so at equal times it stays below.
            if (times[parent] <= timeNanos) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        times[hole] = timeNanos;
        sequences[hole] = sequence;
        actions[hole] = action;
    }

    /** Lets something happen after a delay of at least 0. */
    public void after(long delayNanos, Runnable action) {
        Check.argument(delayNanos >= 0, "delay of %d ns", delayNanos);
        at(Math.addExact(nowNanos, delayNanos), action);
    }

    /** When the next event is due; {@link Long#MAX_VALUE} if there is none. */
    public long nextTimeNanos() {
        return size == 0 ? Long.MAX_VALUE : times[0];
    }

    /** Executes the next event, if there is one. */
    public boolean runNext() {
        checkThread();
        if (size == 0) {
            return false;
        }
        Runnable action = actions[0];
        Check.invariant(action != null, "an event without an action");
        nowNanos = times[0];
        removeFirst();
        executed++;
        action.run();
        return true;
    }

    /** Executes all events up to and including a moment, which it is afterwards. */
    public void runUntil(long timeNanos) {
        while (nextTimeNanos() <= timeNanos) {
            runNext();
        }
        nowNanos = Math.max(nowNanos, timeNanos);
    }

    /** Gives the turn to another thread. Only the thread that has it may. */
    public void handOver(Thread next) {
        checkThread();
        owner = next;
    }

    private void checkThread() {
        Thread current = Thread.currentThread();
        if (!current.equals(owner)) {
            trespass = "thread '" + current.getName() + "' reached into the world while '" + owner.getName()
                    + "' had the turn";
        }
        String message = trespass;
        if (message != null) {
            throw new ForeignThread(message);
        }
    }

    private void removeFirst() {
        int last = --size;
        long time = times[last];
        long sequence = sequences[last];
        Runnable action = actions[last];
        actions[last] = null;
        if (last == 0) {
            return;
        }
        int hole = 0;
        while (true) {
            int child = 2 * hole + 1;
            if (child >= last) {
                break;
            }
            if (child + 1 < last && isBefore(child + 1, times[child], sequences[child])) {
                child++;
            }
            if (!isBefore(child, time, sequence)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        times[hole] = time;
        sequences[hole] = sequence;
        actions[hole] = action;
    }

    private boolean isBefore(int index, long time, long sequence) {
        return times[index] < time || (times[index] == time && sequences[index] < sequence);
    }

    private void move(int from, int to) {
        times[to] = times[from];
        sequences[to] = sequences[from];
        actions[to] = actions[from];
    }

    private void grow() {
        int capacity = size * 2;
        times = Arrays.copyOf(times, capacity);
        sequences = Arrays.copyOf(sequences, capacity);
        actions = Arrays.copyOf(actions, capacity);
    }
}
