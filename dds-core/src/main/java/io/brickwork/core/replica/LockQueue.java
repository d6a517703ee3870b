package io.brickwork.core.replica;

import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who waits at a primary until what a transaction has locked is free: first come, first served. Of a request that waits nothing has been taken. */
final class LockQueue {
    /** So many may wait. */
    static final int AT_MOST = 1024;
    /** So long anybody waits: longer than a lock of a client that has died stays. */
    static final long WAIT_NANOS = 2_000_000_000;

    /**
     * A request that waits.
     *
     * @param footprint what it needs
     */
    record Waiting(Endpoint from, CallMessage.Request request, Footprint footprint, long sinceNanos) {}

    private ArrayDeque<Waiting> queue = new ArrayDeque<>();
    /** The one that is tried again just now. */
    private @Nullable Waiting retried;

    boolean isEmpty() {
        return queue.isEmpty();
    }

    boolean isFull() {
        return queue.size() >= AT_MOST;
    }

    /** Lines up, or, if it is being tried again, stays. */
    @SuppressWarnings("ReferenceEquality") // each request is an object of its own
    void add(Endpoint from, CallMessage.Request request, Footprint footprint, long nowNanos) {
        Waiting before = retried;
        long since = before != null && before.request == request ? before.sinceNanos : nowNanos;
        queue.addLast(new Waiting(from, request, footprint, since));
    }

    /** Transactions that wait, and whose turn something with this footprint would take. */
    List<CallMessage.Prepare> transactionsInTheWayOf(Footprint footprint) {
        List<CallMessage.Prepare> found = new ArrayList<>(0);
        for (Waiting one : queue) {
            if (one.request instanceof CallMessage.Prepare prepare && one.footprint.conflictsWith(footprint)) {
                found.add(prepare);
            }
        }
        return found;
    }

    /** Tries all of them again, in their order; who has to wait any longer keeps its place. */
    void retry(Consumer<Waiting> attempt) {
        ArrayDeque<Waiting> before = queue;
        queue = new ArrayDeque<>();
        for (Waiting one : before) {
            retried = one;
            attempt.accept(one);
        }
        retried = null;
    }

    /** Takes out those that have waited for too long. */
    List<Waiting> takeOverdue(long nowNanos) {
        List<Waiting> overdue = new ArrayList<>(0);
        while (!queue.isEmpty() && nowNanos - queue.getFirst().sinceNanos >= WAIT_NANOS) {
            overdue.add(queue.removeFirst());
        }
        return overdue;
    }

    /** Takes out those that are meant. */
    List<Waiting> takeIf(Predicate<Waiting> isMeant) {
        List<Waiting> taken = new ArrayList<>(0);
        queue.removeIf(one -> {
            boolean isTaken = isMeant.test(one);
            if (isTaken) {
                taken.add(one);
            }
            return isTaken;
        });
        return taken;
    }
}
