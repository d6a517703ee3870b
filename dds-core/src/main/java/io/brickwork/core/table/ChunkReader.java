package io.brickwork.core.table;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableChunk.Cursor;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fills one {@link TableChunk} from a snapshot. Used once. */
public final class ChunkReader {
    private final Snapshot snapshot;
    private final PartitionId partition;
    private final KeyRange range;
    /** What may be added before the chunk is full. */
    private long room;

    private final List<TableChunk.Row> records = new ArrayList<>();
    private final List<SessionRow> sessions = new ArrayList<>();
    /** Whether a row had no room. */
    private boolean isFull;

    private ChunkReader(Snapshot snapshot, PartitionId partition, KeyRange range, int limitBytes) {
        this.snapshot = snapshot;
        this.partition = partition;
        this.range = range;
        room = (long) limitBytes - CopyCodec.FRAME_BYTES;
    }

    /**
     * Reads what follows the cursor, until the chunk would encode to more than {@code limitBytes}. A single row that is
     * larger makes a chunk of its own: there is always progress.
     *
     * @param range of the partition's record keys
     * @throws CorruptRecordException at the first row that cannot be read, which is never skipped
     * @throws IllegalStateException if the partition is {@linkplain Snapshot#isIncomplete incomplete}: then there is
     *     nothing to copy
     */
    public static TableChunk read(
            Snapshot snapshot, PartitionId partition, KeyRange range, Cursor from, int limitBytes) {
        Check.argument(limitBytes > 0, "a chunk of %d bytes", limitBytes);
        Check.state(
                !snapshot.isIncomplete(partition),
                "partition %s is incomplete here: there is no copy of it",
                partition);
        return new ChunkReader(snapshot, partition, range, limitBytes).read(from);
    }

    private TableChunk read(Cursor from) {
        Cursor next = null;
        SessionId lastSession = null;
        switch (from) {
            case Cursor.Records(var after) -> {
                readRecords(after);
                if (isFull) {
                    next = new Cursor.Records(records.getLast().key());
                }
            }
            case Cursor.Sessions(var after) -> lastSession = after;
        }
        if (!isFull) {
            readSessions(lastSession);
            if (isFull) {
                next = new Cursor.Sessions(
                        sessions.isEmpty() ? lastSession : sessions.getLast().session());
            }
        }
        return new TableChunk(snapshot.applied(partition).version(), records, sessions, next);
    }

    private void readRecords(@Nullable Bytes after) {
        KeyRange rest = range;
        if (after != null && after.compareTo(range.low()) > 0) {
            Bytes high = range.high();
            if (high != null && after.compareTo(high) >= 0) {
                return;
            }
            rest = new KeyRange(after, high);
        }
        snapshot.scan(partition.structure(), rest, (key, record) -> {
            if (key.equals(after)) {
                return true;
            }
            if (!hasRoom(CopyCodec.bytesOf(key, record))) {
                return false;
            }
            records.add(new TableChunk.Row(key, record));
            return true;
        });
    }

    private void readSessions(@Nullable SessionId after) {
        snapshot.scanSessions(partition, after, session -> {
            if (!hasRoom(CopyCodec.bytesOf(session))) {
                return false;
            }
            sessions.add(session);
            return true;
        });
    }

    private boolean hasRoom(long bytes) {
        boolean isFirst = records.isEmpty() && sessions.isEmpty();
        if (bytes > room && !isFirst) {
            isFull = true;
            return false;
        }
        room -= bytes;
        return true;
    }
}
