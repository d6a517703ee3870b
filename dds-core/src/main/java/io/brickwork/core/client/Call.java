package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import org.jspecify.annotations.Nullable;

/**
 * One call from its submission to its outcome.
 *
 * <pre>
 * TransactionCall   sends nothing itself: its {@link Coordinator} opens partition calls
 * PartitionCall     sends requests to the partition that has its key
 *   ReadCall        a read, or the validation of a transaction that writes nothing
 *   WriteCall       a write, or all of a transaction that concerns one partition
 *   VoteCall        asks a participant of a transaction for its vote
 *   DecisionCall    tells a participant the outcome of its transaction
 *   InquiryCall     asks what became of an earlier write
 * </pre>
 *
 * <p>Callers submit reads, writes, inquiries and transactions; each of those is owed one outcome.
 */
abstract sealed class Call permits PartitionCall, TransactionCall {
    /** The moment of what is not due. */
    static final long NEVER = Long.MAX_VALUE;

    /** Names the call: positive if a caller has chosen the number, negative if a transaction's call has. */
    final long id;

    final long startedNanos;
    final long deadlineNanos;
    private Failures.Subject subject;
    /** When to make the next attempt, whatever is unanswered. */
    long actAtNanos = NEVER;

    private @Nullable Refusal refusal;
    private @Nullable BrickId refusedBy;
    /** Refusals and vain looks for a link so far; decides how long the next pause is. */
    private int failures;

    private boolean isOver;

    Call(long id, Failures.Subject subject, long startedNanos, long deadlineNanos) {
        this.id = id;
        this.subject = subject;
        this.startedNanos = startedNanos;
        this.deadlineNanos = deadlineNanos;
    }

    /** What messages to the caller are about. */
    final Failures.Subject subject() {
        return subject;
    }

    final void setSubject(Failures.Subject subject) {
        this.subject = subject;
    }

    /** The earliest moment at which something is due. */
    long dueNanos() {
        return Math.min(deadlineNanos, actAtNanos);
    }

    /** Whether the outcome is known, or of no interest any more. */
    final boolean isOver() {
        return isOver;
    }

    /** Ends the call; late answers keep this object alive, so it lets go of what is large. */
    void markOver() {
        isOver = true;
    }

    /** What the last refusal said; null if there was none. */
    final @Nullable Refusal refusal() {
        return refusal;
    }

    /** Which brick told the last {@link #refusal}; only after one. */
    final BrickId refusedBy() {
        return Check.present(refusedBy, "call %d was refused by nobody", id);
    }

    final void noteRefusal(BrickId by, Refusal told) {
        refusal = told;
        refusedBy = by;
    }

    /** What has failed so far says nothing of what begins now. */
    final void forgetRefusal() {
        refusal = null;
    }

    /** How many failures were counted. */
    final int failures() {
        return failures;
    }

    /** Counts a failure, and says how many there were before it. */
    final int nextFailure() {
        return failures++;
    }
}
