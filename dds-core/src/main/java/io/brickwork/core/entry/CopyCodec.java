package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * {@link TableChunk} ↔ bytes, and where chunks begin ↔ bytes.
 *
 * <pre>
 * chunk     u8 format = 1 · varint epoch · varint seq · u8 whether it is the last one · [cursor]
 *           varint records  [ bytes key · varint epoch · varint seq · bytes value ]…
 *           varint sessions [ 2 × fixed64 session · bytes row of {@link TableCodec} ]…
 *           whatever later versions add
 *           fixed32 CRC32C of the partition's key in the table and of all of the chunk before it
 * cursor    u8 0 = in the records, 1 = in the sessions · u8 whether anything was read
 *           · [bytes key | 2 × fixed64 session]
 * </pre>
 *
 * A frame is checked on its way from one brick to the other; the checksum here reaches from the source's table to the
 * target's, like that of an entry, and a chunk of one partition is none of another. Keys and sessions rise strictly.
 * Safe for use from any thread.
 */
public final class CopyCodec {
    private static final int FORMAT = 1;
    private static final int CRC_BYTES = 4;
    private static final int IN_RECORDS = 0;
    private static final int IN_SESSIONS = 1;
    /** The least that a record, or a session, takes. */
    private static final int LEAST_RECORD_BYTES = 4;

    private static final int LEAST_SESSION_BYTES = 17;
    private static final int MOST_VARINT_BYTES = 10;

    /** The most that a chunk takes beside its rows: format, version, cursor, two counts, checksum. */
    public static final int FRAME_BYTES =
            1 + 2 * MOST_VARINT_BYTES + 1 + 2 + 5 + Limits.RECORD_KEY_BYTES + 2 * 5 + CRC_BYTES;

    private CopyCodec() {}

    /** Encodes a chunk. */
    public static Bytes encode(PartitionId partition, TableChunk chunk) {
        ByteWriter writer = new ByteWriter(TableChunk.BYTES);
        writer.u8(FORMAT).varint(chunk.applied().epoch()).varint(chunk.applied().seq());
        TableChunk.Cursor next = chunk.next();
        writer.bool(next == null);
        if (next != null) {
            encodeCursor(writer, next);
        }
        writer.varint(chunk.records().size());
        for (TableChunk.Row row : chunk.records()) {
            Version version = row.record().version();
            writer.bytes(row.key()).varint(version.epoch()).varint(version.seq());
            writer.bytes(row.record().value());
        }
        writer.varint(chunk.sessions().size());
        ByteWriter scratch = new ByteWriter(256);
        for (SessionRow session : chunk.sessions()) {
            encodeSession(writer, session.session());
            TableCodec.encodeSession(scratch, partition, session);
            writer.varint(scratch.length()).raw(Bytes.wrap(scratch.array(), 0, scratch.length()));
        }
        writer.fixed32(crc(partition, Bytes.wrap(writer.array(), 0, writer.length())));
        return writer.toBytes();
    }

    /**
     * Reads a chunk; keys, values and results are slices of it.
     *
     * @throws MalformedException if it is not what {@link #encode} makes for this partition
     */
    public static TableChunk decode(PartitionId partition, Bytes bytes) {
        ByteReader reader = open(partition, bytes);
        Version applied = version(reader);
        TableChunk.Cursor next = reader.bool("last chunk") ? null : decodeCursor(reader);
        int recordCount = reader.count("records", LEAST_RECORD_BYTES);
        List<TableChunk.Row> records = new ArrayList<>(recordCount);
        Bytes lastKey = null;
        for (int i = 0; i < recordCount; i++) {
            Bytes key = reader.bytes("record key", Limits.RECORD_KEY_BYTES);
            if (lastKey != null && key.compareTo(lastKey) <= 0) {
                throw new MalformedException("record " + key + " follows record " + lastKey);
            }
            Version version = version(reader);
            records.add(new TableChunk.Row(key, new TableRecord(version, reader.bytes("value", Limits.VALUE_BYTES))));
            lastKey = key;
        }
        int sessionCount = reader.count("sessions", LEAST_SESSION_BYTES);
        List<SessionRow> sessions = new ArrayList<>(sessionCount);
        SessionId lastSession = null;
        for (int i = 0; i < sessionCount; i++) {
            SessionId session = session(reader);
            if (lastSession != null && session.compareTo(lastSession) <= 0) {
                throw new MalformedException("session " + session + " follows session " + lastSession);
            }
            sessions.add(session(partition, session, reader.bytes("session row", reader.remaining())));
            lastSession = session;
        }
        return new TableChunk(applied, records, sessions, next);
    }

