package io.brickwork.core.table;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consistent view of a {@link Table}. Used by one thread at a time. What it returns stays valid after {@link #close}.
 */
public interface Snapshot extends AutoCloseable {
    /**
     * The record under the key, or null.
     *
     * @throws CorruptRecordException if its checksum is wrong
     */
    @Nullable
    TableRecord get(int structure, Bytes recordKey);

    /**
     * Visits the structure's records within the range in key order until the visitor returns false.
     *
     * @throws CorruptRecordException at the first record whose checksum is wrong
     */
    void scan(int structure, KeyRange range, Visitor visitor);

    /** How far the partition is applied; {@link Applied#nothing} if it has never been. */
    Applied applied(PartitionId partition);

    /** Every partition with anything applied, in order. */
    List<Applied> partitions();

    /** The completion records of a partition, one row a session. */
    List<SessionRow> sessions(PartitionId partition);

    @Override
    void close();

    /** Takes one record; says whether to go on. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(Bytes recordKey, TableRecord record);
    }
}
