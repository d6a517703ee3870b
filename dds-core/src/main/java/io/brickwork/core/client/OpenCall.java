package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.RecordAccess;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call from its submission to its outcome, with the account of its attempts.
 *
 * <p>The account decides what may be told: a write <em>certainly did not happen</em> only if every attempt that was sent
 * was refused before it was taken (T57). An attempt that was lost with its link counts as one that may yet be executed,
 * for ever: nobody can say that it does not sit in a buffer.
 */
final class OpenCall {
    /** What a caller wants. */
    enum Kind {
        WRITE,
        READ,
        /** A transaction: it sends nothing itself, but has a {@link Coordinator} that opens calls of its own. */
        TRANSACTION,
        /** A participant's vote. */
        PREPARE,
        /** To tell a participant the outcome. */
        DECIDE,
        /** To know what became of an earlier write. */
        INQUIRY
    }

    static final long NEVER = Long.MAX_VALUE;
    /** So many bricks may send it on without a pause: two that disagree would do it for ever. */
    private static final int FEW_MOVES = 3;

    final Kind kind;
    final long call;
    /** The one that has the key, as far as is known. */
    PartitionId partition;

    final Bytes routingKey;
    final ReadMode reads;
    Failures.Subject subject;
    final long startedNanos;
    final long deadlineNanos;
    /** Of a call that a transaction has opened. */
    @Nullable
    Coordinator coordinator;
    /** What is asked for in a {@link Kind#TRANSACTION}. */
    @Nullable
    Minitransaction transaction;
    /** Of a {@link Kind#TRANSACTION}: what is under way; null while it waits for a name. */
    @Nullable
    Coordinator attempt;
    /** What its caller is told after a pause; null before that is known. */
    @Nullable
    Outcome told;
    /** How often its caller has tried before. */
    int age;
    /** As whom a participant is asked; null if it is none. */
    private @Nullable Participant participant;

    private List<Participant> participants = List.of();
    private Part part = Part.NOTHING;
    private boolean isCommit;
    /** Whether the participant's vote is known to be yes. */
    boolean hasVotedYes;
    /** Whether it is known that it has not voted yes, and never will. */
    boolean hasRefused;
    /** What is sent; let go of when the call is over, since late answers keep this object alive. */
    private Bytes body;
    /** The session that a write is numbered in; null as {@link #operation} is. */
    @Nullable
    Session session;
    /** Null for reads, and for writes that wait for a number. */
    @Nullable
    OperationId operation;
    /** Whose outcome an inquiry is for. */
    Session.@Nullable Unsettled inquired;
    /** Set when the caller was told "unknown": where an answer that comes late is kept. */
    Session.@Nullable Unsettled leftBehind;

    /** How often it has turned out that another partition has the key. */
    private int moves;

    private boolean isOver;
    /** Sent, and neither answered nor lost; in the order of sending. */
    private final List<Attempt> outstanding = new ArrayList<>(1);
    /** All attempts that were sent, inquiries included. */
    private int sent;
    /** Attempts to have the write done that were sent and not refused. */
    private int unaccounted;
    /** How often a primary's link was lost with an attempt to have the write done outstanding on it (T45). */
    private int linksLost;
    /** Whether the write itself is not sent any more, but its outcome is asked for. */
    private boolean onlyAsks;

    /** What the last refusal said, and who. */
    private @Nullable Refusal refusal;

    private @Nullable BrickId refusedBy;
    /** Refusals and vain looks for a link in a row; decides how long to wait before the next attempt. */
    private int failures;

    private boolean detoursNext;
    /** Where a read has been sent in this round over the members. */
    private final List<BrickId> tried = new ArrayList<>(0);
    /** How many members have said in this round that a record is corrupt. */
    private int corrupt;

    /** When to make the next attempt, whatever is outstanding. */
    long actAtNanos = NEVER;
    /** When to stop waiting for outstanding attempts and make another. */
    long resendAtNanos = NEVER;

    private long resendAfterNanos = ClientMachine.RESEND_NANOS;
    /** Until when a brick that has been sent the request is left to answer it. */
    private long leftAloneUntilNanos;
    /** Whether it waits for a number in the session. */
    boolean waitsForWindow;
    /** Whether no brick that could be asked has a link. */
    boolean waitsForLink;
    /** Where it waits for a credit. */
    @Nullable
    CreditLink waitsAt;

    OpenCall(
            Kind kind,
            long call,
            PartitionId partition,
            Bytes routingKey,
            Bytes body,
            ReadMode reads,
            Failures.Subject subject,
            long startedNanos,
            long deadlineNanos) {
        this.kind = kind;
        this.call = call;
        this.partition = partition;
        this.routingKey = routingKey;
        this.body = body;
        this.reads = reads;
        this.subject = subject;
        this.startedNanos = startedNanos;
        this.deadlineNanos = deadlineNanos;
    }

