package io.brickwork.core.partition.transact;

import io.brickwork.core.PartitionId;
import io.brickwork.core.group.Group;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Questions of one participant to all other participants of a transaction, and their answers. */
final class Inquiry {
    /**
     * What another participant has answered.
     *
     * @param state null if it has no vote on record and will never give one
     */
    record Told(@Nullable State state) {}

    private final List<Participant> others;
    private final LinkedHashMap<PartitionId, Told> told = new LinkedHashMap<>();

    /** @param own of the participant that asks */
    Inquiry(TransactionRecord own) {
        others = othersOf(own);
    }

    /** All participants but the one whose record it is. */
    static List<Participant> othersOf(TransactionRecord own) {
        return own.participants().stream()
                .filter(other -> !other.partition().equals(own.participant()))
                .toList();
    }

    /**
     * Asks all that have not answered, at the primaries of the partitions that have their keys by what this brick
     * knows. A question may be lost, or reach a brick that is not the primary any more: ask again.
     *
     * @param epoch of the asking partition's view, which an answer must name
     */
    void ask(TransactionRecord own, PartitionId asker, long epoch, Ports ports) {
        MetadataState metadata = ports.cluster().metadata();
        for (Participant other : others) {
            if (told.containsKey(other.partition())) {
                continue;
            }
            Group group = metadata.locate(other.partition().structure(), other.routingKey());
            if (group != null) {
                ports.peers()
                        .tell(
                                group.newest().primary(),
                                new ReplicaMessage.AskStand(
                                        group.partition(), epoch, own.transaction(), other.partition(), asker));
            }
        }
    }

    /** Another participant has answered. */
    void onTold(ReplicaMessage.TellStand answer) {
        told.put(answer.participant(), new Told(answer.state()));
    }

    /** Has those asked once more that had voted yes and did not know the outcome. */
    void forgetPrepared() {
        told.values().removeIf(one -> one.state == State.PREPARED);
    }

    /** What has been answered so far. */
    Map<PartitionId, Told> told() {
        return told;
    }
}
