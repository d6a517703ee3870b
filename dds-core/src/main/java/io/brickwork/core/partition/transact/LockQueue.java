package io.brickwork.core.partition.transact;

import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.partition.store.Locks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits at a primary until what a transaction has locked is free: first come, first served. Of a request that waits
 * nothing has been taken.
 */
final class LockQueue {
    /** So many may wait. */
    static final int AT_MOST = 1024;
    /**
     * A request that waits.
     *
     * @param footprint what it needs
     */
    record Waiting(Endpoint from, CallMessage.Request request, Footprint footprint, long sinceNanos) {}

    private static final int OVERHEAD_BYTES = 200;
    /** Frames up to this size hold many requests, which are counted one by one; a larger one holds a large one. */
    private static final int LARGE_FRAME_BYTES = 512 << 10;

    private ArrayDeque<Waiting> queue = new ArrayDeque<>();
    /** {@link #bytesOf} all that is in {@link #queue}. */
    private long bytes;
    /** The one that is tried again just now. */
    private @Nullable Waiting retried;

    boolean isEmpty() {
        return queue.isEmpty();
    }

    boolean isFull() {
        return queue.size() >= AT_MOST;
    }

    /** The requests that wait, in bytes. */
    long bytes() {
        return bytes;
    }

    /** Whether the request is the one that is being tried again: it has its place already. */
    @SuppressWarnings("ReferenceEquality") // each request is an object of its own
    boolean isRetried(CallMessage.Request request) {
        return retried != null && retried.request == request;
    }

    /** How much memory a request takes while it waits: a large frame that it came in lives as long as it does. */
    static long bytesOf(CallMessage.Request request) {
        long bytes = OVERHEAD_BYTES + request.routingKey().length();
        bytes += switch (request) {
            case CallMessage.Write write -> write.body().length();
            case CallMessage.Prepare prepare -> prepare.part().bytes();
            default -> 0;
        };
        int frameBytes = request.routingKey().backingArray().length;
        return frameBytes > LARGE_FRAME_BYTES ? Math.max(bytes, frameBytes) : bytes;
    }

    /** Lines up, or, if it is being tried again, stays. */
    @SuppressWarnings("ReferenceEquality") // each request is an object of its own
    void add(Endpoint from, CallMessage.Request request, Footprint footprint, long nowNanos) {
        Waiting before = retried;
        long since = before != null && before.request == request ? before.sinceNanos : nowNanos;
        queue.addLast(new Waiting(from, request, footprint, since));
        bytes += bytesOf(request);
    }

    /** Transactions that wait and conflict with this footprint: what came after them must not overtake them. */
    List<CallMessage.Prepare> transactionsConflictingWith(Footprint footprint) {
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
        bytes = 0;
        for (Waiting one : before) {
            retried = one;
            attempt.accept(one);
        }
        retried = null;
    }

    /** Takes out those that have waited for too long. */
    List<Waiting> takeOverdue(long nowNanos) {
        List<Waiting> overdue = new ArrayList<>(0);
        while (!queue.isEmpty() && nowNanos - queue.getFirst().sinceNanos >= Locks.WAIT_NANOS) {
            Waiting first = queue.removeFirst();
            bytes -= bytesOf(first.request);
            overdue.add(first);
        }
        return overdue;
    }

    /** Takes out those that are meant. */
    List<Waiting> takeIf(Predicate<Waiting> isMeant) {
        List<Waiting> taken = new ArrayList<>(0);
        queue.removeIf(one -> {
            boolean isTaken = isMeant.test(one);
            if (isTaken) {
                bytes -= bytesOf(one.request);
                taken.add(one);
            }
            return isTaken;
        });
        return taken;
    }
}
