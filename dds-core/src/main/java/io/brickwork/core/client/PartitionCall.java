package io.brickwork.core.client;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import org.jspecify.annotations.Nullable;

/** A call that sends requests to the partition that has its key, until one of them is answered. */
abstract sealed class PartitionCall extends Call permits ReadCall, WriteCall, VoteCall, DecisionCall, InquiryCall {
    /** So many refusals in a row that another brick is worth asking: it may know a newer view. */
    static final int FAILURES_BEFORE_DETOUR = 3;
    /**
     * So many bricks may send the call on to another partition without a pause: two that disagree would do it for ever.
     */
    private static final int MOVES_WITHOUT_PAUSE = 3;

    /** The attempt of a transaction that has opened this call and takes its outcome; null if a caller has opened it. */
    final @Nullable Coordinator coordinator;

    final Bytes routingKey;
    final AttemptAccount account = new AttemptAccount();
    final ResendTimer resend = new ResendTimer();
    private PartitionId partition;
    /** How often it has turned out that another partition has the key. */
    private int moves;
    /** Whether the next attempt asks another brick than the one taken for the primary. */
    private boolean detoursNext;
    /** Whether no brick that could be asked has a link. */
    boolean waitsForLink;
    /** Link at which the call waits for a credit; null if it does not wait for one. */
    @Nullable
    CreditLink waitsAt;

    PartitionCall(
            long id,
            PartitionId partition,
            Bytes routingKey,
            @Nullable Coordinator coordinator,
            Failures.Subject subject,
            long startedNanos,
            long deadlineNanos) {
        super(id, subject, startedNanos, deadlineNanos);
        this.partition = partition;
        this.routingKey = routingKey;
        this.coordinator = coordinator;
    }

    // ── what each kind says for itself ──

    /** The request to send, under the given ticket. */
    abstract CallMessage.Request request(long ticket, long epoch);

    /** The operation that the requests are about; null for a read, and for a write that waits for its number. */
    abstract @Nullable OperationId operation();

    /** Whether the next request may change something. */
    boolean mayTakeEffect() {
        return false;
    }

    /** Whether each request holds a credit of its link until it is answered. */
    boolean takesCredit() {
        return true;
    }

    /**
     * Why an answer that was stored as done means that the transaction was not; null if it was, or if there is none.
     */
    @Nullable
    String conflict(Bytes result) {
        return null;
    }

    /** Another round over all bricks that may be asked begins. */
    void beginRound() {}

    /** Somebody has been told the outcome: the session's low-water mark may pass what needs no answer any more. */
    void onTold(boolean isUnknown) {}

    // ── attempts ──

    /** The partition that has the key, as far as is known. */
    final PartitionId partition() {
        return partition;
    }

    /**
     * Another partition has the key. It is asked for the same operation, since the one that was asked has not taken it,
     * nor will.
     *
     * @return whether that partition may be asked without a pause
     */
    boolean moveTo(PartitionId owner) {
        partition = owner;
        setSubject(new Failures.Subject(subject().operation(), subject().structure(), owner));
        return ++moves <= MOVES_WITHOUT_PAUSE;
    }

    @Override
    final long dueNanos() {
        return Math.min(super.dueNanos(), resend.dueNanos());
    }

    void onSent(Attempt attempt, long nowNanos) {
        account.onSent(attempt);
        if (attempt.isAtPrimary) {
            resend.onAskedPrimary(nowNanos);
        } else {
            resend.onDetour(nowNanos);
        }
    }

    /** Whether the brick was sent this request as the primary of that epoch, and still has time to answer. */
    final boolean awaits(CreditLink link, long epoch, long nowNanos) {
        return resend.leavesAlone(nowNanos) && account.isAwaited(link, epoch);
    }

    void onRefused(Attempt attempt, Refusal told) {
        account.onRefused(attempt);
        stopResendIfAllAreAccountedFor();
        noteRefusal(attempt.link.brick, told);
        boolean isClosed = told.reason() == Reason.NOT_OPEN || told.reason() == Reason.NOT_PRIMARY;
        if (isClosed && failures() % FAILURES_BEFORE_DETOUR == FAILURES_BEFORE_DETOUR - 1) {
            detour(); // its view may be over, and it may not know
        }
    }

    /** The attempt is not waited for any longer; it may still take effect. */
    final void drop(Attempt attempt) {
        account.drop(attempt);
        stopResendIfAllAreAccountedFor();
    }

    private void stopResendIfAllAreAccountedFor() {
        if (!account.hasOutstanding()) {
            resend.stop();
        }
    }

    /** Whether the call has failed so often that another way is worth trying. */
    final boolean mayDetour() {
        return failures() >= FAILURES_BEFORE_DETOUR;
    }

    /** The next attempt is to ask another brick than the one taken for the primary, which does not answer. */
    final void detour() {
        detoursNext = true;
    }

    /** Whether this attempt asks another brick; the one after it does not. */
    final boolean takesDetour() {
        boolean takes = detoursNext;
        detoursNext = false;
        return takes;
    }

    // ── the answer ──

    /** What an answer to any attempt of the call means to whoever has opened it. */
    final Outcome outcome(CallMessage.Answer answer) {
        if (answer.status() != Completion.Status.DONE) {
            return new Outcome.Failed(Failures.rejected(subject(), answer.result()));
        }
        String conflict = conflict(answer.result());
        return conflict == null
                ? new Outcome.Done(answer.partition(), answer.version(), answer.result())
                : new Outcome.Failed(Failures.conflict(subject(), conflict));
    }
}
