package io.brickwork.core.client;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.transaction.RecordAccess;
import org.jspecify.annotations.Nullable;

/** Asks what became of an earlier write, without running it. */
final class InquiryCall extends PartitionCall {
    private final Session session;
    private final Session.Unsettled asked;

    InquiryCall(long id, Session session, Session.Unsettled asked, long startedNanos, long deadlineNanos) {
        super(id, asked.partition, asked.routingKey, null, asked.subject, startedNanos, deadlineNanos);
        this.session = session;
        this.asked = asked;
    }

    @Override
    OperationId operation() {
        return asked.id;
    }

    @Override
    CallMessage.Request request(long ticket, long epoch) {
        return new CallMessage.Inquire(ticket, partition(), epoch, asked.id, routingKey);
    }

    @Override
    boolean moveTo(PartitionId owner) {
        asked.partition = owner;
        return super.moveTo(owner);
    }

    @Override
    @Nullable
    String conflict(Bytes result) {
        return asked.isTransaction ? RecordAccess.conflict(result) : null;
    }

    /** Once the outcome is known the session need not keep the operation for another inquiry. */
    @Override
    void onTold(boolean isUnknown) {
        if (!isUnknown && session.unsettled(asked.id) != null) {
            session.forget(asked.id.number());
        }
    }
}