    /** A question of a transaction: for a vote, for all of it, or whether what it has read is still so. */
    static OpenCall ofTransaction(
            Coordinator coordinator,
            Kind kind,
            long call,
            Participant participant,
            Part part,
            List<Participant> participants) {
        OpenCall lead = coordinator.lead;
        PartitionId partition = participant.partition();
        OpenCall question = new OpenCall(
                kind,
                call,
                partition,
                participant.routingKey(),
                switch (kind) {
                    case WRITE -> RecordAccess.commit(new RecordAccess.Whole(part, lead.age, lead.tookNanos()));
                    case READ -> RecordAccess.validate(part.compares());
                    default -> Bytes.EMPTY;
                },
                ReadMode.LINEARIZABLE,
                new Failures.Subject(lead.subject.operation(), lead.subject.structure(), partition),
                lead.startedNanos,
                NEVER); // the caller's deadline is the lead's
        question.coordinator = coordinator;
        question.session = coordinator.session;
        question.operation = coordinator.id;
        question.age = lead.age;
        question.participant = participant;
        question.participants = participants;
        question.part = part;
        return question;
    }

    /** How long the caller took for this try of the transaction. */
    long tookNanos() {
        return transaction == null ? 0 : transaction.tookNanos();
    }

    /** Tells a participant what has come of the transaction. */
    static OpenCall ofDecision(Coordinator coordinator, long call, OpenCall question, boolean isCommit) {
        OpenCall decision = new OpenCall(
                Kind.DECIDE,
                call,
                question.partition,
                question.routingKey,
                Bytes.EMPTY,
                ReadMode.LINEARIZABLE,
                question.subject,
                question.startedNanos,
                NEVER);
        decision.coordinator = coordinator;
        decision.operation = coordinator.id;
        decision.participant = question.participant;
        decision.isCommit = isCommit;
        return decision;
    }

    /** Another partition has the key. Says whether it is the first time, or one of few: then it may be asked at once. */
    boolean moveTo(PartitionId owner) {
        partition = owner;
        subject = new Failures.Subject(subject.operation(), subject.structure(), owner);
        return ++moves <= FEW_MOVES;
    }

    boolean isOver() {
        return isOver;
    }

    void markOver() {
        isOver = true;
        body = Bytes.EMPTY;
        part = Part.NOTHING;
    }

    boolean isRead() {
        return kind == Kind.READ;
    }

    /** The write's name, or the inquiry's; only of one that has been begun. */
    OperationId operationId() {
        return Check.present(operation, "call %d has no operation id", call);
    }

    /** The write gets the next number of a session. */
    void begin(Session in) {
        waitsForWindow = false;
        session = in;
        operation = in.begin();
    }

    /** The write waits for a number, once more if it had one. */
    void awaitNumber() {
        session = null;
        operation = null;
        waitsForWindow = true;
    }

    /** Whether the next message is a question after the write's outcome, not the write. */
    boolean asks() {
        return kind == Kind.INQUIRY || onlyAsks;
    }

    /** The write is not sent again; from here on only its outcome is asked for. */
    void onlyAsk() {
        onlyAsks = true;
    }

    /** Whether what is sent next may change something. */
    boolean mayTakeEffect() {
        return (kind == Kind.WRITE || kind == Kind.PREPARE) && !asks();
    }

    /** The earliest moment at which something is due. */
    long dueNanos() {
        return Math.min(deadlineNanos, Math.min(actAtNanos, resendAtNanos));
    }

    /** The request to send, under the given ticket. */
    CallMessage request(long ticket, long epoch) {
        if (isRead()) {
            return new CallMessage.Read(ticket, partition, epoch, reads, routingKey, body);
        }
        OperationId id = operationId();
        Participant asked = participant;
        if (kind == Kind.DECIDE && asked != null) {
            return new CallMessage.Decide(ticket, partition, epoch, id, asked.partition(), isCommit, routingKey);
        }
        if (kind == Kind.PREPARE && asked != null) {
            return asks()
                    ? new CallMessage.Resolve(ticket, partition, epoch, id, asked.partition(), routingKey)
                    : new CallMessage.Prepare(
                            ticket,
                            partition,
                            epoch,
                            id,
                            age,
                            lowWater(),
                            participants,
                            routingKey,
                            part,
                            coordinator == null ? 0 : coordinator.lead.tookNanos());
        }
        return asks()
                ? new CallMessage.Inquire(ticket, partition, epoch, id, routingKey)
                : new CallMessage.Write(ticket, partition, epoch, id, sent + 1, lowWater(), routingKey, body);
    }

    private long lowWater() {
        return Check.present(session, "call %d is of no session", call).lowWater();
    }

