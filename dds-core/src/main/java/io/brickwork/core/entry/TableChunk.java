package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a partition, as one snapshot has it: first its records, in key order, then its completion rows, in the
 * order of their sessions. A chunk may hold the end of the one and the beginning of the other.
 *
 * <p>The chunks of a partition follow each other, each from where the one before says, each read from a later snapshot
 * than the one before if need be.
 *
 * @param applied how far the partition was applied in the snapshot
 * @param next where the next chunk begins; null if this is the last one
 */
public record TableChunk(
        Version applied,
        List<Row> records,
        List<SessionRow> sessions,
        @Nullable Cursor next) {
    /**
     * How large a chunk should be, encoded, so that it neither holds up what else is sent nor costs a transaction for
     * too little.
     */
    public static final int BYTES = 64 << 10;

    public TableChunk {
        records = List.copyOf(records);
        sessions = List.copyOf(sessions);
    }

    /** A record and its key. */
    public record Row(Bytes key, TableRecord record) {}

    /** Between which rows one chunk ends and the next begins. */
    public sealed interface Cursor {
        /** Before everything. */
        Cursor START = new Records(null);

        /**
         * In the records; all completion rows are still to come.
         *
         * @param after the key of the last record that was read, whether or not it is still there; null if none was
         */
        record Records(@Nullable Bytes after) implements Cursor {}

        /**
         * In the completion rows; the records are read.
         *
         * @param after the last session that was read, whether or not it is still there; null if none was
         */
        record Sessions(@Nullable SessionId after) implements Cursor {}
    }
}
