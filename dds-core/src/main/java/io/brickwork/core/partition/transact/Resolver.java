package io.brickwork.core.partition.transact;

import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Event;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.partition.store.Vote;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the outcome of prepared transactions that nobody tells, at the primary of an open view: so no client that dies
 * leaves a lock behind.
 *
 * <p>The outcome is a pure function of the votes: commit if all are yes and stable, else abort. A participant that has
 * waited for {@link #PATIENCE_NANOS} asks all others where they stand, and decides for itself when their answers
 * suffice. A participant that is asked before it has voted never votes afterwards: it puts a no on record, or answers
 * that its vote cannot come any more, since the session is over or the client's low-water mark is above the
 * transaction. That answer counts as a no only for whoever still holds its own yes: as long as a yes is undecided, no
 * commit can have been forgotten.
 *
 * <p>Only a yes that is committed is asked about: one that a view change may yet cut was never given.
 *
 * <p>Source: the cooperative termination protocol of two-phase commit (Bernstein, Hadzilacos and Goodman 1987 §7.4),
 * over participants that do not fail since they are replicated (Gray and Lamport 2006).
 */
public final class Resolver {
    /** How long an outcome is waited for before the other participants are asked. */
    static final long PATIENCE_NANOS = 1_000_000_000;
    /** How often the other participants are asked. */
    static final long ASK_NANOS = 100_000_000;

    /** Carries out an outcome that was found. */
    @FunctionalInterface
    public interface Settlement {
        void settle(TransactionRecord prepared, State outcome, long nowNanos);
    }

    /** A yes without an outcome. */
    private static final class InDoubt {
        private final Inquiry inquiry;
        private final long sinceNanos;
        private long askedNanos;

        InDoubt(TransactionRecord prepared, long sinceNanos) {
            this.inquiry = new Inquiry(prepared);
            this.sinceNanos = sinceNanos;
            this.askedNanos = sinceNanos - ASK_NANOS;
        }
    }

    private final PartitionId partition;
    private final long epoch;
    private final Locks locks;
    private final CommitPoint commitPoint;
    private final DrainGate drain;
    private final Settlement settlement;
    private final Ports ports;
    private final LinkedHashMap<Vote, InDoubt> inDoubt = new LinkedHashMap<>();

    /** @param epoch of the open view */
    public Resolver(
            PartitionId partition,
            long epoch,
            Locks locks,
            CommitPoint commitPoint,
            DrainGate drain,
            Settlement settlement,
            Ports ports) {
        this.partition = partition;
        this.epoch = epoch;
        this.locks = locks;
        this.commitPoint = commitPoint;
        this.drain = drain;
        this.settlement = settlement;
        this.ports = ports;
    }

    /** Asks about each yes that has waited for too long. */
    public void onTick(long nowNanos) {
        if (locks.isEmpty()) {
            inDoubt.clear();
            return;
        }
        inDoubt.keySet().removeIf(vote -> !locks.isUndecided(vote));
        for (Locks.Held held : locks.undecided()) {
            if (held.votedSeq() <= commitPoint.seq()) {
                ask(held.record(), nowNanos);
            }
        }
    }

    private void ask(TransactionRecord prepared, long nowNanos) {
        InDoubt one = inDoubt.computeIfAbsent(Vote.of(prepared), vote -> new InDoubt(prepared, nowNanos));
        long patienceNanos = drain.isClosed() ? ASK_NANOS : PATIENCE_NANOS; // a split or a merge waits
        if (nowNanos - one.sinceNanos >= patienceNanos
                && nowNanos - one.askedNanos >= ASK_NANOS
                && ports.cluster().defends(Defence.RESOLVE_WHAT_IS_LOCKED)) {
            ports.cluster().reached(Situation.OUTCOME_ASKED_FOR);
            one.askedNanos = nowNanos;
            one.inquiry.ask(prepared, partition, epoch, ports);
        }
    }

    /** Another participant has said where it stands. */
    public void onTold(ReplicaMessage.TellStand told, long nowNanos) {
        for (Locks.Held held : locks.undecided()) {
            TransactionRecord prepared = held.record();
            InDoubt one = inDoubt.get(Vote.of(prepared));
            if (one != null && prepared.transaction().equals(told.transaction())) {
                one.inquiry.onTold(told);
                State outcome = outcome(prepared, one.inquiry.told());
                if (outcome == null && !ports.cluster().defends(Defence.ASK_ALL_PARTICIPANTS)) {
                    outcome = State.COMMITTED;
                }
                if (outcome != null) {
                    inDoubt.remove(Vote.of(prepared));
                    ports.peers()
                            .outbox()
                            .note(new Event.TransactionResolved(
                                    partition, prepared.transaction(), outcome == State.COMMITTED));
                    settlement.settle(prepared, outcome, nowNanos);
                }
            }
        }
    }

    /**
     * What follows from a participant's own yes and from what the others have answered so far.
     *
     * @return null while nothing does
     */
    static @Nullable State outcome(TransactionRecord prepared, Map<PartitionId, Inquiry.Told> told) {
        boolean isUnanimous = true;
        for (Participant other : Inquiry.othersOf(prepared)) {
            Inquiry.Told answer = told.get(other.partition());
            if (answer == null) {
                isUnanimous = false;
            } else if (answer.state() == State.COMMITTED) {
                return State.COMMITTED;
            } else if (answer.state() != State.PREPARED) {
                return State.ABORTED;
            }
        }
        return isUnanimous ? State.COMMITTED : null;
    }
}
