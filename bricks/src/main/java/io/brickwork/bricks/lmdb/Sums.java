package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.entry.CorruptRecordException;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Txn;

/**
 * Count and digest of all rows of each structure, kept by whoever changes a row, and stored in the transaction that
 * changes it: so a row that is lost, or has gone back to an earlier state, is missed even where every page and every
 * row that is left is in good order.
 *
 * <p>The digest is the sum of a hash of each row, whatever their order, so that a change costs the hashes of the old
 * row and of the new one. The hash is made of the row's length and of its checksum, which covers key, version and
 * value. It is kept for a structure, not for a partition: a split or a merge then changes nothing, since no row moves.
 *
 * <p>The applier's thread only.
 */
final class Sums {
    static final Bytes PREFIX = Bytes.utf8("D");
    private static final int FORMAT = 1;
    private static final int CRC_BYTES = 4;

    /**
     * Of one structure.
     *
     * @param isKnown false once a row was overwritten that could not be read: what it had added is unknown until the
     *     table is opened anew
     */
    record Sum(long records, long recordsDigest, long sessions, long sessionsDigest, boolean isKnown) {
        static final Sum NONE = new Sum(0, 0, 0, 0, true);

        Sum plusRecord(int count, long hash) {
            return new Sum(records + count, recordsDigest + hash, sessions, sessionsDigest, isKnown);
        }

        Sum plusSession(int count, long hash) {
            return new Sum(records, recordsDigest, sessions + count, sessionsDigest + hash, isKnown);
        }

        Sum unknown() {
            return new Sum(records, recordsDigest, sessions, sessionsDigest, false);
        }
    }

    /** The sum of one structure as it changes: it does with every row, so nothing is allocated for that. */
    private static final class Running {
        private final int structure;
        private long records;
        private long recordsDigest;
        private long sessions;
        private long sessionsDigest;
        private boolean isKnown;
        private boolean isChanged;

        Running(int structure, Sum from) {
            this.structure = structure;
            records = from.records;
            recordsDigest = from.recordsDigest;
            sessions = from.sessions;
            sessionsDigest = from.sessionsDigest;
            isKnown = from.isKnown;
        }

        void addRecords(int count, long hash) {
            records += count;
            recordsDigest += hash;
            isChanged = true;
        }

        void addSessions(int count, long hash) {
            sessions += count;
            sessionsDigest += hash;
            isChanged = true;
        }

        Sum sum() {
            return new Sum(records, recordsDigest, sessions, sessionsDigest, isKnown);
        }
    }

    private final Map<Integer, Running> sums = new TreeMap<>();
    /** That of the last change: rows of one structure come in runs. */
    private @Nullable Running recent;

    private final CRC32C crc = new CRC32C();
    private final byte[] crcBuffer = new byte[8 << 10];
    private final NativeBytes key = new NativeBytes(16);
    private final NativeBytes row = new NativeBytes(64);

    Sums(Map<Integer, Sum> stored) {
        stored.forEach((structure, sum) -> sums.put(structure, new Running(structure, sum)));
    }

    /** The key of a structure's row in the database {@code meta}. */
    static Bytes key(int structure) {
        return PREFIX.concat(new ByteWriter(4).fixed32(structure).toBytes());
    }

    static boolean isKey(Bytes metaKey) {
        return metaKey.startsWith(PREFIX);
    }

    static int structureOf(Bytes sumKey) {
        return new ByteReader(sumKey.slice(PREFIX.length(), sumKey.length())).fixed32();
    }

    static Bytes encode(int structure, Sum sum) {
        ByteWriter writer = new ByteWriter(64).u8(FORMAT);
        writer.varint(sum.records()).fixed64(sum.recordsDigest());
        writer.varint(sum.sessions()).fixed64(sum.sessionsDigest()).bool(sum.isKnown());
        return writer.fixed32(crc(key(structure), writer.toBytes())).toBytes();
    }

