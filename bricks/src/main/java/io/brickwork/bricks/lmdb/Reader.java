package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.structure.KeyRange;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.GetOp;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/**
 * A read transaction that is begun and ended again and again, with the memory and the cursors for it. Renewing one
 * costs a tenth of making one.
 *
 * <p>Bound to no thread; used by one at a time, which {@link LmdbSnapshot} sees to.
 */
final class Reader {
    /** About how much {@link #sessionsFrom} copies at once; one row may be larger. */
    private static final int SESSIONS_BYTES = 256 << 10;

    private final LmdbStore store;
    private final Txn<DirectBuffer> txn;
    private final NativeBytes key = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
    /** Over the records; one for each scan within a scan. */
    private final List<Cursor<DirectBuffer>> cursors = new ArrayList<>(1);

    /** Who has it, for whoever must take it back; null while it is idle. */
    volatile @Nullable LmdbSnapshot snapshot;
    /** Whether who has it is a caller; for whoever has it. */
    boolean isForCaller;

    // Of the watch for long snapshots, see ReadTransactions.
    @Nullable
    LmdbSnapshot watched;

    long watchedSinceNanos;
    long noteDueNanos;

    /** A key and its row, copied out. */
    record Row(Bytes key, Bytes row) {}

    /** Makes an idle one. */
    Reader(LmdbStore store) {
        this.store = store;
        txn = store.beginRead();
        txn.reset();
    }

    /** From here on it sees what is committed at this moment. */
    void begin() {
        txn.renew();
    }

    /** It sees nothing any more, and keeps no page from being used again. */
    void end() {
        txn.reset();
    }

    /** The row of a record, copied out, or null. */
    @Nullable
    Bytes record(int structure, Bytes recordKey) {
        DirectBuffer row = store.data.get(txn, key.dataKey(structure, recordKey));
        return row == null ? null : NativeBytes.copy(row, 0);
    }

    /** The row under a key of the database {@code meta}, copied out, or null. */
    @Nullable
    Bytes meta(Bytes metaKey) {
        DirectBuffer row = store.meta.get(txn, key.of(metaKey));
        return row == null ? null : NativeBytes.copy(row, 0);
    }

    /** All rows whose keys begin with the prefix, in order, copied out. */
    List<Row> prefixed(Dbi<DirectBuffer> database, Bytes prefix) {
        List<Row> rows = new ArrayList<>();
        try (Cursor<DirectBuffer> cursor = database.openCursor(txn)) {
            boolean found = cursor.get(key.of(prefix), GetOp.MDB_SET_RANGE);
            while (found) {
                Bytes at = NativeBytes.copy(cursor.key(), 0);
                if (!at.startsWith(prefix)) {
                    break;
                }
                rows.add(new Row(at, NativeBytes.copy(cursor.val(), 0)));
                found = cursor.seek(SeekOp.MDB_NEXT);
            }
        }
        return rows;
    }

    /**
     * Some of the session rows whose keys begin with the prefix, in order, copied out: those from a key on, or after
     * it. None if there are no more.
     */
    List<Row> sessionsFrom(Bytes prefix, Bytes from, boolean isAfter) {
        List<Row> rows = new ArrayList<>();
        int room = SESSIONS_BYTES;
        try (Cursor<DirectBuffer> cursor = store.sessions.openCursor(txn)) {
            boolean found = cursor.get(key.of(from), GetOp.MDB_SET_RANGE);
            while (found && room > 0) {
                Bytes at = NativeBytes.copy(cursor.key(), 0);
                if (!at.startsWith(prefix)) {
                    break;
                }
                if (!isAfter || !at.equals(from)) {
                    Row row = new Row(at, NativeBytes.copy(cursor.val(), 0));
                    rows.add(row);
                    room -= at.length() + row.row().length();
                }
                found = cursor.seek(SeekOp.MDB_NEXT);
            }
        }
        return rows;
    }

    /** The first record of the range, copied out, or null. The cursor of this depth stands on it. */
    @Nullable
    Row firstRecord(int depth, int structure, KeyRange range) {
        Cursor<DirectBuffer> cursor = cursor(depth);
        boolean found = cursor.get(key.dataKey(structure, range.low()), GetOp.MDB_SET_RANGE);
        return found ? recordAt(cursor, structure, range) : null;
    }

    /** The record after the one that the cursor of this depth stands on, copied out, or null if the range ends. */
    @Nullable
    Row nextRecord(int depth, int structure, KeyRange range) {
        Cursor<DirectBuffer> cursor = cursors.get(depth);
        return cursor.seek(SeekOp.MDB_NEXT) ? recordAt(cursor, structure, range) : null;
    }

    /** The last record of the range, copied out, or null. The cursor of this depth stands on it. */
    @Nullable
    Row lastRecord(int depth, int structure, KeyRange range) {
        Cursor<DirectBuffer> cursor = cursor(depth);
        Bytes high = range.high();
        DirectBuffer end = high == null ? key.dataKey(structure + 1, Bytes.EMPTY) : key.dataKey(structure, high);
        // The first key that is not in the range, if there is one, and then the one before it.
        boolean found =
                cursor.get(end, GetOp.MDB_SET_RANGE) ? cursor.seek(SeekOp.MDB_PREV) : cursor.seek(SeekOp.MDB_LAST);
        return found ? recordAt(cursor, structure, range) : null;
    }

    /** The record before the one that the cursor of this depth stands on, copied out, or null if the range begins. */
    @Nullable
    Row previousRecord(int depth, int structure, KeyRange range) {
        Cursor<DirectBuffer> cursor = cursors.get(depth);
        return cursor.seek(SeekOp.MDB_PREV) ? recordAt(cursor, structure, range) : null;
    }

    private Cursor<DirectBuffer> cursor(int depth) {
        if (depth < cursors.size()) {
            Cursor<DirectBuffer> cursor = cursors.get(depth);
            cursor.renew(txn);
            return cursor;
        }
        Cursor<DirectBuffer> cursor = store.data.openCursor(txn);
        cursors.add(cursor);
        return cursor;
    }

    private static @Nullable Row recordAt(Cursor<DirectBuffer> cursor, int structure, KeyRange range) {
        DirectBuffer at = cursor.key();
        if (at.getInt(0, ByteOrder.BIG_ENDIAN) != structure) {
            return null;
        }
        Bytes recordKey = NativeBytes.copy(at, TableCodec.STRUCTURE_BYTES);
        if (!range.contains(recordKey)) {
            return null;
        }
        return new Row(recordKey, NativeBytes.copy(cursor.val(), 0));
    }

    /** Gives everything back to LMDB. It is idle, and is not used afterwards. */
    void dispose() {
        for (Cursor<DirectBuffer> cursor : cursors) {
            cursor.close();
        }
        // LmdbJava frees a transaction only while it is begun.
        txn.renew();
        txn.close();
    }
}
