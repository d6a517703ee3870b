package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Limits;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers operators at any brick: shows what the brick has learned of the metadata log, and puts their commands into
 * it.
 */
final class OperatorDesk {
    private final MetadataLog metadata;
    private final Outbox outbox;

    OperatorDesk(MetadataLog metadata, Outbox outbox) {
        this.metadata = metadata;
        this.outbox = outbox;
    }

    void onAsk(Endpoint from, CallMessage.AskMetadata ask) {
        Ballot leader = metadata.node().leader();
        Membership voters = metadata.node().members();
        outbox.send(
                from,
                new CallMessage.Metadata(
                        ask.ticket(),
                        leader.equals(Ballot.NONE) ? null : leader.leader().brick(),
                        voters == null ? List.<BrickId>of() : voters.bricks(),
                        maySeeSessions(from)
                                ? metadata.state().snapshot()
                                : metadata.state().snapshotWithoutSessions()));
    }

    private static boolean maySeeSessions(Endpoint from) {
        return from instanceof Endpoint.Caller caller && caller.isOperator();
    }

    /** Safe to repeat: every command says what it takes to be so. */
    void onInstruct(Endpoint from, CallMessage.Instruct instruct, long nowNanos) {
        int partitions = metadata.state().groups().size();
        if (instruct.command() instanceof MetadataCommand.SplitPartition split
                && partitions >= Limits.CLUSTER_PARTITIONS) {
            answer(
                    from,
                    instruct.ticket(),
                    "the cluster has %d partitions, the limit is %d; partition %s is not split: merge some, or drop a structure"
                            .formatted(partitions, Limits.CLUSTER_PARTITIONS, split.partition()));
            return;
        }
        boolean isTaken = metadata.propose(
                instruct.command(), answer -> answer(from, instruct.ticket(), whyRefused(answer)), nowNanos);
        if (!isTaken) {
            answer(from, instruct.ticket(), "too many changes of metadata wait; try again in a moment");
        }
    }

    private static String whyRefused(@Nullable MetadataAnswer answer) {
        return switch (answer) {
            case null ->
                "the metadata log does not answer: a majority of its voters must be up; the command may yet be carried out";
            case MetadataAnswer.Refused refused -> refused.reason();
            case MetadataAnswer done -> "";
        };
    }

    private void answer(Endpoint to, long ticket, String refusal) {
        outbox.send(to, new CallMessage.Instructed(ticket, refusal));
    }
}
