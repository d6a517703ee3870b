package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.structure.KeyRange;
import org.agrona.DirectBuffer;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/**
 * What a split is to the table: the records stay where they are, and how many the child has is counted, from both ends
 * of the partition at once until the smaller part is counted; the session rows are copied. Used as the {@link Applier}
 * is.
 */
final class Splits {
    private final LmdbStore store;
    private final Sums sums;
    private final ByteWriter writer = new ByteWriter(1024);
    private final NativeBytes key = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
    private final NativeBytes row = new NativeBytes(4096);

    Splits(LmdbStore store, Sums sums) {
        this.store = store;
        this.sums = sums;
    }

    /**
     * Gives the child its session rows.
     *
     * @param liveRecords how many records the parent has before
     * @return how many of them the child has
     */
    long apply(Txn<DirectBuffer> txn, Split split, PartitionId parent, long liveRecords) {
        copySessions(txn, parent, split.child());
        int structure = parent.structure();
        try (Cursor<DirectBuffer> kept = store.data.openCursor(txn);
                Cursor<DirectBuffer> given = store.data.openCursor(txn)) {
            Bytes keptEnd = end(structure, split.kept());
            Bytes givenEnd = end(structure, split.given());
            long counted = 0;
            boolean isInKept = stand(kept, structure, split.kept()) && isBelow(kept, keptEnd);
            boolean isInGiven = stand(given, structure, split.given()) && isBelow(given, givenEnd);
            while (isInKept && isInGiven) {
                counted++;
                isInKept = kept.seek(SeekOp.MDB_NEXT) && isBelow(kept, keptEnd);
                isInGiven = given.seek(SeekOp.MDB_NEXT) && isBelow(given, givenEnd);
            }
            return isInGiven ? liveRecords - counted : counted;
        }
    }

    /** The first key that is not in the range, whether or not it is there. */
    private static Bytes end(int structure, KeyRange range) {
        Bytes high = range.high();
        return high == null ? TableCodec.dataKey(structure + 1, Bytes.EMPTY) : TableCodec.dataKey(structure, high);
    }

    private boolean stand(Cursor<DirectBuffer> cursor, int structure, KeyRange range) {
        return cursor.get(key.dataKey(structure, range.low()), GetOp.MDB_SET_RANGE);
    }

    private static boolean isBelow(Cursor<DirectBuffer> cursor, Bytes end) {
        return NativeBytes.copy(cursor.key(), 0).compareTo(end) < 0;
    }

    private void copySessions(Txn<DirectBuffer> txn, PartitionId parent, PartitionId child) {
        Bytes prefix = TableCodec.partitionKey(parent);
        try (Cursor<DirectBuffer> cursor = store.sessions.openCursor(txn)) {
            boolean found = cursor.get(key.of(prefix), GetOp.MDB_SET_RANGE);
            while (found) {
                Bytes at = NativeBytes.copy(cursor.key(), 0);
                if (!at.startsWith(prefix)) {
                    return;
                }
                SessionRow session =
                        TableCodec.decodeSession(parent, TableCodec.sessionOf(at), NativeBytes.copy(cursor.val(), 0));
                TableCodec.encodeSession(writer, child, session);
                DirectBuffer storedKey = key.of(TableCodec.sessionKey(child, session.session()));
                SessionRows.put(store, sums, txn, child.structure(), storedKey, row.of(writer), writer);
                found = cursor.seek(SeekOp.MDB_NEXT);
            }
        }
    }
}
