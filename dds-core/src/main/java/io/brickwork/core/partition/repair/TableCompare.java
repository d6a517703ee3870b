package io.brickwork.core.partition.repair;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.tenure.Role;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.RecordsDigest;
import io.brickwork.core.table.Snapshot;

/**
 * Compares what the tables of a group hold: a member tells the primary, who has the same if it has applied the same and
 * all is well.
 */
public final class TableCompare {
    private final Tenure tenure;
    private final Repairs repairs;
    private final Ports ports;

    public TableCompare(Tenure tenure, Repairs repairs, Ports ports) {
        this.tenure = tenure;
        this.repairs = repairs;
        this.ports = ports;
    }

    /**
     * Tells the primary what a member's table holds within the range. Nothing is told by the primary itself, nor while
     * no view is open.
     */
    public void tell(KeyRange range, Version applied, Bytes digest, boolean isPrimary) {
        if (tenure.isOpen() && tenure.role() == Role.MEMBER && !isPrimary) {
            ports.peers()
                    .send(
                            tenure.currentView().primary(),
                            new ReplicaMessage.Compare(tenure.partition(), tenure.openEpoch(), range, applied, digest));
        }
    }

    /** A member has told what its table holds. */
    public void onCompare(BrickId from, ReplicaMessage.Compare compare) {
        PartitionId partition = tenure.partition();
        Snapshot snapshot = ports.table().turnSnapshot();
        if (!snapshot.applied(partition).version().equals(compare.applied())) {
            return;
        }
        try {
            Bytes own = RecordsDigest.of(snapshot, partition.structure(), compare.range());
            if (!own.equals(compare.digest())) {
                ports.peers().outbox().note(new Event.ReplicasDiffer(partition, from, compare.range()));
            }
        } catch (CorruptRecordException rotten) {
            repairs.onCorrupt(rotten);
        }
    }
}
