package io.brickwork.core.client;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.transaction.RecordAccess;
import org.jspecify.annotations.Nullable;

/**
 * A write, or all of a transaction that concerns one partition. All its attempts carry one operation id, so that it
 * takes effect once.
 */
final class WriteCall extends PartitionCall implements Numbered {
    private final SessionNumber number;
    private Bytes body;
    /** Set when "unknown" was told: where an answer that comes late is kept. */
    private Session.@Nullable Unsettled leftBehind;

    /** A caller's write, which gets its number from a session. */
    WriteCall(
            long id,
            PartitionId partition,
            Bytes routingKey,
            Bytes body,
            Failures.Subject subject,
            long startedNanos,
            long deadlineNanos) {
        this(id, partition, routingKey, body, new SessionNumber(), null, subject, startedNanos, deadlineNanos);
    }

    /** All of a transaction, under the transaction's own number. */
    WriteCall(
            long id,
            PartitionId partition,
            Bytes routingKey,
            Bytes body,
            SessionNumber number,
            @Nullable Coordinator coordinator,
            Failures.Subject subject,
            long startedNanos,
            long deadlineNanos) {
        super(id, partition, routingKey, coordinator, subject, startedNanos, deadlineNanos);
        this.number = number;
        this.body = body;
    }

    @Override
    public SessionNumber number() {
        return number;
    }

    @Override
    @Nullable
    OperationId operation() {
        return number.id();
    }

    @Override
    CallMessage.Request request(long ticket, long epoch) {
        OperationId id = Check.present(number.id(), "call %d has no number", this.id);
        return account.onlyAsks()
                ? new CallMessage.Inquire(ticket, partition(), epoch, id, routingKey)
                : new CallMessage.Write(
                        ticket, partition(), epoch, id, account.sent() + 1, number.lowWater(), routingKey, body);
    }

    @Override
    boolean mayTakeEffect() {
        return !account.onlyAsks();
    }

    @Override
    @Nullable
    String conflict(Bytes result) {
        return coordinator == null ? null : RecordAccess.conflict(result);
    }

    @Override
    void onTold(boolean isUnknown) {
        Session session = number.session();
        OperationId id = number.id();
        if (session == null || id == null) {
            return; // it was never begun
        }
        if (isUnknown) {
            leftBehind = new Session.Unsettled(id, partition(), routingKey, subject());
            leftBehind.isTransaction = coordinator != null;
            session.keep(leftBehind);
        } else {
            session.settle(id.number());
        }
    }

    /** The answer came after the outcome was told: it is kept for an inquiry, if "unknown" was told. */
    void onAnsweredLate(Outcome outcome) {
        if (leftBehind != null) {
            leftBehind.learn(outcome);
        }
    }

    @Override
    void markOver() {
        super.markOver();
        body = Bytes.EMPTY;
    }
}
