package io.brickwork.core.table;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
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

    /** As {@link #scan}, from the last record to the first. */
    void scanBackward(int structure, KeyRange range, Visitor visitor);

    /** How far the partition is applied; {@link Applied#nothing} if it has never been, or is incomplete. */
    Applied applied(PartitionId partition);

    /** Every partition with anything applied, in order; no incomplete one. */
    List<Applied> partitions();

    /** The mark on the partition, or null if it is whole, or was never here. */
    @Nullable
    CopyMark mark(PartitionId partition);

    /** Every incomplete partition, in order: copies and removals that are not done. */
    List<CopyMark> incomplete();

    /** Whether what is here of the partition is half a copy, or half removed, and so no state that it ever had. */
    default boolean isIncomplete(PartitionId partition) {
        return mark(partition) != null;
    }

    /** Whether anything of the partition is here, whole or not. */
    default boolean has(PartitionId partition) {
        return !applied(partition).version().equals(Version.NONE) || isIncomplete(partition);
    }

    /**
     * Visits the completion records of a partition, one row a session, in the order of their sessions, until the
     * visitor returns false.
     *
     * @param after the row after which to begin, whether or not it is there; null for the first one
     * @throws CorruptRecordException at the first row whose checksum is wrong
     */
    void scanSessions(PartitionId partition, @Nullable SessionId after, SessionVisitor visitor);

    /** The completion records of a partition, one row a session, in the order of their sessions. */
    default List<SessionRow> sessions(PartitionId partition) {
        List<SessionRow> rows = new ArrayList<>();
        scanSessions(partition, null, rows::add);
        return rows;
    }

    @Override
    void close();

    /** Takes one record; says whether to go on. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(Bytes recordKey, TableRecord record);
    }

    /** Takes one row; says whether to go on. */
    @FunctionalInterface
    interface SessionVisitor {
        boolean visit(SessionRow row);
    }
}
