package io.brickwork.core.partition.transact;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.execute.Sequencer;
import io.brickwork.core.partition.execute.SessionTable;
import io.brickwork.core.partition.execute.Waiters;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A primary as a participant in transactions: votes, carries out the outcomes, and says where the partition stands.
 *
 * <pre>
 * Prepare   nothing conflicts, and the compares hold       → a vote, which locks the footprint at all members before anybody hears of it
 *           what conflicts is younger                      → wait in the {@link LockGate}
 *           else                                           → refused: this attempt gets no vote
 * Decide    the writes are done, or not; the locks are free once that is committed
 * Resolve   where the partition stands; if nothing is on record, a no is put on record first
 * </pre>
 *
 * <p>What is on record is never taken back: a yes stays until it is settled, and whoever was told of a no will never
 * hear a yes. What is put on record here is an entry like any other, and counts when it is committed.
 *
 * <p>Source: two-phase commit over replicated participants, as in Sinfonia (Aguilera et al. 2007 §4) and Gray and
 * Lamport 2006.
 */
public final class Participation {
    private final PartitionId partition;
    private final Sequencer sequencer;
    private final SessionTable sessions;
    private final LockGate gate;
    private final DrainGate drain;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Waiters waiters;
    private final Refusals refusals;
    private final Ports ports;

    public Participation(
            PartitionId partition,
            Sequencer sequencer,
            SessionTable sessions,
            LockGate gate,
            DrainGate drain,
            PartitionLog log,
            CommitPoint commitPoint,
            Waiters waiters,
            Refusals refusals,
            Ports ports) {
        this.partition = partition;
        this.sequencer = sequencer;
        this.sessions = sessions;
        this.gate = gate;
        this.drain = drain;
        this.log = log;
        this.commitPoint = commitPoint;
        this.waiters = waiters;
        this.refusals = refusals;
        this.ports = ports;
    }

    public void onRequest(Endpoint from, CallMessage.OfTransaction request, long nowNanos) {
        switch (request) {
            case CallMessage.Prepare prepare -> onPrepare(from, prepare, nowNanos);
            case CallMessage.Decide decide -> onDecide(from, decide, nowNanos);
            case CallMessage.Resolve resolve -> onResolve(from, resolve, nowNanos);
        }
    }

    // ---- the vote

    private void onPrepare(Endpoint from, CallMessage.Prepare prepare, long nowNanos) {
        OperationId transaction = prepare.transaction();
        SessionRow.Stand stand = sessions.stand(transaction, partition);
        if (stand != null) {
            answer(from, prepare.ticket(), stand);
            return;
        }
        if (!sequencer.admits(from, prepare, transaction, prepare.lowWater())
                || !sequencer.isWithin(from, prepare, prepare.part())) {
            return;
        }
        if (drain.isClosed()) {
            refusals.refuse(
                    from, prepare, CallMessage.Reason.SPLITTING, "the partition is about to be split or merged");
            return;
        }
        Footprint footprint = footprint(prepare.part());
        if (gate.refusesForPriority(from, prepare, footprint, prepare.age())) {
            return;
        }
        List<TransactionRecord> holders = holders(footprint);
        List<CallMessage.Prepare> waiting = gate.waiting(footprint);
        if (holders.isEmpty() && waiting.isEmpty()) {
            vote(from, prepare, footprint, nowNanos);
        } else if (isOlderThanAll(prepare, holders, waiting)) {
            gate.await(from, prepare, footprint, nowNanos);
        } else {
            gate.onRefused(from, prepare, footprint, nowNanos);
            refusals.refuse(
                    from,
                    prepare,
                    CallMessage.Reason.CONFLICT,
                    "what it needs is locked by %s, which goes before it"
                            .formatted(
                                    holders.isEmpty()
                                            ? waiting.getFirst().transaction()
                                            : holders.getFirst().transaction()));
        }
    }

    private Footprint footprint(Part part) {
        if (!part.compares().isEmpty() && !ports.cluster().defends(Defence.WRITE_WHAT_IS_FREE)) {
            return Footprint.of(new Part(List.of(), part.writes()));
        }
        Footprint footprint = Footprint.of(part);
        return footprint.ranges().isEmpty() || ports.cluster().defends(Defence.LOCK_RANGES)
                ? footprint
                : new Footprint(footprint.writes(), footprint.reads(), List.of());
    }

