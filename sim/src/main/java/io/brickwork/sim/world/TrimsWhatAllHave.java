package io.brickwork.sim.world;

import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.GroupView;
import java.util.Map;

/**
 * What a log gives up is synced at every member that has not let its replica go: whoever lacks an entry must be able to
 * get it from any log.
 */
final class TrimsWhatAllHave implements Promise {
    private final Sightings sightings;

    TrimsWhatAllHave(Sightings sightings) {
        this.sightings = sightings;
    }

    @Override
    public void onTrimmed(SimBrick brick, Event.LogTrimmed trimmed) {
        Map.Entry<Long, Version> newest =
                sightings.partition(trimmed.partition()).committed.floorEntry(trimmed.seq());
        if (sightings.structure(trimmed.partition()) == null || newest == null) {
            return;
        }
        GroupView view = sightings.openView(brick.id(), trimmed.partition());
        for (SimBrick member : sightings.intactMembers(trimmed.partition(), view)) {
            Promise.require(
                    member.disk().holds(trimmed.partition(), newest.getValue(), true),
                    "trims-what-all-have",
                    "partition %s: %s gives up its log up to %d, but %s is not synced at %s",
                    trimmed.partition(),
                    brick.name(),
                    trimmed.seq(),
                    newest.getValue(),
                    member.name());
        }
    }
}
