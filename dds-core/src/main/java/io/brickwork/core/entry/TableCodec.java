package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Rows of a table ↔ bytes: the formats that are on disk.
 *
 * <pre>
 * data      key: fixed32 structure · record key
 *           row: u8 format = 1 · varint epoch · varint seq · bytes value
 * applied   key: fixed32 structure · fixed32 partition
 *           row: u8 format = 1 · varint epoch · varint seq · varint live records
 * mark      key: 'I' · fixed32 structure · fixed32 partition
 *           row: u8 format = 1 · u8 whether it is cleared · varint live records
 * session   key: fixed32 structure · fixed32 partition · 2 × fixed64 session
 *           row: u8 format = 1 · varint low water · varint completions
 *                [ varint number · varint epoch · varint seq · u8 status · bytes result ]…
 *                varint of these executed elsewhere [ varint number · varint partition ]…
 *                varint transactions [ record · varint epoch · varint seq · bool stored elsewhere? [ varint partition ] ]…
 * </pre>
 *
 * Every row goes on with whatever later versions add, and ends with a fixed32 CRC32C of its key and of all of the row
 * before it. So a row that turned up under another's key is found as surely as a flipped bit. What is found is always a
 * {@link CorruptRecordException}: what the row held is unknown, not absent.
 *
 * <p>Writers are left holding exactly the row; they may be used again. Safe for use from any thread.
 */
public final class TableCodec {
    /** The bytes that a data key has before the record key. */
    public static final int STRUCTURE_BYTES = 4;

    /** What the key of every {@link CopyMark} begins with. */
    public static final Bytes MARK_PREFIX = Bytes.utf8("I");

    private static final int PARTITION_KEY_BYTES = 8;
    private static final int FORMAT = 1;
    private static final int CRC_BYTES = 4;

    private TableCodec() {}

    /** The key under which a record is stored. */
    public static Bytes dataKey(int structure, Bytes recordKey) {
        return new ByteWriter(STRUCTURE_BYTES + recordKey.length())
                .fixed32(structure)
                .raw(recordKey)
                .toBytes();
    }

    /** The key under which a partition's {@link Applied} is stored; also what the keys of its sessions begin with. */
    public static Bytes partitionKey(PartitionId partition) {
        return new ByteWriter(16)
                .fixed32(partition.structure())
                .fixed32(partition.number())
                .toBytes();
    }

    /** The key under which the {@link CopyMark} of an incomplete partition is stored. */
    public static Bytes markKey(PartitionId partition) {
        return MARK_PREFIX.concat(partitionKey(partition));
    }

    /** The key under which a partition's {@link SessionRow} is stored. */
    public static Bytes sessionKey(PartitionId partition, SessionId session) {
        return new ByteWriter(24)
                .fixed32(partition.structure())
                .fixed32(partition.number())
                .fixed64(session.slot())
                .fixed64(session.drawn())
                .toBytes();
    }

    /** Whose row lies under this {@link #sessionKey}. */
    public static SessionId sessionOf(Bytes sessionKey) {
        ByteReader reader = new ByteReader(sessionKey.slice(PARTITION_KEY_BYTES, sessionKey.length()));
        return new SessionId(reader.fixed64(), reader.fixed64());
    }

    /** Leaves a data row in the writer. */
    public static void encodeRecord(ByteWriter writer, int structure, Bytes recordKey, Version version, Bytes value) {
        writer.clear();
        writer.u8(FORMAT).varint(version.epoch()).varint(version.seq()).bytes(value);
        writer.fixed32(recordCrc(structure, recordKey, writer.array(), 0, writer.length()));
    }

    /**
     * Reads a data row; the value is a slice of it.
     *
     * @throws CorruptRecordException if it is not what {@link #encodeRecord} makes for this key
     */
    public static TableRecord decodeRecord(int structure, Bytes recordKey, Bytes row) {
        try {
            ByteReader reader = new ByteReader(checkedBody(
                    row, recordCrc(structure, recordKey, row.backingArray(), row.backingOffset(), bodyBytes(row))));
            return new TableRecord(version(reader), reader.bytes("value", Limits.VALUE_BYTES));
        } catch (MalformedException e) {
            throw new CorruptRecordException(
                    "record %s of structure %d is corrupt: %s".formatted(hex(recordKey), structure, e.getMessage()),
                    recordKey);
        }
    }

