package io.brickwork.sim.world;

import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.table.Snapshot;
import java.util.TreeMap;

/**
 * What a table has applied, and the low-water marks in it, never go back; an operation has one version, wherever its
 * record is.
 */
final class TablesNeverGoBack implements Promise {
    private final Sightings sightings;

    TablesNeverGoBack(Sightings sightings) {
        this.sightings = sightings;
    }

    @Override
    public void sweepTable(SimBrick brick, PartitionId partition, Snapshot snapshot) {
        PartitionSeen seen = sightings.partition(partition);
        Version applied = snapshot.applied(partition).version();
        Long before = seen.applied.put(brick.id(), applied.seq());
        Promise.require(
                before == null || before <= applied.seq(),
                "never-back",
                "partition %s: the table of %s ends in %s after %s",
                partition,
                brick.name(),
                applied,
                before);
        TreeMap<SessionId, Long> lowWaters = seen.lowWaters.computeIfAbsent(brick.id(), b -> new TreeMap<>());
        for (SessionRow row : snapshot.sessions(partition)) {
            Long lowWater = lowWaters.put(row.session(), row.lowWater());
            Promise.require(
                    lowWater == null || lowWater <= row.lowWater(),
                    "never-back",
                    "partition %s: the low-water mark of session %s at %s is %d after %d",
                    partition,
                    row.session(),
                    brick.name(),
                    row.lowWater(),
                    lowWater);
            for (Completion completion : row.completions().values()) {
                Version version = seen.version(completion.operation());
                seen.versions.put(completion.operation(), completion.version());
                Promise.require(
                        version == null || version.equals(completion.version()),
                        "exactly-once",
                        "partition %s: %s is %s at %s, and was %s",
                        partition,
                        completion.operation(),
                        completion.version(),
                        brick.name(),
                        version);
            }
        }
    }
}
