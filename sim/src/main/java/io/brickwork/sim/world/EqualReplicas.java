package io.brickwork.sim.world;

import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.table.Snapshot;
import java.util.List;

/** What a primary finds by scrubbing is so: nothing that is right in both tables differs. */
final class EqualReplicas implements Promise {
    private final Sightings sightings;

    EqualReplicas(Sightings sightings) {
        this.sightings = sightings;
    }

    @Override
    public void onDifference(SimBrick primary, Event.ReplicasDiffer differ) {
        List<SimBrick> both = sightings.bricks().stream()
                .filter(brick -> brick == primary || brick.id().equals(differ.member()))
                .toList();
        for (SimBrick one : both) {
            try (Snapshot snapshot = one.disk().look()) {
                Version applied = snapshot.applied(differ.partition()).version();
                if (sightings.isMixed(one.id(), differ.partition(), applied)) {
                    return; // a copy from a later state, which its entries have not caught up with
                }
            }
        }
        Promise.require(
                false,
                "equal-replicas",
                "partition %s: %s finds that %s holds something else of %s",
                differ.partition(),
                primary.name(),
                differ.member(),
                differ.range());
    }
}