    /** Leaves the row of an {@link Applied} in the writer. */
    public static void encodeApplied(ByteWriter writer, Applied applied) {
        writer.clear();
        writer.u8(FORMAT)
                .varint(applied.version().epoch())
                .varint(applied.version().seq())
                .varint(applied.liveRecords());
        seal(writer, partitionKey(applied.partition()));
    }

    /**
     * Reads the row of an {@link Applied}.
     *
     * @throws CorruptRecordException if it is not what {@link #encodeApplied} makes for this partition
     */
    public static Applied decodeApplied(PartitionId partition, Bytes row) {
        try {
            ByteReader reader = open(partitionKey(partition), row);
            return new Applied(partition, version(reader), reader.varint("live records", 0, Long.MAX_VALUE));
        } catch (MalformedException e) {
            throw new CorruptRecordException(
                    "the applied version of partition %s is corrupt: %s".formatted(partition, e.getMessage()));
        }
    }

    /** Leaves the row of a {@link CopyMark} in the writer. */
    public static void encodeMark(ByteWriter writer, CopyMark mark) {
        writer.clear();
        writer.u8(FORMAT).bool(mark.isCleared()).varint(mark.liveRecords());
        seal(writer, markKey(mark.partition()));
    }

    /**
     * Reads the row of a {@link CopyMark}.
     *
     * @throws CorruptRecordException if it is not what {@link #encodeMark} makes for this partition
     */
    public static CopyMark decodeMark(PartitionId partition, Bytes row) {
        try {
            ByteReader reader = open(markKey(partition), row);
            boolean isCleared = reader.bool("cleared");
            return new CopyMark(partition, isCleared, reader.varint("live records", 0, isCleared ? Long.MAX_VALUE : 0));
        } catch (MalformedException e) {
            throw new CorruptRecordException(
                    "the mark on partition %s is corrupt: %s".formatted(partition, e.getMessage()));
        }
    }

    /** Leaves the row of a session in the writer. */
    public static void encodeSession(ByteWriter writer, PartitionId partition, SessionRow session) {
        writer.clear();
        writer.u8(FORMAT).varint(session.lowWater());
        writer.varint(session.completions().size());
        for (Completion completion : session.completions().values()) {
            writer.varint(completion.operation().number());
            writer.varint(completion.version().epoch());
            writer.varint(completion.version().seq());
            writer.u8(completion.status().code()).bytes(completion.result());
        }
        encodeExecutors(writer, session);
        encodeStands(writer, session);
        seal(writer, sessionKey(partition, session.session()));
    }

    private static void encodeExecutors(ByteWriter writer, SessionRow session) {
        long elsewhere = session.completions().values().stream()
                .filter(completion -> completion.executedBy() != null)
                .count();
        writer.varint(elsewhere);
        for (Completion completion : session.completions().values()) {
            PartitionId executor = completion.executedBy();
            if (executor != null) {
                writer.varint(completion.operation().number()).varint(executor.number());
            }
        }
    }

    private static void encodeStands(ByteWriter writer, SessionRow session) {
        writer.varint(session.stands().size());
        for (SessionRow.Stand stand : session.stands()) {
            stand.record().write(writer);
            writer.varint(stand.version().epoch()).varint(stand.version().seq());
            PartitionId elsewhere = stand.storedBy();
            writer.bool(elsewhere != null);
            if (elsewhere != null) {
                writer.varint(elsewhere.number());
            }
        }
    }

