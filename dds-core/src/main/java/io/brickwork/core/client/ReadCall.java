package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.transaction.RecordAccess;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A read, or the validation of what a transaction that writes nothing has read.
 *
 * <p>Any member may answer. Members are asked in rounds: none twice in a round. A read has no effect, so it is repeated
 * freely and never ends as unknown.
 */
final class ReadCall extends PartitionCall {
    private final ReadMode mode;
    private Bytes body;
    /** Bricks that were asked in this round. */
    private final List<BrickId> tried = new ArrayList<>(0);
    /** How many members have said in this round that a record is corrupt. */
    private int corruptMembers;

    ReadCall(
            long id,
            PartitionId partition,
            Bytes routingKey,
            Bytes body,
            ReadMode mode,
            @Nullable Coordinator coordinator,
            Failures.Subject subject,
            long startedNanos,
            long deadlineNanos) {
        super(id, partition, routingKey, coordinator, subject, startedNanos, deadlineNanos);
        this.body = body;
        this.mode = mode;
    }

    @Override
    CallMessage.Request request(long ticket, long epoch) {
        return new CallMessage.Read(ticket, partition(), epoch, mode, routingKey, body);
    }

    @Override
    @Nullable
    OperationId operation() {
        return null;
    }

    @Override
    @Nullable
    String conflict(Bytes result) {
        return coordinator == null ? null : RecordAccess.conflict(result);
    }

    @Override
    void onSent(Attempt attempt, long nowNanos) {
        account.onSent(attempt);
        tried.add(attempt.link.brick);
        resend.onAskedMember(nowNanos);
    }

    @Override
    void onRefused(Attempt attempt, Refusal told) {
        super.onRefused(attempt, told);
        if (told.reason() == Reason.CORRUPT) {
            corruptMembers++;
        }
    }

    boolean hasTried(BrickId brick) {
        return tried.contains(brick);
    }

    /** How many members have said in this round that a record is corrupt. */
    int corruptMembers() {
        return corruptMembers;
    }

    @Override
    void beginRound() {
        tried.clear();
        corruptMembers = 0;
    }

    @Override
    void markOver() {
        super.markOver();
        body = Bytes.EMPTY;
    }
}
