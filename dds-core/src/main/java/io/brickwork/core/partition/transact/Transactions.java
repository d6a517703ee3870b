package io.brickwork.core.partition.transact;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.group.Group;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.execute.Sequencer;
import io.brickwork.core.partition.execute.SessionTable;
import io.brickwork.core.partition.execute.Waiters;
import io.brickwork.core.partition.execute.WriteGate;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Vote;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A primary as a participant in transactions: it votes, carries out what is decided, finds out what nobody tells, and forgets.
 *
 * <pre>
 * Prepare   the compares hold, and what they and the writes need is free  → a vote, which locks it (at all members, before anybody hears of the vote)
 *           what is needed is locked, by younger transactions alone       → wait
 *           else                                                          → refused: of this attempt no vote will come
 * Decide    the writes are done, or not; the locks are free once that is committed
 * Resolve   where it stands; with nothing on record, a no is put there first
 * </pre>
 *
 * <p>The outcome is a pure function of the votes: commit if all are yes and stable, else abort. So nobody's word is needed, and no client can leave a lock behind: whoever has held one for {@link #PATIENCE_NANOS} asks all others where they
 * stand, and decides for itself (a resolver). Those that have no vote then never will: they put a no on record, or answer that it cannot come any more, since the session is over or the client's low-water mark above it. The latter
 * counts as a no only for whom still holds its own yes: nothing can have been forgotten then (T74, T56).
 *
 * <p>No two wait for each other: a transaction waits for younger ones alone (wait-die), and what is no transaction holds nothing while it waits (T61, T8).
 *
 * <p>Source: two-phase commit over replicated participants, as in Sinfonia (Aguilera et al. 2007 §4) and Gray and Lamport 2006; wait-die by Rosenkrantz, Stearns and Lewis 1978.
 */
public final class Transactions implements WriteGate {
    /** So long an outcome is waited for before others are asked. */
    static final long PATIENCE_NANOS = 1_000_000_000;
    /** How often they are. */
    private static final long ASK_NANOS = 100_000_000;
    /** So long no vote is given for the sake of a split or a merge; if the locks are not free by then, votes are given for as long again. */
    private static final long DRAIN_NANOS = 5_000_000_000L;
    /** How often others are asked whether a commit may be forgotten, and how many at once. */
    private static final long FORGET_NANOS = 1_000_000_000;

    private static final int FORGET_AT_ONCE = 64;

    private final Sequencer sequencer;
    private final Retried retried;
    private final Tenure tenure;
    private final PartitionLog log;
    private final Extent extent;
    private final CommitPoint commitPoint;
    private final Refusals refusals;
    private final Ports ports;
    private final PartitionId partition;
    private final Locks locks;
    private final Waiters waiters;
    private final SessionTable sessions;
    private final LockQueue queue = new LockQueue();
    private final Turns turns = new Turns();
    private final LinkedHashMap<Vote, Inquiry> inquiries = new LinkedHashMap<>();
    /** When no more votes were given, so that a split or merge may go on; 0 if none waits. */
    private long drainNanos;

    private boolean isDraining;
    private long forgetNanos;

    /** What the other participants have said of a transaction. */
    private static final class Inquiry {
        private final long sinceNanos;
        private long askedNanos;
        private final LinkedHashMap<PartitionId, Told> told = new LinkedHashMap<>();

        Inquiry(long sinceNanos) {
            this.sinceNanos = sinceNanos;
            this.askedNanos = sinceNanos - ASK_NANOS;
        }
    }

    /**
     * @param state null if there is no vote and never will be
     */
    private record Told(@Nullable State state) {}

    /** Takes a write again that has waited. */
    @FunctionalInterface
    public interface Retried {
        void onWrite(Endpoint from, CallMessage.Write write, long nowNanos);
    }

