package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.structure.KeyRange;
import java.nio.file.Path;
import java.util.Iterator;
import org.agrona.DirectBuffer;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Txn;

/**
 * LMDB alone, with the environment that a brick's table has and nothing around it: the floor that {@code dds bench}
 * compares a brick with. One thread.
 */
public final class LmdbFloor implements AutoCloseable {
    private static final int STRUCTURE = 1;

    private final LmdbStore store;
    private final Reader reader;
    private final NativeBytes key = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
    private final NativeBytes row = new NativeBytes(1 << 10);

    private LmdbFloor(LmdbStore store) {
        this.store = store;
        reader = new Reader(store);
    }

    /** Opens or makes a table in the directory. */
    public static LmdbFloor open(Path directory) {
        return new LmdbFloor(LmdbStore.open(TableOptions.of(directory)));
    }

    /** Puts records of 20-byte keys, made from the given numbers, in one transaction, synced. */
    public void put(long[] keys, byte[] value) {
        try (Txn<DirectBuffer> txn = store.beginWrite()) {
            for (long number : keys) {
                store.data.put(txn, key.dataKey(STRUCTURE, recordKey(number)), row.of(Bytes.wrap(value)));
            }
            txn.commit();
        }
    }

    /** Copies all records, in the order of their keys, so many in each transaction, synced. */
    public void copyTo(LmdbFloor target, int atOnce) {
        try (Txn<DirectBuffer> reading = store.beginRead();
                CursorIterable<DirectBuffer> records = store.data.iterate(reading)) {
            Iterator<CursorIterable.KeyVal<DirectBuffer>> all = records.iterator();
            while (all.hasNext()) {
                try (Txn<DirectBuffer> txn = target.store.beginWrite()) {
                    for (int i = 0; i < atOnce && all.hasNext(); i++) {
                        CursorIterable.KeyVal<DirectBuffer> record = all.next();
                        target.store.data.put(txn, record.key(), record.val());
                    }
                    txn.commit();
                }
            }
        }
    }

    /** Whether there is a record, which is copied out; in a transaction that is renewed for this. */
    public boolean get(long number) {
        reader.begin();
        try {
            return reader.record(STRUCTURE, recordKey(number)) != null;
        } finally {
            reader.end();
        }
    }

    /** Goes through all records in the order of their keys, each copied out. Returns how many there were. */
    public long scan() {
        long count = 0;
        reader.begin();
        try {
            Reader.Row at = reader.firstRecord(0, STRUCTURE, KeyRange.ALL);
            while (at != null) {
                count++;
                at = reader.nextRecord(0, STRUCTURE, KeyRange.ALL);
            }
        } finally {
            reader.end();
        }
        return count;
    }

    /** As a hash table's: order bytes that are spread over all values, then the key. */
    private static Bytes recordKey(long number) {
        return new ByteWriter(20)
                .fixed64(number * 0x9E3779B97F4A7C15L)
                .fixed64(number)
                .fixed32(0)
                .toBytes();
    }

    @Override
    public void close() {
        reader.dispose();
        store.close();
    }
}
