package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.entry.Split;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.partition.port.ClusterPort;
import io.brickwork.core.partition.port.LoadPort;
import io.brickwork.core.partition.port.PeerPort;
import io.brickwork.core.partition.port.TablePort;
import io.brickwork.core.partition.read.LeaseEnd;
import io.brickwork.core.partition.read.ReadViews;

/**
 * The brick that a replica lives in: all ports, and what a brick must be told of its replicas. Only {@link Replica} and
 * its wiring know it.
 */
public interface ReplicaHost extends ClusterPort, PeerPort, TablePort, LoadPort {
    /**
     * Appends to the brick's log; {@link PartitionMachine#onWritten} and {@link PartitionMachine#onSynced} follow.
     *
     * @param seq the entry's number, or 0 for a record that is no entry
     * @return the record's position
     */
    long append(PartitionMachine machine, LogRecord record, long seq);

    /** Asks that all that was appended be synced soon. */
    void requestSync();

    LogRecord read(long position);

    /** Until when this brick may answer reads by itself. */
    LeaseEnd leaseEnd();

    /** What callers in this process read from. */
    ReadViews readViews();

    /** The replica's log cannot be brought level: it is to be replaced by a copy from the brick. */
    void beginCopy(PartitionMachine machine, BrickId source);

    /** A replica has been split: the child's part is in the table. */
    void onSplit(Split split);

    /** More of the replica's entries are known to be committed. */
    void onCommitted(PartitionMachine machine);
}
