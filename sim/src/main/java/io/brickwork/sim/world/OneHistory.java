package io.brickwork.sim.world;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.table.Snapshot;

/**
 * Under one sequence number of a partition one version is committed, for ever; no member takes more for committed than
 * that, and no table ends in another version.
 */
final class OneHistory implements Promise {
    private final Sightings sightings;

    OneHistory(Sightings sightings) {
        this.sightings = sightings;
    }

    @Override
    public void onCommitted(SimBrick brick, PartitionId partition, Version version) {
        Version other = sightings.partition(partition).committed.get(version.seq());
        Promise.require(
                other == null || other.equals(version),
                "one-history",
                "partition %s: %s commits %s, but %s was committed before",
                partition,
                brick.name(),
                version,
                other);
    }

    @Override
    public void sweepReplica(SimBrick brick, CallMessage.ReplicaStatus status) {
        PartitionSeen seen = sightings.partition(status.partition());
        boolean isOfThisLineage = seen.lineage == 0 || status.isOpen();
        Promise.require(
                status.committedSeq() <= seen.committedSeq() || !isOfThisLineage,
                "committed-by-all",
                "partition %s: %s takes everything up to %d for committed, but nothing above %d is",
                status.partition(),
                brick.name(),
                status.committedSeq(),
                seen.committedSeq());
    }

    @Override
    public void sweepTable(SimBrick brick, PartitionId partition, Snapshot snapshot) {
        Version applied = snapshot.applied(partition).version();
        Version committed = sightings.partition(partition).committed.get(applied.seq());
        Promise.require(
                committed == null || committed.equals(applied),
                "committed-only",
                "partition %s: the table of %s ends in %s, but %s was committed",
                partition,
                brick.name(),
                applied,
                committed);
    }
}
