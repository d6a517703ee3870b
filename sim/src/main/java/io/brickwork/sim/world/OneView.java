package io.brickwork.sim.world;

import io.brickwork.core.PartitionId;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.CallMessage;
import java.util.TreeMap;

/** An epoch of a partition has one view and one primary, and the epochs that a member opens rise. */
final class OneView implements Promise {
    private final Sightings sightings;
    /** By epoch, who was seen to be the primary of it. */
    private final TreeMap<PartitionId, TreeMap<Long, String>> primaries = new TreeMap<>();

    OneView(Sightings sightings) {
        this.sightings = sightings;
    }

    @Override
    public void onOpened(SimBrick brick, Event.ViewOpened opened) {
        PartitionSeen seen = sightings.partition(opened.partition());
        long epoch = opened.view().epoch();
        GroupView other = seen.views.get(epoch);
        Promise.require(
                other == null || other.equals(opened.view()),
                "one-view",
                "partition %s: %s opens %s, but epoch %d is %s",
                opened.partition(),
                brick.name(),
                opened.view(),
                epoch,
                other);
        Long before = seen.openEpochs.get(brick.id());
        Promise.require(
                before == null || before < epoch,
                "rising-epochs",
                "partition %s: %s opens epoch %d after %s",
                opened.partition(),
                brick.name(),
                epoch,
                before);
    }

    @Override
    public void sweepReplica(SimBrick brick, CallMessage.ReplicaStatus status) {
        if (status.isOpen() && status.view().primary().equals(brick.id())) {
            String other = primaries
                    .computeIfAbsent(status.partition(), p -> new TreeMap<>())
                    .putIfAbsent(status.view().epoch(), brick.name());
            Promise.require(
                    other == null || other.equals(brick.name()),
                    "one-primary",
                    "partition %s: %s and %s are both primary in epoch %d",
                    status.partition(),
                    other,
                    brick.name(),
                    status.view().epoch());
        }
    }
}
