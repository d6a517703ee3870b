package io.brickwork.core.client;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.RecordAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to commit one transaction, under one name: asks all participants for their votes, and tells all of them
 * the outcome.
 *
 * <pre>
 * all have voted yes                         → committed: the caller is told at once, the participants after
 * one has voted no, or certainly never will  → aborted:   the same
 * the caller's time is up before             → the caller is told "unknown"; the votes are asked for until they are
 *                                              known (who has not voted then votes no), then as above
 * </pre>
 *
 * <p>A participant certainly never votes if every attempt to have its vote was refused, since only this client asks for
 * it. The name is settled, so that the session's low-water mark may pass it, when all participants have acknowledged
 * the outcome: that is what lets them forget it . If the client dies, bricks find out the rest by themselves.
 *
 * <p>What concerns one partition alone is an operation like any other, and needs no votes; what writes nothing needs no
 * locks: it is enough that nothing has changed from before the first question was sent until it was answered.
 */
final class Coordinator {
    /** What the machine does for it. */
    interface Host {
        /** Opens a call that belongs to this attempt, and makes its first step. */
        void begin(PartitionCall call);

        /** Ends a call whose answer is of no interest any more. */
        void drop(PartitionCall call);

        /** From here on asks for the vote until it is known, however long that takes. */
        void insist(PartitionCall call);

        /** Tells the caller. */
        void tell(Coordinator coordinator, Outcome outcome);

        /**
         * Nothing of it was done, for reasons that have nothing to do with what it compares: it is tried again under
         * another name.
         */
        void again(Coordinator coordinator);

        /** All participants have the outcome. */
        void settled(Coordinator coordinator);

        long nextCall();
    }

    /** Where an attempt stands. */
    private enum Stage {
        ASKING,
        TELLING,
        OVER
    }

    /** A transaction that only reads takes locks when it has failed so often without. */
    private static final int LOCKS_AFTER = 3;

    private final Host host;
    /** The caller's. */
    final TransactionCall lead;
    /** Null if nothing is written. */
    final @Nullable Session session;

    final @Nullable OperationId id;
    /** One call for each partition, all of one kind. */
    private final List<PartitionCall> asked = new ArrayList<>();
    /** Participants that have not acknowledged the outcome. */
    private final List<DecisionCall> telling = new ArrayList<>();

    private Stage stage = Stage.ASKING;
    private int yes;
    /** Set when the caller has been told "unknown". */
    Session.@Nullable Unsettled leftBehind;
    /** Those that ask for the outcome. */
    final List<InquiryCall> inquirers = new ArrayList<>(0);

    Coordinator(Host host, TransactionCall lead) {
        this.host = host;
        this.lead = lead;
        session = lead.number().session();
        id = lead.number().id();
    }

    /** What each partition is asked for. */
    static TreeMap<PartitionId, Part> parts(
            Minitransaction transaction, Function<Minitransaction.Item, PartitionId> owner) {
        TreeMap<PartitionId, List<Minitransaction.Item>> byPartition = new TreeMap<>();
        for (Minitransaction.Item item : transaction.items()) {
            byPartition
                    .computeIfAbsent(owner.apply(item), partition -> new ArrayList<>())
                    .add(item);
        }
        TreeMap<PartitionId, Part> parts = new TreeMap<>();
        byPartition.forEach((partition, items) -> parts.put(
                partition,
                new Part(
                        items.stream()
                                .filter(Minitransaction.Expect.class::isInstance)
                                .map(item -> ((Minitransaction.Expect) item).compare())
                                .toList(),
                        items.stream()
                                .filter(Minitransaction.Write.class::isInstance)
                                .map(item -> ((Minitransaction.Write) item).effect())
                                .toList())));
        return parts;
    }

    /**
     * Whether it takes no locks: what was read in several partitions is known to have been so at one moment only if
     * each record has kept its version; that there was none cannot be told so. One that has lost to writers a few times
     * takes them, and gets its turn.
     */
    static boolean needsNoLocks(TreeMap<PartitionId, Part> parts, int age) {
        boolean isReadOnly =
                parts.values().stream().allMatch(part -> part.writes().isEmpty());
        return isReadOnly
                && age < LOCKS_AFTER
                && (parts.size() == 1
                        || parts.values().stream()
                                .flatMap(part -> part.compares().stream())
                                .allMatch(Compare.Unchanged.class::isInstance));
    }

    void begin(TreeMap<PartitionId, Part> parts) {
        List<Participant> participants = new ArrayList<>();
        parts.forEach((partition, part) -> participants.add(new Participant(partition, routingKey(part))));
        boolean isFree = needsNoLocks(parts, lead.age());
        for (Participant participant : participants) {
            Part part = Check.present(parts.get(participant.partition()), "%s is asked for nothing", participant);
            asked.add(isFree ? validation(participant, part) : inLocks(participant, part, participants));
        }
        for (PartitionCall call : List.copyOf(asked)) {
            if (stage == Stage.ASKING) {
                host.begin(call);
            }
        }
    }

    /** Asks whether what the transaction has read is still so. */
    private ReadCall validation(Participant participant, Part part) {
        return new ReadCall(
                host.nextCall(),
                participant.partition(),
                participant.routingKey(),
                RecordAccess.validate(part.compares()),
                ReadMode.LINEARIZABLE,
                this,
                subject(participant),
                lead.startedNanos,
                Call.NEVER); // the caller's deadline is the transaction's
    }

