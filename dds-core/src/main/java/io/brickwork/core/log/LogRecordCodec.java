package io.brickwork.core.log;

import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ballot.PaxosCodec;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.metadata.Registration;
import java.util.zip.CRC32C;

/**
 * Log record ↔ bytes. Every record can be checked by itself: an entry closes with its own CRC32C, all other kinds get
 * one here. The length of a record is not part of it; whoever stores records keeps it.
 *
 * <pre>
 * u8 format = 1 · u8 kind · body
 *   1 stored    the entry, as encoded by its primary
 *   2 promise   varint structure · varint partition · varint epoch · (later fields) · fixed32 crc of all before
 *   3 cut       varint structure · varint partition · varint seq   · (later fields) · fixed32 crc of all before
 *   4 paxos     a record of the metadata log                       · (later fields) · fixed32 crc of all before
 *   5 start     2 × fixed64 disk id · varint tried · varint confirmed · string boot · (later fields) · fixed32 crc of all before
 * </pre>
 *
 * Other numbers are free for later kinds and are refused by this version.
 */
public final class LogRecordCodec {
    /** No record is longer. */
    public static final int MAX_RECORD_BYTES = Limits.ENTRY_BYTES + 2;

    private static final int FORMAT = 1;
    private static final int STORED = 1;
    private static final int PROMISE = 2;
    private static final int CUT = 3;
    private static final int PAXOS = 4;
    private static final int START = 5;
    private static final int CRC_BYTES = 4;

    private LogRecordCodec() {}

    /** Adds the record's bytes to what was written before. */
    public static void encode(LogRecord record, ByteWriter writer) {
        int start = writer.length();
        switch (record) {
            case LogRecord.Stored stored ->
                writer.u8(FORMAT).u8(STORED).raw(stored.entry().encoded());
            case LogRecord.Promise promise -> encode(PROMISE, promise.partition(), promise.epoch(), start, writer);
            case LogRecord.Cut cut -> encode(CUT, cut.partition(), cut.seq(), start, writer);
            case LogRecord.Paxos paxos -> {
                PaxosCodec.writeRecord(writer.u8(FORMAT).u8(PAXOS), paxos.record());
                writer.fixed32(crc(writer.array(), start, writer.length() - start));
            }
            case LogRecord.Registered registered -> {
                Registration registration = registered.registration();
                writer.u8(FORMAT).u8(START);
                writer.fixed64(registration.disk().high())
                        .fixed64(registration.disk().low());
                writer.varint(registration.tried())
                        .varint(registration.confirmed())
                        .string(registered.boot());
                writer.fixed32(crc(writer.array(), start, writer.length() - start));
            }
        }
    }

    private static void encode(int kind, PartitionId partition, long number, int start, ByteWriter writer) {
        writer.u8(FORMAT).u8(kind).varint(partition.structure()).varint(partition.number());
        writer.varint(number);
        writer.fixed32(crc(writer.array(), start, writer.length() - start));
    }

    /**
     * Reads a record; an entry in it is a slice of the input.
     *
     * @throws MalformedException if a checksum is wrong or the bytes are not a record
     */
    public static LogRecord decode(Bytes encoded) {
        ByteReader reader = new ByteReader(encoded);
        int format = reader.u8();
        if (format != FORMAT) {
            throw new MalformedException(
                    "log record format " + format + " is not known; this version reads format " + FORMAT);
        }
        int kind = reader.u8();
        return switch (kind) {
            case STORED -> new LogRecord.Stored(EntryCodec.decode(reader.raw(reader.remaining())));
            case PROMISE -> {
                checkCrc(encoded);
                yield new LogRecord.Promise(partition(reader), reader.varint("epoch", 1, Long.MAX_VALUE));
            }
            case CUT -> {
                checkCrc(encoded);
                yield new LogRecord.Cut(partition(reader), reader.varint("seq", 0, Long.MAX_VALUE));
            }
            case PAXOS -> {
                checkCrc(encoded);
                yield readPaxos(reader);
            }
            case START -> {
                checkCrc(encoded);
                Registration registration = new Registration(
                        new DiskId(reader.fixed64(), reader.fixed64()),
                        reader.varint("tried", 0, Long.MAX_VALUE),
                        reader.varint("confirmed", 0, Long.MAX_VALUE));
                yield new LogRecord.Registered(registration, reader.string("boot", LogRecord.Registered.BOOT_CHARS));
            }
            default -> throw new MalformedException("log record kind " + kind + " is not known");
        };
    }

    private static LogRecord readPaxos(ByteReader reader) {
        try {
            return new LogRecord.Paxos(PaxosCodec.readRecord(reader));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a record of the metadata log: " + e.getMessage(), e);
        }
    }

    private static PartitionId partition(ByteReader reader) {
        return new PartitionId(
                reader.varint32("structure", 0, Integer.MAX_VALUE), reader.varint32("partition", 0, Integer.MAX_VALUE));
    }

    private static void checkCrc(Bytes encoded) {
        int body = encoded.length() - CRC_BYTES;
        if (body < 2) {
            throw new MalformedException("a log record of " + encoded.length() + " bytes");
        }
        int expected = new ByteReader(encoded.slice(body, encoded.length())).fixed32();
        int found = crc(encoded.backingArray(), encoded.backingOffset(), body);
        if (expected != found) {
            throw new MalformedException("log record checksum is %08x, the bytes give %08x".formatted(expected, found));
        }
    }

    private static int crc(byte[] array, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(array, offset, length);
        return (int) crc.getValue();
    }
}
