package io.brickwork.core.partition.port;

import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;

/** The brick's table and its disk. */
public interface TablePort {
    /**
     * A snapshot of the table for this turn; not to be closed.
     *
     * @throws DdsException.Overloaded if no more snapshots can be open at a time
     */
    Snapshot turnSnapshot();

    /** Has the table carry the step out, and says when it has. */
    void repair(CopyStep.Repair step, Runnable done);

    /**
     * Whether nothing of a partition that was merged into another is here, nor is being removed, nor is yet to come
     * from a split that the table has not carried out.
     */
    boolean isGone(PartitionId other);

    /** How full this brick's disk is, in thousandths. */
    int fillPermille();

    /** From which fill level of the fullest member on puts are refused, in thousandths. */
    int fullPermille();
}
