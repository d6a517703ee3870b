package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Entry ↔ bytes. The primary encodes; everyone else decodes, and checks the CRC32C that closes the entry.
 *
 * <pre>
 * u8 format = 1 · u8 kind · varint structure · varint partition · varint epoch · varint seq
 * bool completion? [ 2 × fixed64 session · varint number · varint lowWater · u8 status · bytes result ]
 * varint effects [ u8 put? · bytes key · (bytes value) ]… · split, absorption or transaction, if that is its kind (see {@link Split#write}, {@link Absorption#write}, {@link #writeTransaction})
 * (whatever later versions add) · fixed32 crc of all of the above
 * </pre>
 */
public final class EntryCodec {
    private static final int FORMAT = 1;
    private static final int CRC_BYTES = 4;

    private EntryCodec() {}

    /** Makes and encodes an entry. */
    public static Entry encode(
            Entry.Kind kind,
            PartitionId partition,
            Version version,
            @Nullable Completion completion,
            long lowWater,
            List<Effect> effects) {
        return encode(kind, partition, version, completion, lowWater, effects, null, null, null);
    }

    private static Entry encode(
            Entry.Kind kind,
            PartitionId partition,
            Version version,
            @Nullable Completion completion,
            long lowWater,
            List<Effect> effects,
            @Nullable Split split,
            @Nullable Absorption absorption,
            @Nullable TransactionRecord transaction) {
        ByteWriter writer = new ByteWriter(estimate(completion, effects, transaction));
        writer.u8(FORMAT).u8(kind.code());
        writer.varint(partition.structure()).varint(partition.number());
        writer.varint(version.epoch()).varint(version.seq());
        writer.bool(completion != null);
        if (completion != null) {
            OperationId operation = completion.operation();
            writer.fixed64(operation.session().slot())
                    .fixed64(operation.session().drawn());
            writer.varint(operation.number()).varint(lowWater);
            writer.u8(completion.status().code()).bytes(completion.result());
        }
        Effect.writeAll(writer, effects);
        if (split != null) {
            split.write(writer);
        }
        if (absorption != null) {
            absorption.write(writer);
        }
        if (transaction != null) {
            writeTransaction(writer, transaction, lowWater);
        }
        writer.fixed32(crc(writer.array(), 0, writer.length()));
        Check.invariant(
                writer.length() <= Limits.ENTRY_BYTES,
                "entry %s of %s takes %d bytes; the limit is %d",
                version,
                partition,
                writer.length(),
                Limits.ENTRY_BYTES);
        return new Entry(
                kind,
                partition,
                version,
                completion,
                lowWater,
                effects,
                split,
                absorption,
                transaction,
                Bytes.wrap(writer.array(), 0, writer.length()));
    }

    /** The entry that ends a session. */
    public static Entry encodeExpiry(PartitionId partition, Version version, SessionId session) {
        OperationId last = new OperationId(session, OperationId.LAST_NUMBER);
        Completion completion = new Completion(last, version, Completion.Status.DONE, Bytes.EMPTY);
        return encode(Entry.Kind.EXPIRE, partition, version, completion, OperationId.LAST_NUMBER, List.of());
    }

    /** The entry that splits a partition. */
    public static Entry encodeSplit(PartitionId partition, Version version, Split split) {
        return encode(Entry.Kind.SPLIT, partition, version, null, 0, List.of(), split, null, null);
    }

    /** The entry by which a partition gives up everything. */
    public static Entry encodeClose(PartitionId partition, Version version) {
        return encode(Entry.Kind.CLOSE, partition, version, null, 0, List.of());
    }

    /** The entry by which a partition takes in another one. */
    public static Entry encodeAbsorption(PartitionId partition, Version version, Absorption absorption) {
        return encode(Entry.Kind.ABSORB, partition, version, null, 0, List.of(), null, absorption, null);
    }

    /**
     * The entry that puts on record where the partition stands in a transaction.
     *
     * @param lowWater as in {@link Entry#lowWater}
     * @param effects of a commit, else none
     */
    public static Entry encodeTransaction(
            PartitionId partition,
            Version version,
            TransactionRecord transaction,
            long lowWater,
            List<Effect> effects) {
        return encode(kindOf(transaction), partition, version, null, lowWater, effects, null, null, transaction);
    }

    private static Entry.Kind kindOf(TransactionRecord transaction) {
        return switch (transaction.state()) {
            case PREPARED -> Entry.Kind.VOTE;
            case REFUSED -> Entry.Kind.REFUSE;
            case COMMITTED, ABORTED -> Entry.Kind.DECIDE;
            case FORGOTTEN -> Entry.Kind.FORGET;
        };
    }

    /** 2 × fixed64 session · varint low water · the record (see {@link TransactionRecord#write}). */
    private static void writeTransaction(ByteWriter writer, TransactionRecord transaction, long lowWater) {
        writer.fixed64(transaction.session().slot())
                .fixed64(transaction.session().drawn());
        transaction.write(writer.varint(lowWater));
    }

    /**
     * Reads an entry; its parts are slices of the input.
     *
     * @throws MalformedException if the checksum is wrong or the bytes are not an entry
     */
    public static Entry decode(Bytes encoded) {
        int bodyBytes = encoded.length() - CRC_BYTES;
        if (bodyBytes < 0 || encoded.length() > Limits.ENTRY_BYTES) {
            throw new MalformedException("an entry of " + encoded.length() + " bytes");
        }
        int expected = new ByteReader(encoded.slice(bodyBytes, encoded.length())).fixed32();
        int found = crc(encoded.backingArray(), encoded.backingOffset(), bodyBytes);
        if (expected != found) {
            throw new MalformedException("entry checksum is %08x, the bytes give %08x".formatted(expected, found));
        }
        try {
            return decodeBody(new ByteReader(encoded.slice(0, bodyBytes)), encoded);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not an entry: " + e.getMessage(), e);
        }
    }

    private static Entry decodeBody(ByteReader reader, Bytes encoded) {
        int format = reader.u8();
        if (format != FORMAT) {
            throw new MalformedException(
                    "entry format " + format + " is not known; this version reads format " + FORMAT);
        }
        Entry.Kind kind = kind(reader.u8());
        PartitionId partition = new PartitionId(
                reader.varint32("structure", 0, Integer.MAX_VALUE), reader.varint32("partition", 0, Integer.MAX_VALUE));
        Version version =
                new Version(reader.varint("epoch", 1, Long.MAX_VALUE), reader.varint("seq", 1, Long.MAX_VALUE));
        Completion completion = null;
        long lowWater = 0;
        if (reader.bool("completion flag")) {
            SessionId session = new SessionId(reader.fixed64(), reader.fixed64());
            OperationId operation = new OperationId(session, reader.varint("number", 1, Long.MAX_VALUE));
            lowWater = reader.varint("low water", 0, Long.MAX_VALUE);
            Completion.Status status = status(reader.u8());
            completion = new Completion(operation, version, status, reader.bytes("result", Limits.ENTRY_BYTES));
        }
        List<Effect> effects = Effect.readAll(reader);
        Split split = kind == Entry.Kind.SPLIT ? Split.read(reader, partition.structure()) : null;
        Absorption absorption = kind == Entry.Kind.ABSORB ? Absorption.read(reader, partition.structure()) : null;
        TransactionRecord transaction = null;
        if (kind.isOfTransaction()) {
            SessionId session = new SessionId(reader.fixed64(), reader.fixed64());
            lowWater = reader.varint("low water", 0, Long.MAX_VALUE);
            transaction = TransactionRecord.read(reader, session);
            if (kindOf(transaction) != kind) {
                throw new MalformedException("an entry of kind " + kind + " says " + transaction.state());
            }
        }
        return new Entry(
                kind, partition, version, completion, lowWater, effects, split, absorption, transaction, encoded);
    }

    private static Entry.Kind kind(int code) {
        for (Entry.Kind kind : Entry.Kind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        throw new MalformedException("entry kind " + code + " is not known");
    }

    /** The status with this number. */
    public static Completion.Status status(int code) {
        return switch (code) {
            case 0 -> Completion.Status.DONE;
            case 1 -> Completion.Status.REJECTED;
            default -> throw new MalformedException("completion status " + code + " is not known");
        };
    }

    private static int estimate(
            @Nullable Completion completion, List<Effect> effects, @Nullable TransactionRecord transaction) {
        int bytes =
                64 + (transaction == null ? 0 : 64 + (int) transaction.part().bytes());
        bytes += (completion == null ? 0 : 32 + completion.result().length());
        for (Effect effect : effects) {
            Bytes value = effect.value();
            bytes += 12 + effect.recordKey().length() + (value == null ? 0 : value.length());
        }
        return bytes;
    }

    private static int crc(byte[] array, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(array, offset, length);
        return (int) crc.getValue();
    }
}