    public Transactions(
            Sequencer sequencer,
            Retried retried,
            Tenure tenure,
            PartitionLog log,
            Extent extent,
            CommitPoint commitPoint,
            Waiters waiters,
            SessionTable sessions,
            Refusals refusals,
            Ports ports) {
        this.sequencer = sequencer;
        this.retried = retried;
        this.tenure = tenure;
        this.log = log;
        this.extent = extent;
        this.commitPoint = commitPoint;
        this.partition = tenure.partition();
        this.locks = log.locks();
        this.waiters = waiters;
        this.sessions = sessions;
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

    // ---- who has to wait

    @Override
    public boolean isQuiet() {
        return locks.isEmpty() && queue.isEmpty() && turns.isEmpty();
    }

    @Override
    public boolean isTurnOfAnother(Footprint footprint) {
        return turns.isAnothers(footprint, 0);
    }

    @Override
    public boolean isSentAway(Endpoint from, CallMessage.Request request, Footprint footprint, int age) {
        if (!turns.isAnothers(footprint, age)) {
            return false;
        }
        refusals.refuse(
                from,
                request,
                CallMessage.Reason.NOT_YET,
                "a transaction that has tried more often goes before it; its turn lasts as long as its function took, at most "
                        + Turns.MOST_NANOS / 1_000_000 + " ms");
        return true;
    }

    @Override
    public void onWhole(Endpoint from, RecordAccess.Whole whole, boolean isCommit, long nowNanos) {
        if (isCommit) {
            turns.committed(Footprint.of(whole.part()), whole.age());
        } else {
            turns.refused(Footprint.of(whole.part()), whole.age(), from, whole.tookNanos(), nowNanos);
        }
    }

    /** A caller's link is lost. */
    public void onCallerGone(Endpoint caller) {
        turns.gone(caller);
    }

    @Override
    public boolean isInTheWayOf(Footprint footprint) {
        return !locks.inTheWayOf(footprint).isEmpty()
                || !queue.transactionsInTheWayOf(footprint).isEmpty();
    }

    @Override
    public void await(Endpoint from, CallMessage.Request request, Footprint footprint, long nowNanos) {
        if (queue.isFull()) {
            refusals.refuse(
                    from, request, CallMessage.Reason.OVERLOADED, LockQueue.AT_MOST + " requests wait for locks");
        } else if (!queue.isRetried(request) && ports.load().isWaitingFull()) {
            refusals.refuse(
                    from, request, CallMessage.Reason.OVERLOADED, "what waits for locks takes all the memory it may");
        } else {
            if (!queue.isRetried(request)) {
                ports.load().addWaiting(LockQueue.bytesOf(request));
            }
            queue.add(from, request, footprint, nowNanos);
        }
    }

    /** Requests that wait, in bytes. */
    public long waitingBytes() {
        return queue.bytes();
    }

    private void retry(long nowNanos) {
        queue.retry(one -> {
            if (!extent.owns(one.request().routingKey())) {
                refusals.refuse(
                        one.from(), one.request(), CallMessage.Reason.SPLITTING, "the partition is being split");
            } else if (one.request() instanceof CallMessage.Write write) {
                retried.onWrite(one.from(), write, nowNanos);
            } else if (one.request() instanceof CallMessage.Prepare prepare) {
                onPrepare(one.from(), prepare, nowNanos);
            }
        });
    }

    /** Nobody is primary here any more: who waits asks another. */
    public void close() {
        queue.takeIf(one -> true)
                .forEach(one ->
                        refusals.refuse(one.from(), one.request(), CallMessage.Reason.NOT_OPEN, "the view was closed"));
    }

    // ---- the vote

    private void onPrepare(Endpoint from, CallMessage.Prepare prepare, long nowNanos) {
        OperationId transaction = prepare.transaction();
        SessionRow.Stand stand = sessions.stand(transaction, partition);
        if (stand != null) {
            answer(from, prepare.ticket(), stand);
            return;
        }
        if (!sequencer.admits(from, prepare, transaction, prepare.lowWater())) {
            return;
        }
        Part part = prepare.part();
        if (!isWithin(from, prepare, part)) {
            return;
        }
        if (isDraining) {
            refusals.refuse(
                    from, prepare, CallMessage.Reason.SPLITTING, "the partition is about to be split or merged");
            return;
        }
        Footprint footprint = ports.cluster().defends(Defence.WRITE_WHAT_IS_FREE)
                ? Footprint.of(part)
                : Footprint.of(new Part(List.of(), part.writes()));
        Collection<Locks.Held> holders = holdersInTheWayOf(footprint);
        List<CallMessage.Prepare> before = queue.transactionsInTheWayOf(footprint);
        if (isSentAway(from, prepare, footprint, prepare.age())) {
            return;
        }
        if (holders.isEmpty() && before.isEmpty()) {
            vote(from, prepare, footprint, nowNanos);
        } else if (isOlder(prepare, holders, before)) {
            await(from, prepare, footprint, nowNanos);
        } else {
            turns.refused(footprint, prepare.age(), from, prepare.tookNanos(), nowNanos);
            refusals.refuse(
                    from,
                    prepare,
                    CallMessage.Reason.CONFLICT,
                    "what it needs is locked by %s, which goes before it"
                            .formatted(
                                    holders.isEmpty()
                                            ? before.getFirst().transaction()
                                            : holders.iterator().next().record().transaction()));
        }
    }

    @Override
    public boolean isWithin(Endpoint from, CallMessage.Request request, Part part) {
        if (part.isWithin(extent.range())) {
            return true;
        }
        Group group = tenure.group();
        if (group != null && part.isWithin(group.range())) {
            refusals.refuse(from, request, CallMessage.Reason.SPLITTING, "the partition is being split");
        } else {
            ports.peers()
                    .outbox()
                    .send(
                            from,
                            new CallMessage.Refusal(
                                    request.ticket(),
                                    partition,
                                    CallMessage.Reason.WRONG_PARTITION,
                                    "some keys of the transaction lie outside of partition " + partition,
                                    group == null ? extent.range() : group.range(),
                                    tenure.currentView().toView()));
        }
        return false;
    }

    private Collection<Locks.Held> holdersInTheWayOf(Footprint footprint) {
        Collection<Locks.Held> holders = locks.inTheWayOf(footprint);
        return ports.cluster().defends(Defence.WRITE_WHAT_IS_FREE)
                ? holders
                : holders.stream()
                        .filter(held -> held.record().part().writes().stream()
                                .anyMatch(write -> footprint.writes().contains(write.recordKey())))
                        .toList();
    }

    /** Whether it goes before all of them: then they do not wait for it, wherever else it holds something. */
    private boolean isOlder(
            CallMessage.Prepare prepare, Collection<Locks.Held> holders, List<CallMessage.Prepare> before) {
        if (!ports.cluster().defends(Defence.WAIT_FOR_YOUNGER_ALONE)) {
            return true;
        }
        return holders.stream()
                        .map(Locks.Held::record)
                        .allMatch(held ->
                                goesBefore(prepare.age(), prepare.transaction(), held.age(), held.transaction()))
                && before.stream()
                        .allMatch(other -> other.transaction().equals(prepare.transaction())
                                || goesBefore(prepare.age(), prepare.transaction(), other.age(), other.transaction()));
    }

    private static boolean goesBefore(int age, OperationId one, int otherAge, OperationId other) {
        if (age != otherAge) {
            return age > otherAge;
        }
        int bySession = one.session().compareTo(other.session());
        return bySession != 0 ? bySession < 0 : one.number() < other.number();
    }

    private void vote(Endpoint from, CallMessage.Prepare prepare, Footprint footprint, long nowNanos) {
        Part part = prepare.part();
        if (!sequencer.mayDo(from, prepare, part)) {
            turns.refused(footprint, prepare.age(), from, prepare.tookNanos(), nowNanos);
            return;
        }
        turns.voted(footprint, prepare.age(), from, prepare.tookNanos(), prepare.transaction(), nowNanos);
        sequencer.store(
                version -> EntryCodec.encodeTransaction(
                        partition,
                        version,
                        TransactionRecord.prepared(
                                prepare.transaction(), partition, prepare.age(), prepare.participants(), part),
                        prepare.lowWater(),
                        List.of()),
                from,
                prepare.ticket(),
                nowNanos);
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
        return stand.storedBy() != null || stand.version().seq() <= commitPoint.seq();
    }

    // ---- the outcome

    private void onDecide(Endpoint from, CallMessage.Decide decide, long nowNanos) {
        OperationId transaction = decide.transaction();
        SessionRow.Stand stand = sessions.stand(transaction, decide.participant());
        if (stand == null) {
            dropWaiting(transaction);
            if (decide.isCommit() && !isForgotten(transaction)) {
                refusals.refuse(
                        from, decide, CallMessage.Reason.MALFORMED, transaction + " has no vote of " + partition);
            } else if (isForgotten(transaction)) {
                ports.peers()
                        .outbox()
                        .send(
                                from,
                                new CallMessage.Answer(
                                        decide.ticket(), partition, Completion.Status.DONE, Version.NONE, Bytes.EMPTY));
            } else {
                refuseForGood(transaction, decide.participant(), "it was aborted", from, decide.ticket(), nowNanos);
            }
        } else if (stand.record().isPrepared()) {
            settle(
                    stand.record(),
                    decide.isCommit() ? State.COMMITTED : State.ABORTED,
                    from,
                    decide.ticket(),
                    nowNanos);
        } else {
            answer(from, decide.ticket(), stand);
        }
    }

    private void settle(TransactionRecord record, State outcome, @Nullable Endpoint from, long ticket, long nowNanos) {
        List<Effect> effects = outcome == State.COMMITTED ? record.part().writes() : List.of();
        effects.forEach(effect -> sequencer.sample().add(effect.recordKey(), effect.value()));
        sequencer.store(
                version -> EntryCodec.encodeTransaction(
                        partition, version, record.become(outcome), lowWater(record), effects),
                from,
                ticket,
                nowNanos);
        inquiries.remove(Vote.of(record));
        turns.settled(record.transaction(), outcome == State.COMMITTED, nowNanos);
        if (outcome == State.COMMITTED && !turns.isEmpty()) {
            turns.committed(Footprint.of(record.part()), record.age());
        }
        retry(nowNanos);
    }

    /** Every entry says how far its session has come, its end included: a copy may begin behind the entry that told. */
    private long lowWater(TransactionRecord record) {
        return sessions.lowWater(record.session());
    }

    private void refuseForGood(
            OperationId transaction,
            PartitionId participant,
            String reason,
            @Nullable Endpoint from,
            long ticket,
            long nowNanos) {
        TransactionRecord refusal = TransactionRecord.refused(transaction, participant, reason);
        sequencer.store(
                version -> EntryCodec.encodeTransaction(partition, version, refusal, lowWater(refusal), List.of()),
                from,
                ticket,
                nowNanos);
    }

    /** It will not vote any more: who waits to be asked hears that from the record. */
    private void dropWaiting(OperationId transaction) {
        queue.takeIf(one -> one.request() instanceof CallMessage.Prepare prepare
                        && prepare.transaction().equals(transaction))
                .forEach(one -> refusals.refuse(
                        one.from(), one.request(), CallMessage.Reason.CONFLICT, "it waited while it was given up"));
    }

    // ---- whoever asks where it stands

    private void onResolve(Endpoint from, CallMessage.Resolve resolve, long nowNanos) {
        OperationId transaction = resolve.transaction();
        SessionRow.Stand stand = sessions.stand(transaction, resolve.participant());
        if (stand != null) {
            answer(from, resolve.ticket(), stand);
        } else if (isForgotten(transaction)) {
            refusals.refuse(from, resolve, CallMessage.Reason.FORGOTTEN, "its session is over, or has gone on");
        } else if (knows(transaction)) {
            dropWaiting(transaction);
            refuseForGood(
                    transaction, resolve.participant(), "its outcome was asked for", from, resolve.ticket(), nowNanos);
        } else {
            refusals.refuse(from, resolve, CallMessage.Reason.SESSION_UNKNOWN, "its session is not known here yet");
        }
    }

    public void onAsk(BrickId from, ReplicaMessage.AskStand ask, long nowNanos) {
        if (!sequencer.commits() || !isNewestView()) {
            return; // asked again
        }
        SessionRow.Stand stand = sessions.stand(ask.transaction(), ask.participant());
        if (stand != null) {
            if (isCommitted(stand)) {
                tell(from, ask, stand.record().state());
            }
        } else if (isForgotten(ask.transaction()) || !ports.cluster().defends(Defence.REFUSE_WHAT_IS_ASKED_FOR)) {
            tell(from, ask, null);
        } else if (knows(ask.transaction())) {
            dropWaiting(ask.transaction());
            refuseForGood(
                    ask.transaction(), ask.participant(), "another participant asked for its vote", null, 0, nowNanos);
        }
    }

    private void tell(BrickId to, ReplicaMessage.AskStand ask, @Nullable State state) {
        ports.peers()
                .tell(
                        to,
                        new ReplicaMessage.TellStand(
                                ask.asker(), ask.epoch(), ask.transaction(), ask.participant(), state));
    }

    /** Whether no vote is here and none will be: whoever asks for one is refused. */
    private boolean isForgotten(OperationId transaction) {
        return transaction.number() < sessions.lowWater(transaction.session())
                || ports.cluster().metadata().isExpired(transaction.session());
    }

    /** Whether this brick has heard of the session: else it may have ended, for all that is known here. */
    private boolean knows(OperationId transaction) {
        return transaction.session().slot() <= ports.cluster().metadata().slot();
    }

    /** What is known here of sessions that are over counts only in the newest view: whoever opens a later one knows as much. */
    private boolean isNewestView() {
        Group group = ports.cluster().metadata().group(partition);
        return group != null && group.newest().epoch() == sequencer.view().epoch();
    }

    // ---- time

    public void onTick(long nowNanos) {
        if (!locks.isEmpty()) {
            for (Locks.Held held : locks.undecided()) {
                if (held.votedSeq() <= commitPoint.seq()) {
                    inquire(held.record(), nowNanos);
                }
            }
        }
        if (!inquiries.isEmpty()) {
            inquiries.keySet().removeIf(this::isOver);
        }
        if (turns.expire(nowNanos)) {
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
        forget(nowNanos);
    }

    private boolean isOver(Vote vote) {
        SessionRow.Stand stand = sessions.stand(vote.transaction(), vote.participant());
        return stand == null
                || stand.record().state() == State.ABORTED
                || stand.record().state() == State.REFUSED;
    }

    /** A yes has waited for its outcome: asks the others for it, now and then. */
    private void inquire(TransactionRecord record, long nowNanos) {
        Inquiry inquiry = inquiries.computeIfAbsent(Vote.of(record), vote -> new Inquiry(nowNanos));
        boolean isDue = nowNanos - inquiry.sinceNanos >= (isDraining ? ASK_NANOS : PATIENCE_NANOS);
        if (isDue
                && nowNanos - inquiry.askedNanos >= ASK_NANOS
                && ports.cluster().defends(Defence.RESOLVE_WHAT_IS_LOCKED)) {
            ask(record, inquiry, nowNanos);
        }
    }

    private void ask(TransactionRecord record, Inquiry inquiry, long nowNanos) {
        inquiry.askedNanos = nowNanos;
        MetadataState metadata = ports.cluster().metadata();
        for (Participant other : record.participants()) {
            if (other.partition().equals(record.participant()) || inquiry.told.containsKey(other.partition())) {
                continue;
            }
            Group group = metadata.locate(other.partition().structure(), other.routingKey());
            if (group != null) {
                ports.peers()
                        .tell(
                                group.newest().primary(),
                                new ReplicaMessage.AskStand(
                                        group.partition(),
                                        sequencer.view().epoch(),
                                        record.transaction(),
                                        other.partition(),
                                        partition));
            }
        }
    }

    public void onTold(ReplicaMessage.TellStand told, long nowNanos) {
        for (Map.Entry<Vote, Inquiry> one : List.copyOf(inquiries.entrySet())) {
            if (one.getKey().transaction().equals(told.transaction())) {
                SessionRow.Stand own =
                        sessions.stand(one.getKey().transaction(), one.getKey().participant());
                if (own != null) {
                    one.getValue().told.put(told.participant(), new Told(told.state()));
                    conclude(own.record(), one.getValue(), nowNanos);
                }
            }
        }
    }

    private void conclude(TransactionRecord own, Inquiry inquiry, long nowNanos) {
        State outcome = outcome(own, inquiry);
        if (outcome == null) {
            return;
        }
        if (own.isPrepared()) {
            ports.peers()
                    .outbox()
                    .note(new Event.TransactionResolved(partition, own.transaction(), outcome == State.COMMITTED));
            settle(own, outcome, null, 0, nowNanos);
        } else if (own.state() == State.COMMITTED && isKnownToAll(own, inquiry)) {
            inquiries.remove(Vote.of(own));
            sequencer.store(
                    version -> EntryCodec.encodeTransaction(
                            partition, version, own.become(State.FORGOTTEN), lowWater(own), List.of()),
                    null,
                    0,
                    nowNanos);
        }
    }

    /** What follows from the votes, as far as they are known; null if nothing does yet. */
    private @Nullable State outcome(TransactionRecord own, Inquiry inquiry) {
        boolean isUnanimous = true;
        for (Participant other : own.participants()) {
            Told told = inquiry.told.get(other.partition());
            if (other.partition().equals(own.participant())) {
                continue;
            }
            if (told == null) {
                isUnanimous = false;
            } else if (told.state == State.COMMITTED) {
                return State.COMMITTED;
            } else if (own.isPrepared() && told.state != State.PREPARED) {
                return State.ABORTED;
            }
        }
        return isUnanimous ? State.COMMITTED : null;
    }

    private static boolean isKnownToAll(TransactionRecord own, Inquiry inquiry) {
        return own.participants().stream()
                .filter(other -> !other.partition().equals(own.participant()))
                .map(other -> inquiry.told.get(other.partition()))
                .allMatch(told -> told != null && told.state != State.PREPARED);
    }

    /** Commits of sessions that are over stay until all others are known to have committed (T7). */
    private void forget(long nowNanos) {
        if (nowNanos - forgetNanos < FORGET_NANOS || !sequencer.commits() || !isNewestView()) {
            return;
        }
        forgetNanos = nowNanos;
        for (SessionRow.Stand stand : sessions.leftBehind(FORGET_AT_ONCE)) {
            if (isCommitted(stand)) {
                Inquiry inquiry = inquiries.computeIfAbsent(Vote.of(stand.record()), vote -> new Inquiry(nowNanos));
                inquiry.told.values().removeIf(told -> told.state == State.PREPARED);
                ask(stand.record(), inquiry, nowNanos);
            }
        }
    }

    // ---- splits and merges

    /** Whether the partition may be split or given up: it is in no transaction whose outcome it waits for. Asked again and again while that is wanted, and meanwhile no vote is given. */
    public boolean isDrained(long nowNanos) {
        if (!ports.cluster().defends(Defence.DRAIN_BEFORE_SPLIT)) {
            return true;
        }
        if (!locks.hasUndecided()) {
            return true;
        }
        if (drainNanos == 0 || nowNanos - drainNanos >= 2 * DRAIN_NANOS) {
            drainNanos = nowNanos;
        }
        isDraining = nowNanos - drainNanos < DRAIN_NANOS;
        return false;
    }

    /** Nothing is to be drained. */
    public void endDrain() {
        drainNanos = 0;
        isDraining = false;
    }
}