    void onSent(Attempt attempt, long nowNanos) {
        outstanding.add(attempt);
        sent++;
        if (attempt.mayTakeEffect) {
            unaccounted++;
        }
        if (isRead()) {
            tried.add(attempt.link.brick);
        }
        if (isRead()) {
            resendAtNanos = nowNanos + resendAfterNanos;
            backOff();
        } else if (attempt.isAtPrimary) {
            leftAloneUntilNanos = nowNanos + resendAfterNanos;
            resendAtNanos = nowNanos + ClientMachine.RESEND_NANOS;
            backOff();
        } else {
            resendAtNanos = nowNanos + ClientMachine.DETOUR_NANOS;
        }
    }

    private void backOff() {
        resendAfterNanos = Math.min(2 * resendAfterNanos, ClientMachine.RESEND_AT_MOST_NANOS);
    }

    /** Whether the brick was sent this request as the primary of that epoch, and still has time to answer. */
    boolean awaits(CreditLink link, long epoch, long nowNanos) {
        if (nowNanos >= leftAloneUntilNanos) {
            return false;
        }
        for (Attempt attempt : outstanding) {
            if (attempt.link == link && attempt.isAtPrimary && attempt.epoch == epoch) {
                return true;
            }
        }
        return false;
    }

    void onRefused(Attempt attempt, Refusal told) {
        drop(attempt);
        refusal = told;
        refusedBy = attempt.link.brick;
        if (attempt.mayTakeEffect) {
            unaccounted--;
        }
        if (told.reason() == Reason.CORRUPT) {
            corrupt++;
        }
        boolean isClosed = told.reason() == Reason.NOT_OPEN || told.reason() == Reason.NOT_PRIMARY;
        if (isClosed && failures % ClientMachine.FAILURES_BEFORE_DETOUR == ClientMachine.FAILURES_BEFORE_DETOUR - 1) {
            detour(); // its view may be over, and it may not know
        }
    }

    /** The attempt's answer will not be known by its ticket; it may still take effect. */
    void drop(Attempt attempt) {
        outstanding.remove(attempt);
        if (outstanding.isEmpty()) {
            resendAtNanos = NEVER;
        }
    }

    /** A link is gone over which an attempt to have the write done was outstanding. */
    void onLinkLost() {
        linksLost++;
        if (linksLost >= ClientMachine.LINKS_LOST_AT_MOST) {
            onlyAsk();
        }
    }

    /** Whether nothing that was sent can have taken effect, or can yet. */
    boolean isCertainlyNotDone() {
        return unaccounted == 0;
    }

    boolean hasOutstanding() {
        return !outstanding.isEmpty();
    }

    /** What the last refusal said; null before one. */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    /** An attempt of this transaction came to nothing, because of what one of its participants was told. */
    void noteSentAway(BrickId by, Refusal told) {
        refusal = told;
        refusedBy = by;
    }

    /** Another attempt of this transaction begins: what has kept the former one from being done says nothing of it. */
    void forgetRefusal() {
        refusal = null;
    }

    /** Who told the last {@link #refusal}; only after one. */
    BrickId refusedBy() {
        return Check.present(refusedBy, "call %d was refused by nobody", call);
    }

    /** Counts a failure, and says how many there were before it. */
    int nextFailure() {
        return failures++;
    }

    /** Whether it has failed so often that another way is worth trying. */
    boolean mayDetour() {
        return failures >= ClientMachine.FAILURES_BEFORE_DETOUR;
    }

    /** The next attempt is to ask another brick than the one taken for the primary, which does not answer. */
    void detour() {
        detoursNext = true;
    }

    /** Whether this attempt asks another brick; the one after it does not. */
    boolean takesDetour() {
        boolean takes = detoursNext;
        detoursNext = false;
        return takes;
    }

    boolean hasTried(BrickId brick) {
        return tried.contains(brick);
    }

    int corruptMembers() {
        return corrupt;
    }

    /** A read begins to ask all members anew. */
    void beginRound() {
        tried.clear();
        corrupt = 0;
    }

    /** What is unaccounted for, for messages. */
    String unanswered() {
        return linksLost > 0 || outstanding.isEmpty()
                ? "the link was lost over which it was sent"
                : "brick " + outstanding.get(outstanding.size() - 1).link.brick + " has not answered";
    }

    /** One message sent: named by its ticket, which is used once. */
    static final class Attempt {
        final long ticket;
        final OpenCall call;
        final CreditLink link;
        final boolean mayTakeEffect;
        /** Whether the brick was taken for the partition's primary, and not only asked who that is. */
        final boolean isAtPrimary;
        /** The epoch that it was sent with. */
        final long epoch;

        Attempt(long ticket, OpenCall call, CreditLink link, boolean mayTakeEffect, boolean isAtPrimary, long epoch) {
            this.ticket = ticket;
            this.call = call;
            this.link = link;
            this.mayTakeEffect = mayTakeEffect;
            this.isAtPrimary = isAtPrimary;
            this.epoch = epoch;
        }

        /** Whether it holds a credit of its link until it is answered. */
        boolean takesCredit() {
            return call.kind != Kind.DECIDE;
        }
    }
}