    private static SessionRow session(PartitionId partition, SessionId session, Bytes row) {
        try {
            return TableCodec.decodeSession(partition, session, row);
        } catch (CorruptRecordException e) {
            throw new MalformedException("a chunk of partition %s: %s".formatted(partition, e.getMessage()));
        }
    }

    /** Appends a cursor. */
    public static void encodeCursor(ByteWriter writer, TableChunk.Cursor cursor) {
        switch (cursor) {
            case TableChunk.Cursor.Records(var after) -> {
                writer.u8(IN_RECORDS).bool(after != null);
                if (after != null) {
                    writer.bytes(after);
                }
            }
            case TableChunk.Cursor.Sessions(var after) -> {
                writer.u8(IN_SESSIONS).bool(after != null);
                if (after != null) {
                    encodeSession(writer, after);
                }
            }
        }
    }

    /**
     * Reads a cursor.
     *
     * @throws MalformedException if it is not what {@link #encodeCursor} makes
     */
    public static TableChunk.Cursor decodeCursor(ByteReader reader) {
        int kind = reader.u8();
        boolean isAfter = reader.bool("after a row");
        return switch (kind) {
            case IN_RECORDS ->
                new TableChunk.Cursor.Records(isAfter ? reader.bytes("record key", Limits.RECORD_KEY_BYTES) : null);
            case IN_SESSIONS -> new TableChunk.Cursor.Sessions(isAfter ? session(reader) : null);
            default -> throw new MalformedException("a cursor of kind " + kind);
        };
    }

    /** The most that the rows of a chunk take in it. */
    public static long bytesOf(TableChunk chunk) {
        long bytes = FRAME_BYTES;
        for (TableChunk.Row row : chunk.records()) {
            bytes += bytesOf(row.key(), row.record());
        }
        for (SessionRow session : chunk.sessions()) {
            bytes += bytesOf(session);
        }
        return bytes;
    }

    /** What a record takes in a chunk. */
    public static long bytesOf(Bytes key, TableRecord record) {
        return sized(key.length())
                + ByteWriter.varintBytes(record.version().epoch())
                + ByteWriter.varintBytes(record.version().seq())
                + sized(record.value().length());
    }

    /** The most that a session takes in a chunk. */
    public static long bytesOf(SessionRow session) {
        long row = 1 + 2 * MOST_VARINT_BYTES + CRC_BYTES;
        for (Completion completion : session.completions().values()) {
            row += 3 * MOST_VARINT_BYTES + 1 + sized(completion.result().length());
        }
        for (SessionRow.Stand stand : session.stands()) {
            row += 8 * MOST_VARINT_BYTES
                    + stand.record().part().bytes()
                    + stand.record().reason().length() * 3L
                    + stand.record().participants().stream()
                            .mapToLong(one -> 2 * MOST_VARINT_BYTES
                                    + sized(one.routingKey().length()))
                            .sum();
        }
        return 16 + sized(row);
    }

    private static long sized(long bytes) {
        return ByteWriter.varintBytes(bytes) + bytes;
    }

    private static void encodeSession(ByteWriter writer, SessionId session) {
        writer.fixed64(session.slot()).fixed64(session.drawn());
    }

    private static SessionId session(ByteReader reader) {
        return new SessionId(reader.fixed64(), reader.fixed64());
    }

    private static Version version(ByteReader reader) {
        return new Version(reader.varint("epoch", 0, Long.MAX_VALUE), reader.varint("seq", 0, Long.MAX_VALUE));
    }

    /** What stands between the format byte and the checksum. */
    private static ByteReader open(PartitionId partition, Bytes bytes) {
        if (bytes.length() < 1 + CRC_BYTES) {
            throw new MalformedException(
                    "a chunk has at least %d bytes, not %d".formatted(1 + CRC_BYTES, bytes.length()));
        }
        Bytes body = bytes.slice(0, bytes.length() - CRC_BYTES);
        int stored = new ByteReader(bytes.slice(body.length(), bytes.length())).fixed32();
        int computed = crc(partition, body);
        if (stored != computed) {
            throw new MalformedException("a chunk of partition %s: expected checksum %08x, its %d bytes give %08x"
                    .formatted(partition, stored, bytes.length(), computed));
        }
        ByteReader reader = new ByteReader(body);
        int format = reader.u8();
        if (format != FORMAT) {
            throw new MalformedException("expected a chunk of format %d, found format %d".formatted(FORMAT, format));
        }
        return reader;
    }

    private static int crc(PartitionId partition, Bytes body) {
        Bytes key = TableCodec.partitionKey(partition);
        CRC32C crc = new CRC32C();
        crc.update(key.backingArray(), key.backingOffset(), key.length());
        crc.update(body.backingArray(), body.backingOffset(), body.length());
        return (int) crc.getValue();
    }
}
