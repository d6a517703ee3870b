package io.brickwork.core.client;

import io.brickwork.core.OperationId;
import io.brickwork.core.message.CallMessage;

/** Tells a participant the outcome of its transaction, until it has acknowledged it. */
final class DecisionCall extends PartitionCall {
    private final VoteCall vote;
    private final boolean isCommit;

    /** @param vote the question that the participant was asked */
    DecisionCall(long id, Coordinator coordinator, VoteCall vote, boolean isCommit) {
        super(id, vote.partition(), vote.routingKey, coordinator, vote.subject(), vote.startedNanos, NEVER);
        this.vote = vote;
        this.isCommit = isCommit;
    }

    @Override
    OperationId operation() {
        return vote.operation();
    }

    @Override
    CallMessage.Request request(long ticket, long epoch) {
        return new CallMessage.Decide(
                ticket, partition(), epoch, vote.operation(), vote.participant().partition(), isCommit, routingKey);
    }

    /** A decision goes before all that waits: others wait for what it frees, maybe on the very same link (T76). */
    @Override
    boolean takesCredit() {
        return false;
    }
}