    /** @throws CorruptRecordException if it is not what {@link #encode} makes */
    static Sum decode(int structure, Bytes stored) {
        try {
            int body = stored.length() - CRC_BYTES;
            if (body < 1
                    || new ByteReader(stored.slice(body, stored.length())).fixed32()
                            != crc(key(structure), stored.slice(0, body))
                    || stored.at(0) != FORMAT) {
                throw new MalformedException("its checksum or format is wrong");
            }
            ByteReader reader = new ByteReader(stored.slice(1, body));
            return new Sum(
                    reader.varint("records", 0, Long.MAX_VALUE),
                    reader.fixed64(),
                    reader.varint("sessions", 0, Long.MAX_VALUE),
                    reader.fixed64(),
                    reader.bool("known"));
        } catch (MalformedException e) {
            throw new CorruptRecordException(
                    "count and digest of structure %d are corrupt: %s".formatted(structure, e.getMessage()));
        }
    }

    private static int crc(Bytes key, Bytes body) {
        CRC32C crc = new CRC32C();
        crc.update(key.backingArray(), key.backingOffset(), key.length());
        crc.update(body.backingArray(), body.backingOffset(), body.length());
        return (int) crc.getValue();
    }

    /** What a row adds to the digest. */
    static long hash(Bytes row) {
        return hash(row.backingArray(), row.length(), row.backingOffset());
    }

    /** The same of what the writer holds. */
    static long hash(ByteWriter writer) {
        return hash(writer.array(), writer.length(), 0);
    }

    private static long hash(byte[] array, int length, int offset) {
        int at = offset + length - CRC_BYTES;
        int crc = 0;
        for (int i = 0; i < CRC_BYTES; i++) {
            crc = crc << 8 | (array[at + i] & 0xFF);
        }
        return mix(length, crc);
    }

    /** The finalizer of MurmurHash3. */
    private static long mix(int length, int crc) {
        long z = (long) length << 32 | (crc & 0xFFFFFFFFL);
        z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
        z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return z ^ (z >>> 33);
    }

    void addRecord(int structure, ByteWriter stored) {
        running(structure).addRecords(1, hash(stored));
    }

    /**
     * A record is about to go.
     *
     * @param storedKey its key in the table, structure included
     */
    void removeRecord(int structure, DirectBuffer storedKey, DirectBuffer stored) {
        Running sum = running(structure);
        sum.addRecords(-1, withdrawn(sum, storedKey, stored));
    }

    void addSession(int structure, long hash) {
        running(structure).addSessions(1, hash);
    }

    void removeSession(int structure, long hash) {
        running(structure).addSessions(-1, -hash);
    }

    /** A session's row is about to go. */
    void removeSession(int structure, DirectBuffer storedKey, DirectBuffer stored) {
        Running sum = running(structure);
        sum.addSessions(-1, withdrawn(sum, storedKey, stored));
    }

    /** What is to be added to the digest when the row goes; if the row cannot be read, nobody knows. */
    private long withdrawn(Running sum, DirectBuffer storedKey, DirectBuffer stored) {
        if (isReadable(storedKey, stored)) {
            return -hash(stored);
        }
        sum.isKnown = false;
        return 0;
    }

    private Running running(int structure) {
        Running last = recent;
        if (last == null || last.structure != structure) {
            last = sums.computeIfAbsent(structure, unseen -> new Running(unseen, Sum.NONE));
            recent = last;
        }
        return last;
    }

    private static long hash(DirectBuffer stored) {
        return mix(stored.capacity(), stored.getInt(stored.capacity() - CRC_BYTES, ByteOrder.BIG_ENDIAN));
    }

    /** Only then it had added what {@link #hash} says. */
    private boolean isReadable(DirectBuffer storedKey, DirectBuffer stored) {
        int body = stored.capacity() - CRC_BYTES;
        if (body < 1) {
            return false;
        }
        crc.reset();
        update(storedKey, storedKey.capacity());
        update(stored, body);
        return (int) crc.getValue() == stored.getInt(body, ByteOrder.BIG_ENDIAN);
    }

    private void update(DirectBuffer buffer, int length) {
        for (int at = 0; at < length; at += crcBuffer.length) {
            int count = Math.min(crcBuffer.length, length - at);
            buffer.getBytes(at, crcBuffer, 0, count);
            crc.update(crcBuffer, 0, count);
        }
    }

    /** Stores what has changed since the last call. */
    void write(LmdbStore store, Txn<DirectBuffer> txn) {
        for (Running sum : sums.values()) {
            if (sum.isChanged) {
                store.meta.put(txn, key.of(key(sum.structure)), row.of(encode(sum.structure, sum.sum())));
                sum.isChanged = false;
            }
        }
    }
}
