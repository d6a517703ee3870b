package io.brickwork.core.client;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a participant of a transaction for its vote (Prepare), or where it stands (Resolve) once it may not be asked to
 * vote again.
 */
final class VoteCall extends PartitionCall {
    /** What is known of the vote. */
    enum Vote {
        /** It may be yes, or become yes. */
        OPEN,
        YES,
        /** It is not yes, and never will be. */
        NEVER
    }

    private final OperationId operation;
    private final Session session;
    private final Participant participant;
    private final List<Participant> participants;
    private final int age;
    private final long tookNanos;
    private Part part;
    /** Set by the {@link Coordinator}, which counts votes. */
    Vote vote = Vote.OPEN;

    VoteCall(
            long id,
            Coordinator coordinator,
            Session session,
            OperationId operation,
            Participant participant,
            Part part,
            List<Participant> participants,
            Failures.Subject subject) {
        super(
                id,
                participant.partition(),
                participant.routingKey(),
                coordinator,
                subject,
                coordinator.lead.startedNanos,
                NEVER); // the caller's deadline is the transaction's
        this.operation = operation;
        this.session = session;
        this.participant = participant;
        this.participants = participants;
        this.part = part;
        this.age = coordinator.lead.age();
        this.tookNanos = coordinator.lead.tookNanos();
    }

    /** As whom the participant is asked. */
    Participant participant() {
        return participant;
    }

    /**
     * Whether the vote is not yes, and never will be: it was refused, or no question can have reached the participant.
     */
    boolean isCertainlyNotYes() {
        return vote == Vote.NEVER || vote == Vote.OPEN && account.isCertainlyNotDone();
    }

    @Override
    OperationId operation() {
        return operation;
    }

    @Override
    CallMessage.Request request(long ticket, long epoch) {
        return account.onlyAsks()
                ? new CallMessage.Resolve(ticket, partition(), epoch, operation, participant.partition(), routingKey)
                : new CallMessage.Prepare(
                        ticket,
                        partition(),
                        epoch,
                        operation,
                        age,
                        session.lowWater(),
                        participants,
                        routingKey,
                        part,
                        tookNanos);
    }

    @Override
    boolean mayTakeEffect() {
        return !account.onlyAsks();
    }

    @Override
    @Nullable
    String conflict(Bytes result) {
        return isYes(result) ? null : "it was aborted";
    }

    private static boolean isYes(Bytes state) {
        TransactionRecord.State stands = TransactionRecord.State.of(state.isEmpty() ? 0 : state.at(0));
        return stands == TransactionRecord.State.PREPARED || stands == TransactionRecord.State.COMMITTED;
    }

    @Override
    void markOver() {
        super.markOver();
        part = Part.NOTHING;
    }
}
