package io.brickwork.core.effect;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.view.View;

/** What happened in the protocols of a brick: turned into logs and metrics by a brick's shell, into trace and timeline by the simulator. */
public sealed interface Event {
    PartitionId partition();

    /** This replica has promised to refuse everything below the epoch; the promise is synced. */
    record Fenced(PartitionId partition, long epoch, BrickId primary) implements Event {}

    /** The primary has every member's report and knows the level. */
    record LevelChosen(PartitionId partition, long epoch, Version level, BrickId fullest) implements Event {}

    /** This replica threw away what it had above {@code seq}. */
    record WasCut(PartitionId partition, long epoch, long seq, Version was) implements Event {}

    /** The view is open at this replica. */
    record ViewOpened(PartitionId partition, View view, long levelSeq) implements Event {}

    /** The view is given up by its primary, which takes the next epoch. */
    record ViewAbandoned(PartitionId partition, long epoch, String reason) implements Event {}

    /** The primary counts the entry as committed. */
    record EntryCommitted(PartitionId partition, Version version) implements Event {}

    /** The view cannot be opened for now; told once for each reason. */
    record ViewBlocked(PartitionId partition, long epoch, String reason) implements Event {}

    /** This replica's entries up to this one are gone from the log: the table has them. */
    record LogTrimmed(PartitionId partition, long seq) implements Event {}

    /** A record here is rotten. */
    record RecordCorrupt(PartitionId partition, String detail) implements Event {}
}
