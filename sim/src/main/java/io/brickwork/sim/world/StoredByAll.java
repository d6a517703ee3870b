package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import java.util.List;

/**
 * What is counted as committed is stored by a write quorum of the view at that moment (all members, in both ways of
 * replication), on the disks themselves, as durably as the structure asks; and it is counted by whom the rules of the
 * group name.
 */
final class StoredByAll implements Promise {
    private final Sightings sightings;

    StoredByAll(Sightings sightings) {
        this.sightings = sightings;
    }

    @Override
    public void onCommitted(SimBrick brick, PartitionId partition, Version version) {
        Sightings.Watched structure = sightings.structure(partition);
        if (structure == null || (!structure.mustBeSynced() && sightings.hasPowerBeenLost())) {
            return;
        }
        GroupView view = sightings.partition(partition).views.get(version.epoch());
        Promise.require(
                view != null && structure.rules().witness(view).equals(brick.id()),
                "stored-by-all",
                "partition %s: %s counts %s as committed, but epoch %d is %s",
                partition,
                brick.name(),
                version,
                version.epoch(),
                view);
        GroupView counted = Check.present(view, "partition %s has no view of epoch %d", partition, version.epoch());
        List<BrickId> lacking = sightings.intactMembers(partition, counted).stream()
                .filter(member -> !member.disk().holds(partition, version, structure.mustBeSynced()))
                .map(SimBrick::id)
                .toList();
        List<BrickId> stored = counted.members().stream()
                .map(Member::brick)
                .filter(member -> !lacking.contains(member))
                .toList();
        Promise.require(
                structure.rules().isWriteQuorum(counted, stored),
                "stored-by-all",
                "partition %s: %s counts %s as committed, but it is not stored at %s",
                partition,
                brick.name(),
                version,
                lacking);
    }
}