    /** Asks for all of the transaction if there is one participant, else for a vote. */
    private PartitionCall inLocks(Participant participant, Part part, List<Participant> participants) {
        OperationId named = Check.present(id, "a transaction of call %d needs a number", lead.id);
        Session in = Check.present(session, "%s is of no session", named);
        return participants.size() > 1
                ? new VoteCall(host.nextCall(), this, in, named, participant, part, participants, subject(participant))
                : new WriteCall(
                        host.nextCall(),
                        participant.partition(),
                        participant.routingKey(),
                        RecordAccess.commit(new RecordAccess.Whole(part, lead.age(), lead.tookNanos())),
                        new SessionNumber(in, named),
                        this,
                        subject(participant),
                        lead.startedNanos,
                        Call.NEVER);
    }

    private Failures.Subject subject(Participant participant) {
        return new Failures.Subject(lead.subject().operation(), lead.subject().structure(), participant.partition());
    }

    private static Bytes routingKey(Part part) {
        return part.writes().isEmpty()
                ? part.compares().getFirst().key()
                : part.writes().getFirst().recordKey();
    }

    /** The one call that does all of it; null if there are votes. Of those that only look, any may end it. */
    @Nullable
    PartitionCall whole() {
        for (PartitionCall call : asked) {
            if (!call.isOver() && !(call instanceof VoteCall)) {
                return call;
            }
        }
        return null;
    }

    // ---- votes

    /** A question is answered, for good. */
    void onAnswered(PartitionCall call, Outcome outcome) {
        if (stage == Stage.TELLING) {
            telling.remove(call);
            if (telling.isEmpty()) {
                stage = Stage.OVER;
                host.settled(this);
            }
        } else if (stage == Stage.ASKING) {
            switch (outcome) {
                case Outcome.Done done -> onYes(call, done);
                case Outcome.Failed(DdsException failure) -> onNo(call, failure);
            }
        }
    }

    private void onYes(PartitionCall call, Outcome.Done done) {
        yes++;
        note(call, VoteCall.Vote.YES);
        if (yes == asked.size()) {
            decide(true, new Outcome.Done(done.partition(), done.version(), Bytes.EMPTY));
        }
    }

    private void onNo(PartitionCall call, DdsException failure) {
        if (failure.certainlyDidNotHappen()) {
            note(call, VoteCall.Vote.NEVER);
            decide(false, new Outcome.Failed(failure));
        } else {
            abandon(new Outcome.Failed(failure)); // nobody will ever tell this client
        }
    }

    private static void note(PartitionCall call, VoteCall.Vote vote) {
        if (call instanceof VoteCall asked) {
            asked.vote = vote;
        }
    }

    /** Nothing came of the question: part of it lies elsewhere, or the session is over, or it is another's turn. */
    void onSentAway(PartitionCall call) {
        if (stage != Stage.ASKING) {
            return;
        }
        note(call, VoteCall.Vote.NEVER);
        if (leftBehind == null) {
            stage = Stage.TELLING; // nobody but the participants is told
            tellParticipants(false);
            host.again(this);
            endIfTold();
        } else {
            decide(false, new Outcome.Failed(new DdsException.Conflict("it was given up while it was on its way")));
        }
    }

    // ---- the outcome

    private void decide(boolean isCommit, Outcome outcome) {
        stage = Stage.TELLING;
        host.tell(this, outcome);
        tellParticipants(isCommit);
        endIfTold();
    }

    private void tellParticipants(boolean isCommit) {
        for (PartitionCall call : List.copyOf(asked)) {
            if (!call.isOver()) {
                host.drop(call);
            }
            if (call instanceof VoteCall vote && !vote.isCertainlyNotYes()) {
                telling.add(new DecisionCall(host.nextCall(), this, vote, isCommit));
            }
        }
        List.copyOf(telling).forEach(host::begin);
    }

    private void endIfTold() {
        if (telling.isEmpty() && stage == Stage.TELLING) {
            stage = Stage.OVER;
            host.settled(this);
        }
    }

    /** The caller does not wait any longer. Says whether nothing can have been done, nor will be. */
    boolean isCertainlyNotDone() {
        return asked.stream().anyMatch(call -> call instanceof VoteCall vote && vote.isCertainlyNotYes());
    }

    /** Given up before any can have committed it: those that may have voted are told. */
    void abort(DdsException why) {
        decide(false, new Outcome.Failed(why));
    }

    /** The caller has been told "unknown": goes on until the outcome is known. */
    void goOnAlone(Session.Unsettled left) {
        leftBehind = left;
        for (PartitionCall call : List.copyOf(asked)) {
            if (!call.isOver()) {
                host.insist(call);
            }
        }
    }

    /** Nothing more can be found out, or nobody is left to do it. */
    void abandon(Outcome told) {
        boolean isTold = stage != Stage.ASKING || leftBehind != null;
        stage = Stage.OVER;
        for (PartitionCall call : List.copyOf(asked)) {
            if (!call.isOver()) {
                host.drop(call);
            }
        }
        telling.forEach(host::drop);
        telling.clear();
        if (!isTold) {
            host.tell(this, told);
        }
    }
}
