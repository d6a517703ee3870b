package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import org.jspecify.annotations.Nullable;

/** What a replica needs of the brick it lives in. */
public interface ReplicaHost {
    BrickId self();

    /** This life of the brick; null until the cluster knows of it. */
    @Nullable
    Member member();

    /** How many bricks the cluster has, as far as this one knows. */
    int clusterBricks();

    /** What this brick has carried out of the metadata log; only to look at. */
    MetadataState metadata();

    /** Has the metadata log carry this out; may be lost. */
    void propose(MetadataCommand command);

    /** Until when this brick may answer reads by itself. */
    LeaseEnd leaseEnd();

    /** What callers in this process read from. */
    ReadViews readViews();

    /** The replica's log cannot be brought level: it is to be replaced by a copy from the brick. */
    void beginCopy(Replica replica, BrickId source);

    /** Has the table carry the step out, and says when it has. */
    void repair(CopyStep.Repair step, Runnable done);

    /** Whether a rule is kept: always, but in simulations that leave it out. */
    boolean defends(Defence defence);

    /**
     * Appends to the brick's log; {@link Replica#onWritten} and {@link Replica#onSynced} follow.
     *
     * @param seq the entry's number, or 0 for a record that is no entry
     * @return the record's position
     */
    long append(Replica replica, LogRecord record, long seq);

    /** Asks that all that was appended be synced soon. */
    void requestSync();

    LogRecord read(long position);

    /** A snapshot of the table for this turn; not to be closed. */
    Snapshot turnSnapshot();

    Table table();

    Outbox outbox();

    void send(BrickId to, ReplicaMessage message);

    /** How full this brick's disk is, in thousandths. */
    int fillPermille();

    /** From which fill level of the fullest member on puts are refused. */
    int fullPermille();

    /** Whether the overlays of the brick hold all they may: of what is not applied, or of what is not committed. */
    boolean isOverlayFull();

    /** Whether so much is committed and not applied at this brick that its replicas must take no more from others. */
    boolean lagsBehind();

    /** Whether the requests that wait for locks at this brick take all the memory they may. */
    boolean isWaitingFull();

    /** A request of so many bytes waits for a lock. */
    void addWaiting(long bytes);

    /** Entries of one partition that may be stored and not committed, in bytes. */
    long windowBytes();

    /** How much of a partition comes in one message when it is copied. */
    int copyChunkBytes();

    /** Whether nothing of the partition is here, nor is being removed. */
    boolean isGone(PartitionId other);

    /** To another brick, or to this one itself. */
    void tell(BrickId to, ReplicaMessage message);

    /** A replica has been split: the child's part is in the table. */
    void onSplit(Split split);

    /** More of the replica's entries are known to be committed. */
    void onCommitted(Replica replica);
}
