package io.brickwork.core.effect;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.structure.KeyRange;
import java.util.List;

/**
 * What happened in the protocols of a brick: turned into logs and metrics by a brick's shell, into trace and timeline
 * by the simulator.
 */
public sealed interface Event {
    /** What happened to a replica. */
    sealed interface OfPartition extends Event {
        PartitionId partition();
    }

    /** What happened to the brick as a whole. */
    sealed interface OfBrick extends Event {}

    /** This life of the brick is known to the cluster. */
    record Registered(BrickId brick, Incarnation incarnation) implements OfBrick {}

    /**
     * What is on this brick's disk is of no use to the cluster: it must halt, be set aside, and the brick start with an
     * empty one.
     */
    record MustJoinAsNew(BrickId brick, String reason) implements OfBrick {}

    /**
     * Somebody has said what it may not say or has no right to, or what cannot be true. Nothing came of it.
     *
     * @param speaker who, as far as it is known
     */
    record MessageRefused(Endpoint speaker, String reason) implements OfBrick {}

    /** What this brick's disk held of the metadata log cannot be true, and was put right. */
    record MetadataMended(String what) implements OfBrick {}

    /** This brick leads the metadata log. */
    record Leads(Ballot ballot) implements OfBrick {}

    /** This brick leads the metadata log no more. */
    record LeadsNoMore(Ballot ballot, String reason) implements OfBrick {}

    /** These keep the metadata log from the slot on. */
    record VotersChanged(long slot, Membership members) implements OfBrick {}

    /** Where bricks are, as the metadata log has it: told when it changes. */
    record BricksKnown(List<BrickInfo> bricks) implements OfBrick {
        public BricksKnown {
            bricks = List.copyOf(bricks);
        }
    }

    /** This replica has promised to refuse everything below the epoch; the promise is synced. */
    record Fenced(PartitionId partition, long epoch, BrickId primary) implements OfPartition {}

    /** The primary has every member's report and knows the level. */
    record LevelChosen(PartitionId partition, long epoch, Version level, BrickId fullest) implements OfPartition {}

    /** This replica threw away what it had above {@code seq}. */
    record WasCut(PartitionId partition, long epoch, long seq, Version was) implements OfPartition {}

    /**
     * The view is open at this replica.
     *
     * @param commits false if it has so few members that nothing is committed in it
     */
    record ViewOpened(PartitionId partition, GroupView view, long levelSeq, boolean commits) implements OfPartition {}

    /** All members have stored the level; the primary has the metadata log record that the view is open. */
    record LevelReached(PartitionId partition, long epoch, long levelSeq) implements OfPartition {}

    /** This replica serves no more: a newer view is decided, or it has no place in it. */
    record ViewClosed(PartitionId partition, long epoch) implements OfPartition {}

    /** This brick begins to take a copy of the partition. */
    record CopyBegan(PartitionId partition, long epoch, BrickId source) implements OfPartition {}

    /**
     * All chunks are here; the entries since then follow from the log.
     *
     * @param version as of which the table counts
     * @param reached up to where entries may have left traces in the table already
     */
    record CopyEnded(PartitionId partition, long epoch, Version version, Version reached) implements OfPartition {}

    /** This brick holds the partition no more. */
    record Dropped(PartitionId partition) implements OfPartition {}

    /** The primary counts the entry as committed. */
    record EntryCommitted(PartitionId partition, Version version) implements OfPartition {}

    /** The view cannot be opened for now; told once for each reason. */
    record ViewBlocked(PartitionId partition, long epoch, String reason) implements OfPartition {}

    /** This replica's entries up to this one are gone from the log: the table has them. */
    record LogTrimmed(PartitionId partition, long seq) implements OfPartition {}

    /** A record here is rotten. */
    record RecordCorrupt(PartitionId partition, String detail) implements OfPartition {}

    /** What was rotten here can be read again: a record of the member, or an entry, has taken its place. */
    record RecordRepaired(PartitionId partition, Bytes recordKey) implements OfPartition {}

    /**
     * The member's table and this one, the primary's, have applied the same and hold something else: at least one of
     * them is wrong.
     */
    record ReplicasDiffer(PartitionId partition, BrickId member, KeyRange range) implements OfPartition {}

    /** Nobody has told the outcome of a transaction in which the partition has voted yes: it has been found out. */
    record TransactionResolved(PartitionId partition, OperationId transaction, boolean isCommitted)
            implements OfPartition {}
}