    private List<TransactionRecord> holders(Footprint footprint) {
        Collection<Locks.Held> holders = gate.holders(footprint);
        Stream<TransactionRecord> records = holders.stream().map(Locks.Held::record);
        if (!holders.isEmpty() && !ports.cluster().defends(Defence.WRITE_WHAT_IS_FREE)) {
            records = records.filter(record -> record.part().writes().stream()
                    .anyMatch(write -> footprint.writes().contains(write.recordKey())));
        }
        return records.toList();
    }

    /**
     * Whether the transaction may wait: then none of those that it waits for waits for it, whatever they have locked
     * elsewhere.
     */
    private boolean isOlderThanAll(
            CallMessage.Prepare prepare, List<TransactionRecord> holders, List<CallMessage.Prepare> waiting) {
        Seniority own = Seniority.of(prepare);
        boolean isOlder = holders.stream().map(Seniority::of).allMatch(own::isOlderThan)
                && waiting.stream()
                        .filter(other -> !other.transaction().equals(prepare.transaction()))
                        .map(Seniority::of)
                        .allMatch(own::isOlderThan);
        return isOlder || !ports.cluster().defends(Defence.WAIT_FOR_YOUNGER_ALONE);
    }

    private void vote(Endpoint from, CallMessage.Prepare prepare, Footprint footprint, long nowNanos) {
        Part part = prepare.part();
        if (!sequencer.mayDo(from, prepare, part)) {
            gate.onRefused(from, prepare, footprint, nowNanos);
            return;
        }
        gate.onVoted(from, prepare, footprint, nowNanos);
        TransactionRecord prepared = TransactionRecord.prepared(
                prepare.transaction(), partition, prepare.age(), prepare.participants(), part);
        record(prepared, prepare.lowWater(), List.of(), from, prepare.ticket(), nowNanos);
    }

    // ---- the outcome

    private void onDecide(Endpoint from, CallMessage.Decide decide, long nowNanos) {
        OperationId transaction = decide.transaction();
        SessionRow.Stand stand = sessions.stand(transaction, decide.participant());
        if (stand == null) {
            gate.onGivenUp(transaction);
            decideWithoutVote(from, decide, nowNanos);
        } else if (stand.record().isPrepared()) {
            State outcome = decide.isCommit() ? State.COMMITTED : State.ABORTED;
            settle(stand.record(), outcome, from, decide.ticket(), nowNanos);
        } else {
            answer(from, decide.ticket(), stand);
        }
    }

    private void decideWithoutVote(Endpoint from, CallMessage.Decide decide, long nowNanos) {
        OperationId transaction = decide.transaction();
        if (isForgotten(transaction)) {
            ports.peers()
                    .outbox()
                    .send(
                            from,
                            new CallMessage.Answer(
                                    decide.ticket(), partition, Completion.Status.DONE, Version.NONE, Bytes.EMPTY));
        } else if (decide.isCommit()) {
            refusals.refuse(from, decide, CallMessage.Reason.MALFORMED, transaction + " has no vote of " + partition);
        } else {
            refuseForGood(transaction, decide.participant(), "it was aborted", from, decide.ticket(), nowNanos);
        }
    }

    /** Carries out an outcome that was found here. */
    public void settle(TransactionRecord prepared, State outcome, long nowNanos) {
        settle(prepared, outcome, null, 0, nowNanos);
    }

    private void settle(
            TransactionRecord prepared, State outcome, @Nullable Endpoint from, long ticket, long nowNanos) {
        List<Effect> effects = outcome == State.COMMITTED ? prepared.part().writes() : List.of();
        effects.forEach(effect -> sequencer.sample().add(effect.recordKey(), effect.value()));
        // Every entry says how far its session has come, its end included: a copy may begin behind the entry that told.
        record(prepared.become(outcome), sessions.lowWater(prepared.session()), effects, from, ticket, nowNanos);
        gate.onSettled(prepared, outcome, nowNanos);
    }

