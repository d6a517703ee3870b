package io.brickwork.core.partition.machine;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.group.Group;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one partition, as the brick that holds it sees it: it takes inputs one at a time and has their effects
 * on the ports that it was made with.
 *
 * <p>The brick's registry knows its partitions by this interface alone. A machine that keeps replicas alike by an order
 * of entries is {@link io.brickwork.core.partition.Replica}; how its entries get to the other members is a
 * {@link io.brickwork.core.partition.replicate.Replicator} of its own. A protocol that has no one order of entries is
 * another implementation of this interface.
 *
 * <p>Life: {@link #replay} for each of its records in the log, {@link #endReplay}, {@link #attach} once the catalog is
 * known, then any input, until {@link #retire}. Called by the brick's machine only; one thread.
 */
public interface PartitionMachine {
    PartitionId partition();

    // ---- life

    /** Takes in a record of the log, before {@link #endReplay}. */
    void replay(long position, LogRecord.OfPartition record);

    void endReplay();

    /** Tells what the partition is a part of, and which record keys it has. */
    void attach(StructureInfo structure, StructureType type, KeyRange range);

    /** Whether it has been attached and is not retired. */
    boolean isAttached();

    /** The metadata log says something new of the group, or of this brick. */
    void onGroup(Group decided);

    /** What the metadata log says of the group; null before it said anything. */
    @Nullable
    Group group();

    /**
     * A machine that takes this one's place, with what the table has before or after a copy; the promise stays. This
     * one must be retired.
     *
     * @param isIncomplete whether the table has but half a copy
     */
    PartitionMachine replacement(Applied applied, boolean isIncomplete);

    /** Another machine takes its place, or none: it does nothing from here on. */
    void retire();

    /**
     * Makes everything void that the log holds of the partition; returns the position that must be synced before the
     * table forgets its part.
     */
    long abandonLog();

    // ---- inputs

    /** A message of another member, or of this one to itself. */
    void onMessage(BrickId from, ReplicaMessage message, long nowNanos);

    /** A client's request for a key that is served here. */
    void onRequest(Endpoint from, CallMessage.Request request, long nowNanos);

    /** Refuses a client's request: it certainly has no effect. */
    void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail);

    void onLinkUp(BrickId peer, long nowNanos);

    void onCallerGone(Endpoint caller);

    /** The record at this position is written; {@link #afterStoring} follows once for all of a turn. */
    void onWritten(long position, long seq);

    /** The record at this position is synced; {@link #afterStoring} follows once for all of a turn. */
    void onSynced(long position, long seq, long nowNanos);

    /** Storing may have come further: the end of a turn. */
    void afterStoring(long nowNanos);

    void onTick(long nowNanos);

    /** A record of the table cannot be read. */
    void onCorrupt(CorruptRecordException found);

    /** Digest of what the table holds within a range, to be compared with that of the other members. */
    void compare(KeyRange range, Version appliedVersion, Bytes digest);

    /** A copy is complete: whoever brings the group level is told what is here. */
    void report();

    // ---- log and table

    TableSource tableSource();

    LogRetention logRetention();

    /** Adds what it holds in memory. */
    void addTo(MemoryUse memory);

    // ---- questions

    /** Which record keys are served here; only once it is attached. */
    KeyRange range();

    /** Whether the table has but half a copy of the partition. */
    boolean isIncomplete();

    /** Whether nothing of the partition is here, in log or table. */
    boolean isEmpty();

    /** The highest epoch it has promised, in whatever incarnation of the brick; 0 if none. */
    long promisedEpoch();

    /** The epoch it has promised in this incarnation of the brick; 0 if none. */
    long viewEpoch();

    /**
     * Whether this brick is to have a partition that was split off this one, and has not got it yet: then neither log
     * nor table may be given up.
     */
    boolean owesSplit();

    /** Whether an entry that splits the partition is here and not known to be in the table. */
    boolean isSplitting();

    /**
     * Whether an entry that changes which keys the partition has, and that somebody waits for, is not known to be in
     * the table.
     */
    boolean isReshaping();

    /** What was written here of late; null while this replica orders no writes. */
    @Nullable
    WriteSample writeSample();

    /**
     * What an operator sees of it.
     *
     * @param copiedBytes how much of a copy has come so far; -1 if none is under way
     */
    CallMessage.ReplicaStatus status(long copiedBytes);

    /**
     * Looks at everything that it holds. Takes as long as that is much.
     *
     * @throws io.brickwork.core.Check.InvariantBroken if it does not fit together
     */
    void audit();
}
