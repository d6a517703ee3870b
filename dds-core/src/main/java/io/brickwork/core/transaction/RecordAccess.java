package io.brickwork.core.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A structure type that also does what transactions ask of every structure: read records with their versions, see
 * whether compares hold, and carry out a whole transaction that concerns one partition alone.
 *
 * <p>The first byte of such an operation is {@value #CODE}, which no structure uses for its own.
 */
public final class RecordAccess implements StructureType {
    private static final int CODE = 0xFF;
    private static final int FIND = 1;
    private static final int PAGE = 2;
    private static final int VALIDATE = 3;
    private static final int COMMIT = 4;
    /** Records in one page at most. */
    private static final int MOST_ROWS = 1 << 12;

    private final StructureType type;

    public RecordAccess(StructureType type) {
        this.type = type;
    }

    /** A record as it was read. */
    public record Found(Version version, Bytes value) {}

    /** A record of a page. */
    public record Row(Bytes key, Version version, Bytes value) {}

    /**
     * Some records, in the order that was asked for.
     *
     * @param rest of the range, to be asked for next; null if this was all
     */
    public record Page(List<Row> rows, @Nullable KeyRange rest) {
        public Page {
            rows = List.copyOf(rows);
        }
    }

    // ---- the client's side

    /** The record under the key. */
    public static Operation<Optional<Found>> find(StructureInfo structure, Bytes recordKey) {
        return new Operation<>(
                structure,
                recordKey,
                true,
                begin(FIND, recordKey.length()).bytes(recordKey).toBytes(),
                result -> {
                    ByteReader reader = new ByteReader(result);
                    return reader.bool("found") ? Optional.of(found(reader)) : Optional.empty();
                },
                "read");
    }

    /**
     * The first records of a range, or, backward, the last in descending order: of those in one partition.
     *
     * @param limit of records, at least 1
     */
    public static Operation<Page> page(StructureInfo structure, KeyRange range, boolean backward, int limit) {
        ByteWriter writer = begin(PAGE, 2 * Limits.RECORD_KEY_BYTES);
        range.write(writer);
        writer.bool(backward).varint(Math.min(limit, MOST_ROWS));
        return new Operation<>(
                structure,
                range.routingKey(backward),
                true,
                writer.toBytes(),
                result -> page(new ByteReader(result)),
                "read range");
    }

    /**
     * The body of the read that looks whether all of these hold, at one moment; its result is {@linkplain #conflict
     * what does not}.
     */
    public static Bytes validate(List<Compare> compares) {
        Part part = new Part(compares, List.of());
        ByteWriter writer = begin(VALIDATE, (int) part.bytes());
        part.write(writer);
        return Bytes.wrap(writer.array(), 0, writer.length());
    }

    /**
     * The body of the operation that does all of a transaction that concerns one partition; its result is
     * {@linkplain #conflict what was in the way}.
     */
    public static Bytes commit(Whole whole) {
        ByteWriter writer = begin(COMMIT, (int) whole.part.bytes());
        whole.part.write(writer);
        writer.varint(whole.age).varint(whole.tookNanos);
        return Bytes.wrap(writer.array(), 0, writer.length());
    }

    /** What was in the way, by the result of a {@link #commit} or a {@link #validate}; null if nothing was. */
    public static @Nullable String conflict(Bytes result) {
        return result.isEmpty() ? null : result.toUtf8();
    }

    private static ByteWriter begin(int operation, int moreBytes) {
        return new ByteWriter(16 + moreBytes).u8(CODE).u8(operation);
    }

    // ---- the replica's side

    /**
     * A transaction that concerns one partition.
     *
     * @param age how often its caller has tried before
     * @param tookNanos as in {@link Minitransaction}
     */
    public record Whole(Part part, int age, long tookNanos) {}

    /** What a {@link #commit} wants; null if the body is another operation's. */
    public static @Nullable Whole committing(Bytes body) {
        if (body.length() <= 2 || (body.at(0) & 0xFF) != CODE || body.at(1) != COMMIT) {
            return null;
        }
        ByteReader reader = new ByteReader(body.slice(2, body.length()));
        Part part = Part.read(reader);
        return reader.remaining() == 0 // as earlier versions wrote it
                ? new Whole(part, 0, 0)
                : new Whole(
                        part,
                        reader.varint32("age", 0, Integer.MAX_VALUE),
                        reader.varint("time taken", 0, Long.MAX_VALUE));
    }

    /** What a compare that does not hold means to its caller. */
    public static String describe(Compare mismatch) {
        return switch (mismatch) {
            case Compare.Absent(Bytes key) -> "there is a record under key " + key;
            case Compare.Unchanged(Bytes key, Version version) ->
                "the record under key " + key + " is not the one of version " + version + " any more";
            case Compare.HasValue(Bytes key, Bytes value) -> "the record under key " + key + " has another value";
            case Compare.SameRange(KeyRange range, Bytes digest) -> "records within " + range + " have changed";
        };
    }

    @Override
    public String name() {
        return type.name();
    }

    @Override
    public PartitionMap initialPartitions(StructureSpec spec) {
        return type.initialPartitions(spec);
    }

    @Override
    public boolean isRecordKey(Bytes recordKey) {
        return type.isRecordKey(recordKey);
    }

    @Override
    public boolean isRead(Bytes body) {
        return isOfTransaction(body) ? body.length() < 2 || body.at(1) != COMMIT : type.isRead(body);
    }

    /** Whether it is one of the operations that transactions ask of every structure. */
    public static boolean isOfTransaction(Bytes body) {
        return !body.isEmpty() && (body.at(0) & 0xFF) == CODE;
    }

    @Override
    public Bytes evaluate(Bytes body, Records records, Changes changes) {
        if (!isOfTransaction(body)) {
            return type.evaluate(body, records, changes);
        }
        try {
            ByteReader reader = new ByteReader(body);
            reader.u8();
            return evaluate(reader, records, changes);
        } catch (MalformedException e) {
            throw new MalformedOperationException(String.valueOf(e.getMessage()));
        }
    }

    private Bytes evaluate(ByteReader reader, Records records, Changes changes) {
        int operation = reader.u8();
        return switch (operation) {
            case FIND -> findRecord(reader.bytes("key", Limits.RECORD_KEY_BYTES), records);
            case PAGE -> {
                KeyRange range = KeyRange.read(reader);
                boolean backward = reader.bool("backward");
                yield readPage(range, backward, reader.varint32("limit", 1, MOST_ROWS), records);
            }
            case VALIDATE -> {
                Part part = Part.read(reader);
                checkWithin(part, records);
                Compare mismatch = part.mismatch(records);
                yield mismatch == null ? Bytes.EMPTY : Bytes.utf8(describe(mismatch));
            }
            case COMMIT -> {
                Part part = Part.read(reader);
                checkWithin(part, records);
                yield commit(part, records, changes);
            }
            default -> throw new MalformedOperationException("records have no operation " + operation);
        };
    }

    private static void checkWithin(Part part, Records records) {
        Check.argument(part.isWithin(records.range()), "a part that is not within %s", records.range());
    }

    private Bytes commit(Part part, Records records, Changes changes) {
        Compare mismatch = part.mismatch(records);
        if (mismatch != null) {
            return Bytes.utf8(describe(mismatch));
        }
        for (Effect write : part.writes()) {
            checkRecordKey(write.recordKey());
            Bytes value = write.value();
            if (value == null) {
                changes.delete(write.recordKey());
            } else {
                changes.put(write.recordKey(), value);
            }
        }
        return Bytes.EMPTY;
    }

    /** Refuses a key that the structure would never find again. */
    public void checkRecordKey(Bytes recordKey) {
        Check.argument(type.isRecordKey(recordKey), "%s is no record key of a %s", recordKey, type.name());
    }

    private static Bytes findRecord(Bytes key, Records records) {
        Version version = records.version(key);
        Bytes value = version == null ? null : records.get(key);
        ByteWriter writer = new ByteWriter(value == null ? 1 : 32 + value.length()).bool(value != null);
        if (version != null && value != null) {
            write(writer, version, value);
        }
        return writer.toBytes();
    }

    private static Bytes readPage(KeyRange asked, boolean backward, int limit, Records records) {
        KeyRange range = asked.intersection(records.range());
        if (range == null) {
            throw new MalformedOperationException("nothing of " + asked + " lies in the partition");
        }
        List<Row> rows = new ArrayList<>();
        long[] bytes = {0};
        boolean[] isFull = {false};
        records.scanVersions(range, backward, (key, version, value) -> {
            if (rows.size() == limit || (bytes[0] > Limits.PAGE_BYTES)) {
                isFull[0] = true;
                return false;
            }
            rows.add(new Row(key, version, value));
            bytes[0] += key.length() + value.length() + 16L;
            return true;
        });
        ByteWriter writer = new ByteWriter((int) bytes[0] + 2 * Limits.RECORD_KEY_BYTES + 16);
        KeyRange rest = rest(asked, range, backward, isFull[0] ? rows.getLast().key : null);
        writer.bool(rest != null);
        if (rest != null) {
            rest.write(writer);
        }
        writer.varint(rows.size());
        for (Row row : rows) {
            write(writer.bytes(row.key), row.version, row.value);
        }
        return writer.toBytes();
    }

    /** What is left of the range that was asked for: behind the last record that had room, or behind the partition. */
    private static @Nullable KeyRange rest(KeyRange asked, KeyRange here, boolean backward, @Nullable Bytes last) {
        Bytes askedHigh = asked.high();
        if (backward) {
            Bytes high = last == null ? here.low() : last;
            return asked.low().compareTo(high) < 0 ? new KeyRange(asked.low(), high) : null;
        }
        Bytes low = last == null ? here.high() : last.concat(Bytes.wrap(new byte[1]));
        return low == null || (askedHigh != null && low.compareTo(askedHigh) >= 0)
                ? null
                : new KeyRange(low, askedHigh);
    }

    private static Page page(ByteReader reader) {
        KeyRange rest = reader.bool("more") ? KeyRange.read(reader) : null;
        int count = reader.varint32("rows", 0, MOST_ROWS);
        List<Row> rows = new ArrayList<>(Math.min(count, 256));
        for (int i = 0; i < count; i++) {
            Bytes key = reader.bytes("key", Limits.RECORD_KEY_BYTES);
            Found found = found(reader);
            rows.add(new Row(key, found.version, found.value));
        }
        return new Page(rows, rest);
    }

    private static void write(ByteWriter writer, Version version, Bytes value) {
        writer.varint(version.epoch()).varint(version.seq()).bytes(value);
    }

    private static Found found(ByteReader reader) {
        Version version =
                new Version(reader.varint("epoch", 0, Long.MAX_VALUE), reader.varint("seq", 0, Long.MAX_VALUE));
        return new Found(version, reader.bytes("value", Limits.VALUE_BYTES));
    }
}
