package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.TableCodec;
import org.agrona.DirectBuffer;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;

/**
 * Changes records under a cursor, with the memory for it.
 *
 * <p>Whether the key was there before, which the count of live records needs, comes with the write: a put that may not
 * overwrite says so, and leaves the cursor on the record. The applier's thread only.
 */
final class RecordWriter {
    private static final PutFlags[] NO_OVERWRITE = {PutFlags.MDB_NOOVERWRITE};
    private static final PutFlags[] AT_CURSOR = {PutFlags.MDB_CURRENT};

    private final Sums sums;
    private final ByteWriter writer = new ByteWriter(1024);
    private final NativeBytes key = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
    private final NativeBytes row = new NativeBytes(4096);

    /** @param sums is told of every change */
    RecordWriter(Sums sums) {
        this.sums = sums;
    }

    /** Returns whether a record was there. */
    boolean put(Cursor<DirectBuffer> cursor, int structure, Bytes recordKey, Version version, Bytes value) {
        TableCodec.encodeRecord(writer, structure, recordKey, version, value);
        DirectBuffer storedKey = key.dataKey(structure, recordKey);
        DirectBuffer stored = row.of(writer);
        if (cursor.put(storedKey, stored, NO_OVERWRITE)) {
            sums.addRecord(structure, writer);
            return false;
        }
        sums.removeRecord(structure, storedKey, cursor.val());
        cursor.put(storedKey, stored, AT_CURSOR);
        sums.addRecord(structure, writer);
        return true;
    }

    /** Puts back what was there before it could not be read any more: the sums have it. */
    void mend(Cursor<DirectBuffer> cursor, int structure, Bytes recordKey, Version version, Bytes value) {
        TableCodec.encodeRecord(writer, structure, recordKey, version, value);
        cursor.put(key.dataKey(structure, recordKey), row.of(writer));
    }

    /** Returns whether a record was there. */
    boolean delete(Cursor<DirectBuffer> cursor, int structure, Bytes recordKey) {
        if (!cursor.get(key.dataKey(structure, recordKey), GetOp.MDB_SET)) {
            return false;
        }
        sums.removeRecord(structure, cursor.key(), cursor.val());
        cursor.delete();
        return true;
    }
}
