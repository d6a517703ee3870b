package io.brickwork.core.partition.transact;

import io.brickwork.core.OperationId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.execute.WriteGate;
import io.brickwork.core.partition.port.LoadPort;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.Collection;
import java.util.List;

/**
 * Where requests wait at a primary for what transactions have locked, and where they are refused for the sake of a
 * transaction that has failed before. Waiting requests are tried again, in the order of their coming, whenever
 * something becomes free.
 *
 * <p>A request that waits has locked nothing here; what it may have locked elsewhere, and hence which transactions may
 * wait at all, is for {@link Seniority} to say.
 */
public final class LockGate implements WriteGate {
    /** Takes a request again that has waited. */
    @FunctionalInterface
    public interface Retried {
        void onRequest(Endpoint from, CallMessage.Request request, long nowNanos);
    }

    private final Locks locks;
    private final Extent extent;
    private final Refusals refusals;
    private final LoadPort load;
    private final Retried retried;
    private final LockQueue queue = new LockQueue();
    private final RetryPriority priority = new RetryPriority();

    public LockGate(Locks locks, Extent extent, Refusals refusals, LoadPort load, Retried retried) {
        this.locks = locks;
        this.extent = extent;
        this.refusals = refusals;
        this.load = load;
        this.retried = retried;
    }

    // ---- who must wait

    @Override
    public boolean isQuiet() {
        return locks.isEmpty() && queue.isEmpty() && priority.isEmpty();
    }

    @Override
    public boolean isBlocked(Footprint footprint) {
        return !locks.conflictingWith(footprint).isEmpty()
                || !queue.transactionsConflictingWith(footprint).isEmpty();
    }

    @Override
    public boolean isReserved(Footprint footprint) {
        return priority.isReserved(footprint, 0);
    }

    @Override
    public boolean refusesForPriority(Endpoint from, CallMessage.Request request, Footprint footprint, int age) {
        if (!priority.isReserved(footprint, age)) {
            return false;
        }
        refusals.refuse(
                from,
                request,
                CallMessage.Reason.NOT_YET,
                "a transaction that has tried more often goes before it; its turn lasts as long as its function took, at most "
                        + RetryPriority.MOST_NANOS / 1_000_000 + " ms");
        return true;
    }

    /** Transactions with a vote and no outcome that conflict with the footprint. */
    Collection<Locks.Held> holders(Footprint footprint) {
        return locks.conflictingWith(footprint);
    }

    /** Transactions that wait here and conflict with the footprint. */
    List<CallMessage.Prepare> waiting(Footprint footprint) {
        return queue.transactionsConflictingWith(footprint);
    }

    @Override
    public void await(Endpoint from, CallMessage.Request request, Footprint footprint, long nowNanos) {
        boolean hasItsPlace = queue.isRetried(request);
        if (queue.isFull()) {
            refusals.refuse(
                    from, request, CallMessage.Reason.OVERLOADED, LockQueue.AT_MOST + " requests wait for locks");
        } else if (!hasItsPlace && load.isWaitingFull()) {
            refusals.refuse(
                    from, request, CallMessage.Reason.OVERLOADED, "what waits for locks takes all the memory it may");
        } else {
            if (!hasItsPlace) {
                load.addWaiting(LockQueue.bytesOf(request));
            }
            queue.add(from, request, footprint, nowNanos);
        }
    }

    /** Requests that wait, in bytes. */
    public long waitingBytes() {
        return queue.bytes();
    }

    // ---- what happens

    @Override
    public void onWhole(Endpoint from, RecordAccess.Whole whole, boolean isCommit, long nowNanos) {
        if (isCommit) {
            priority.committed(Footprint.of(whole.part()), whole.age());
        } else {
            priority.refused(Footprint.of(whole.part()), whole.age(), from, whole.tookNanos(), nowNanos);
        }
    }

    /** A transaction has the vote that it asked for. */
    void onVoted(Endpoint from, CallMessage.Prepare prepare, Footprint footprint, long nowNanos) {
        priority.voted(footprint, prepare.age(), from, prepare.tookNanos(), prepare.transaction(), nowNanos);
    }

    /** A transaction was refused the vote that it asked for: it will come again. */
    void onRefused(Endpoint from, CallMessage.Prepare prepare, Footprint footprint, long nowNanos) {
        priority.refused(footprint, prepare.age(), from, prepare.tookNanos(), nowNanos);
    }

    /** A transaction with a vote has its outcome: what it has locked is becoming free. */
    void onSettled(TransactionRecord prepared, State outcome, long nowNanos) {
        boolean isCommit = outcome == State.COMMITTED;
        priority.settled(prepared.transaction(), isCommit, nowNanos);
        if (isCommit && !priority.isEmpty()) {
            priority.committed(Footprint.of(prepared.part()), prepared.age());
        }
        retry(nowNanos);
    }

    /** A transaction gets no vote any more: if it waits for one, it is refused. */
    void onGivenUp(OperationId transaction) {
        queue.takeIf(one -> one.request() instanceof CallMessage.Prepare prepare
                        && prepare.transaction().equals(transaction))
                .forEach(one -> refusals.refuse(
                        one.from(), one.request(), CallMessage.Reason.CONFLICT, "it waited while it was given up"));
    }

    /** A caller's link is lost. */
    public void onCallerGone(Endpoint caller) {
        priority.onCallerGone(caller);
    }

    public void onTick(long nowNanos) {
        if (priority.expire(nowNanos)) {
            retry(nowNanos);
        }
        for (LockQueue.Waiting one : queue.takeOverdue(nowNanos)) {
            boolean isTransaction = one.request() instanceof CallMessage.Prepare;
            refusals.refuse(
                    one.from(),
                    one.request(),
                    isTransaction ? CallMessage.Reason.CONFLICT : CallMessage.Reason.LOCKED,
                    "a transaction has locked what it needs for more than " + Locks.WAIT_NANOS / 1_000_000
                            + " ms, and its outcome is not known");
        }
    }

    private void retry(long nowNanos) {
        queue.retry(one -> {
            if (extent.owns(one.request().routingKey())) {
                retried.onRequest(one.from(), one.request(), nowNanos);
            } else {
                refusals.refuse(
                        one.from(), one.request(), CallMessage.Reason.SPLITTING, "the partition is being split");
            }
        });
    }

    /** The view is closed: who waits asks another primary. */
    public void close() {
        queue.takeIf(one -> true)
                .forEach(one ->
                        refusals.refuse(one.from(), one.request(), CallMessage.Reason.NOT_OPEN, "the view was closed"));
    }
}
