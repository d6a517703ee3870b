package io.brickwork.sim.world;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.table.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Something that must hold in the whole cluster, whatever befalls it. Checked before the {@link Sightings} take in what
 * has just happened; a promise looks at what concerns it and throws a {@link SimFailure} that begins with its name.
 */
interface Promise {
    /** A brick counts an entry as committed. */
    default void onCommitted(SimBrick brick, PartitionId partition, Version version) {}

    /** A view opens at one of its members. */
    default void onOpened(SimBrick brick, Event.ViewOpened opened) {}

    /** A brick takes back entries that were not committed. */
    default void onCut(SimBrick brick, Event.WasCut cut) {}

    /** A brick gives up the older part of its log. */
    default void onTrimmed(SimBrick brick, Event.LogTrimmed trimmed) {}

    /** A primary finds that a member's table is not as its own. */
    default void onDifference(SimBrick primary, Event.ReplicasDiffer differ) {}

    // ---- everything, now and then

    /** A brick that runs. */
    default void sweepBrick(SimBrick brick) {}

    /** One replica of a brick that runs. */
    default void sweepReplica(SimBrick brick, CallMessage.ReplicaStatus status) {}

    /** One partition in the table of a brick, whether or not the brick runs. */
    default void sweepTable(SimBrick brick, PartitionId partition, Snapshot snapshot) {}

    static void require(boolean holds, String promise, String text, @Nullable Object... values) {
        if (!holds) {
            throw new SimFailure(SimFailure.Kind.SAFETY, promise + ": " + String.format(text, values));
        }
    }
}