    private void refuseForGood(
            OperationId transaction,
            PartitionId participant,
            String reason,
            @Nullable Endpoint from,
            long ticket,
            long nowNanos) {
        TransactionRecord refusal = TransactionRecord.refused(transaction, participant, reason);
        record(refusal, sessions.lowWater(refusal.session()), List.of(), from, ticket, nowNanos);
    }

    /** @param from who is told when it is committed; null if nobody is */
    private void record(
            TransactionRecord record,
            long lowWater,
            List<Effect> effects,
            @Nullable Endpoint from,
            long ticket,
            long nowNanos) {
        sequencer.store(
                version -> EntryCodec.encodeTransaction(partition, version, record, lowWater, effects),
                from,
                ticket,
                nowNanos);
    }

    // ---- where the partition stands

    private void onResolve(Endpoint from, CallMessage.Resolve resolve, long nowNanos) {
        OperationId transaction = resolve.transaction();
        SessionRow.Stand stand = sessions.stand(transaction, resolve.participant());
        if (stand != null) {
            answer(from, resolve.ticket(), stand);
        } else if (isForgotten(transaction)) {
            refusals.refuse(from, resolve, CallMessage.Reason.FORGOTTEN, "its session is over, or has gone on");
        } else if (knowsSessionOf(transaction)) {
            gate.onGivenUp(transaction);
            refuseForGood(
                    transaction, resolve.participant(), "its outcome was asked for", from, resolve.ticket(), nowNanos);
        } else {
            refusals.refuse(from, resolve, CallMessage.Reason.SESSION_UNKNOWN, "its session is not known here yet");
        }
    }

    /** Another participant asks where the partition stands. It asks again until it is told. */
    public void onAsk(BrickId from, ReplicaMessage.AskStand ask, long nowNanos) {
        // What is known here of sessions that are over counts only in the newest view: whoever opens a later one knows
        // as much.
        if (!sequencer.isInNewestView()) {
            ports.cluster().reached(Situation.ASKED_IN_OLD_VIEW);
            if (ports.cluster().defends(Defence.TELL_IN_NEWEST_VIEW)) {
                return;
            }
        }
        if (!sequencer.commits()) {
            return;
        }
        OperationId transaction = ask.transaction();
        SessionRow.Stand stand = sessions.stand(transaction, ask.participant());
        if (stand != null) {
            if (isCommitted(stand)) {
                tell(from, ask, stand.record().state());
            }
        } else if (isForgotten(transaction) || !ports.cluster().defends(Defence.REFUSE_WHAT_IS_ASKED_FOR)) {
            tell(from, ask, null);
        } else if (knowsSessionOf(transaction)) {
            gate.onGivenUp(transaction);
            refuseForGood(transaction, ask.participant(), "another participant asked for its vote", null, 0, nowNanos);
        }
    }

    private void tell(BrickId to, ReplicaMessage.AskStand ask, @Nullable State state) {
        ports.peers()
                .tell(
                        to,
                        new ReplicaMessage.TellStand(
                                ask.asker(), ask.epoch(), ask.transaction(), ask.participant(), state));
    }

    /** Says where the partition stands: at once if that is committed, else when it is. */
    private void answer(Endpoint from, long ticket, SessionRow.Stand stand) {
        if (isCommitted(stand)) {
            ports.peers().outbox().send(from, Waiters.answerOf(ticket, partition, stand.version(), stand.record()));
        } else {
            waiters.join(log.entryHere(stand.version().seq()), from, ticket);
        }
    }

    private boolean isCommitted(SessionRow.Stand stand) {
        return stand.isCommitted(commitPoint.seq());
    }

    /**
     * Whether no vote can come any more of a transaction of which nothing is on record: whoever asks for one is
     * refused.
     */
    private boolean isForgotten(OperationId transaction) {
        return transaction.number() < sessions.lowWater(transaction.session())
                || ports.cluster().metadata().isExpired(transaction.session());
    }

    /** Whether this brick has heard of the session: else the session may have ended, for all that is known here. */
    private boolean knowsSessionOf(OperationId transaction) {
        return transaction.session().slot() <= ports.cluster().metadata().slot();
    }
}