    /** Reads them; rows of earlier versions have none. */
    private static List<SessionRow.Stand> decodeStands(ByteReader reader, int structure, SessionId session) {
        int count = reader.remaining() == 0 ? 0 : reader.count("transactions", 1);
        List<SessionRow.Stand> stands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            TransactionRecord record = TransactionRecord.read(reader, session);
            Version version = version(reader);
            PartitionId elsewhere = reader.bool("stored elsewhere")
                    ? new PartitionId(structure, reader.varint32("partition", 0, Integer.MAX_VALUE))
                    : null;
            stands.add(new SessionRow.Stand(record, version, elsewhere));
        }
        return stands;
    }

    /** Reads them; rows of earlier versions have none. */
    private static void decodeExecutors(ByteReader reader, int structure, TreeMap<Long, Completion> completions) {
        int count = reader.remaining() == 0 ? 0 : reader.varint32("executed elsewhere", 0, completions.size());
        for (int i = 0; i < count; i++) {
            long number = reader.varint("number", 1, Long.MAX_VALUE);
            PartitionId executor = new PartitionId(structure, reader.varint32("partition", 0, Integer.MAX_VALUE));
            Completion completion = completions.get(number);
            if (completion == null) {
                throw new MalformedException("operation " + number + " was executed elsewhere, and is not here");
            }
            completions.put(number, completion.absorbedFrom(executor));
        }
    }

    /**
     * Reads the row of a session; results are slices of it.
     *
     * @throws CorruptRecordException if it is not what {@link #encodeSession} makes for this partition and session
     */
    public static SessionRow decodeSession(PartitionId partition, SessionId session, Bytes row) {
        try {
            ByteReader reader = open(sessionKey(partition, session), row);
            long lowWater = reader.varint("low water", 0, Long.MAX_VALUE);
            int count = reader.varint32("completions", 0, reader.remaining());
            TreeMap<Long, Completion> completions = new TreeMap<>();
            for (int i = 0; i < count; i++) {
                OperationId operation = new OperationId(session, reader.varint("number", 1, Long.MAX_VALUE));
                Version version = version(reader);
                Completion.Status status = EntryCodec.status(reader.u8());
                completions.put(
                        operation.number(),
                        new Completion(operation, version, status, reader.bytes("result", Limits.ENTRY_BYTES)));
            }
            decodeExecutors(reader, partition.structure(), completions);
            List<SessionRow.Stand> stands = decodeStands(reader, partition.structure(), session);
            return new SessionRow(session, lowWater, completions.values(), stands);
        } catch (MalformedException e) {
            throw new CorruptRecordException("the row of session %s in partition %s is corrupt: %s"
                    .formatted(session, partition, e.getMessage()));
        }
    }

    private static Version version(ByteReader reader) {
        return new Version(reader.varint("epoch", 0, Long.MAX_VALUE), reader.varint("seq", 0, Long.MAX_VALUE));
    }

    private static void seal(ByteWriter writer, Bytes key) {
        writer.fixed32(crc(key, writer.array(), 0, writer.length()));
    }

    private static ByteReader open(Bytes key, Bytes row) {
        return new ByteReader(checkedBody(row, crc(key, row.backingArray(), row.backingOffset(), bodyBytes(row))));
    }

    private static int bodyBytes(Bytes row) {
        if (row.length() < 1 + CRC_BYTES) {
            throw new MalformedException("expected at least %d bytes, found %d".formatted(1 + CRC_BYTES, row.length()));
        }
        return row.length() - CRC_BYTES;
    }

    /** What stands between the format byte and the checksum. */
    private static Bytes checkedBody(Bytes row, int computed) {
        int bodyBytes = bodyBytes(row);
        int stored = new ByteReader(row.slice(bodyBytes, row.length())).fixed32();
        if (stored != computed) {
            throw new MalformedException(
                    "expected checksum %08x, its %d bytes give %08x".formatted(stored, row.length(), computed));
        }
        int format = row.at(0) & 0xFF;
        if (format != FORMAT) {
            throw new MalformedException("expected format %d, found format %d".formatted(FORMAT, format));
        }
        return row.slice(1, bodyBytes);
    }

    /** The same as {@link #crc} over {@link #dataKey}, without making that key. */
    private static int recordCrc(int structure, Bytes recordKey, byte[] array, int offset, int length) {
        CRC32C crc = new CRC32C();
        for (int shift = 24; shift >= 0; shift -= 8) {
            crc.update(structure >>> shift);
        }
        crc.update(recordKey.backingArray(), recordKey.backingOffset(), recordKey.length());
        crc.update(array, offset, length);
        return (int) crc.getValue();
    }

    private static int crc(Bytes key, byte[] array, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(key.backingArray(), key.backingOffset(), key.length());
        crc.update(array, offset, length);
        return (int) crc.getValue();
    }

    /** In full: this is what an operator searches for. */
    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toArray());
    }
}
