package io.brickwork.hashtable;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.invoke.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.wire.ByteReader;
import io.brickwork.core.wire.ByteWriter;
import io.brickwork.core.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the operations of hash tables, on encoded keys and values: the client's side of {@link HashTableType}.
 *
 * <p>A key over {@link Limits#KEY_BYTES} or a value over {@link Limits#VALUE_BYTES} is refused here, before anything is sent, with {@link DdsException.TooLarge}.
 */
public final class HashTableOperations {
    private HashTableOperations() {}

    /** The value under the key. */
    public static Operation<Optional<Bytes>> get(StructureInfo table, Bytes key) {
        return onKey(table, Command.GET, key, HashTableOperations::optional, "get");
    }

    public static Operation<Boolean> containsKey(StructureInfo table, Bytes key) {
        return onKey(table, Command.CONTAINS_KEY, key, HashTableOperations::bool, "containsKey");
    }

    /** Puts the value under the key and says nothing of what was there: the cheap way, since no old value is read or kept for retries. */
    public static Operation<@Nullable Void> set(StructureInfo table, Bytes key, Bytes value) {
        return onValue(table, Command.SET, key, value, HashTableOperations::nothing, "set");
    }

    /** Puts the value under the key; gives the old one. */
    public static Operation<Optional<Bytes>> put(StructureInfo table, Bytes key, Bytes value) {
        return onValue(table, Command.PUT, key, value, HashTableOperations::optional, "put");
    }

    /** Removes the key and says nothing of what was there: the cheap way. */
    public static Operation<@Nullable Void> delete(StructureInfo table, Bytes key) {
        return onKey(table, Command.DELETE, key, HashTableOperations::nothing, "delete");
    }

    /** Removes the key; gives the old value. */
    public static Operation<Optional<Bytes>> remove(StructureInfo table, Bytes key) {
        return onKey(table, Command.REMOVE, key, HashTableOperations::optional, "remove");
    }

    /** Puts the value if there is none; gives the one that was there. */
    public static Operation<Optional<Bytes>> putIfAbsent(StructureInfo table, Bytes key, Bytes value) {
        return onValue(table, Command.PUT_IF_ABSENT, key, value, HashTableOperations::optional, "putIfAbsent");
    }

    /** As {@link #putIfAbsent}, but says only whether the value was put. */
    public static Operation<Boolean> insert(StructureInfo table, Bytes key, Bytes value) {
        return onValue(table, Command.PUT_IF_ABSENT, key, value, Bytes::isEmpty, "putIfAbsent");
    }

    /** Replaces the value if there is one; gives the old one. */
    public static Operation<Optional<Bytes>> replace(StructureInfo table, Bytes key, Bytes value) {
        return onValue(table, Command.REPLACE, key, value, HashTableOperations::optional, "replace");
    }

    /** Replaces the value if it is the expected one, byte for byte. */
    public static Operation<Boolean> replaceIf(StructureInfo table, Bytes key, Bytes expected, Bytes value) {
        checkSizes(table, key, expected);
        checkSizes(table, key, value);
        ByteWriter body = begin(Command.REPLACE_IF, key, expected.length() + value.length());
        return operation(
                table,
                KeyHash.recordKey(key),
                body.bytes(expected).bytes(value),
                Command.REPLACE_IF,
                HashTableOperations::bool,
                "replace");
    }

    /** Removes the key if its value is the expected one, byte for byte. */
    public static Operation<Boolean> removeIf(StructureInfo table, Bytes key, Bytes expected) {
        return onValue(table, Command.REMOVE_IF, key, expected, HashTableOperations::bool, "remove");
    }

    /** How many records are in the partition that holds the position. */
    public static Operation<PartitionCount> count(StructureInfo table, Bytes position) {
        ByteWriter body = new ByteWriter(16).u8(Command.COUNT.code());
        return operation(table, position, body, Command.COUNT, HashTableOperations::partitionCount, "size");
    }

    /**
     * The next records from the position on, in the order of their hashes: at most {@link Limits#PAGE_BYTES} of them, unless the first alone is larger.
     *
     * @param position empty for the beginning, or {@link Page#next} of the page before
     */
    public static Operation<Page> page(StructureInfo table, Bytes position, boolean keysOnly) {
        ByteWriter body =
                new ByteWriter(32).u8(Command.PAGE.code()).bytes(position).bool(keysOnly);
        return operation(table, position, body, Command.PAGE, HashTableOperations::page, "page");
    }

    /** Removes the next records from the position on, as many as a page of keys has. */
    public static Operation<ClearedPage> clearPage(StructureInfo table, Bytes position) {
        ByteWriter body = new ByteWriter(32).u8(Command.CLEAR_PAGE.code()).bytes(position);
        return operation(table, position, body, Command.CLEAR_PAGE, HashTableOperations::clearedPage, "clear");
    }

    /**
     * The size of one partition.
     *
     * @param low its low fence
     * @param next its high fence, where the next partition begins; empty for the last one
     */
    public record PartitionCount(long records, Bytes low, Optional<Bytes> next) {}

    /**
     * Some records, in the order of their hashes.
     *
     * @param next where the rest begins; empty at the end of the table
     */
    public record Page(List<Row> rows, Optional<Bytes> next) {
        public Page {
            rows = List.copyOf(rows);
        }
    }

    /**
     * One record of a page.
     *
     * @param value empty bytes if only keys were asked for
     */
    public record Row(Bytes key, Bytes value) {}

    /**
     * What was removed.
     *
     * @param next where the rest begins; empty at the end of the table
     */
    public record ClearedPage(int removed, Optional<Bytes> next) {}

    private static <R> Operation<R> onKey(
            StructureInfo table, Command command, Bytes key, Function<Bytes, R> decoder, String name) {
        checkSizes(table, key, Bytes.EMPTY);
        return operation(table, KeyHash.recordKey(key), begin(command, key, 0), command, decoder, name);
    }

    private static <R> Operation<R> onValue(
            StructureInfo table, Command command, Bytes key, Bytes value, Function<Bytes, R> decoder, String name) {
        checkSizes(table, key, value);
        ByteWriter body = begin(command, key, value.length()).bytes(value);
        return operation(table, KeyHash.recordKey(key), body, command, decoder, name);
    }

    private static ByteWriter begin(Command command, Bytes key, int moreBytes) {
        return new ByteWriter(key.length() + moreBytes + 24).u8(command.code()).bytes(key);
    }

    private static <R> Operation<R> operation(
            StructureInfo table,
            Bytes routingKey,
            ByteWriter body,
            Command command,
            Function<Bytes, R> decoder,
            String name) {
        Bytes bytes = Bytes.wrap(body.array(), 0, body.length());
        return new Operation<>(table, routingKey, command.isRead(), bytes, decoder, name);
    }

    private static void checkSizes(StructureInfo table, Bytes key, Bytes value) {
        if (key.length() > Limits.KEY_BYTES) {
            throw new DdsException.TooLarge(
                    "a key of hash table '" + table.name() + "'", key.length(), Limits.KEY_BYTES);
        }
        if (value.length() > Limits.VALUE_BYTES) {
            throw new DdsException.TooLarge(
                    "a value of hash table '" + table.name() + "'", value.length(), Limits.VALUE_BYTES);
        }
    }

    private static @Nullable Void nothing(Bytes result) {
        return null;
    }

    private static Optional<Bytes> optional(Bytes result) {
        return result.isEmpty() ? Optional.empty() : Optional.of(result.slice(1, result.length()));
    }

    private static boolean bool(Bytes result) {
        return new ByteReader(result).bool("result");
    }

    private static PartitionCount partitionCount(Bytes result) {
        ByteReader reader = new ByteReader(result);
        long records = reader.varint("records", 0, Long.MAX_VALUE);
        return new PartitionCount(records, reader.bytes("low fence", Limits.RECORD_KEY_BYTES), next(reader));
    }

    private static Page page(Bytes result) {
        ByteReader reader = new ByteReader(result);
        Optional<Bytes> next = next(reader);
        boolean keysOnly = reader.bool("keys only");
        int count = reader.varint32("rows", 0, reader.remaining());
        List<Row> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Bytes key = reader.bytes("key", Limits.KEY_BYTES);
            rows.add(new Row(key, keysOnly ? Bytes.EMPTY : reader.bytes("value", Limits.VALUE_BYTES)));
        }
        return new Page(rows, next);
    }

    private static ClearedPage clearedPage(Bytes result) {
        ByteReader reader = new ByteReader(result);
        Optional<Bytes> next = next(reader);
        return new ClearedPage(reader.varint32("records", 0, Integer.MAX_VALUE), next);
    }

    private static Optional<Bytes> next(ByteReader reader) {
        if (!reader.bool("more")) {
            return Optional.empty();
        }
        Bytes next = reader.bytes("continuation", Limits.RECORD_KEY_BYTES);
        if (next.isEmpty()) {
            throw new MalformedException("a continuation at the beginning of the table goes round in circles");
        }
        return Optional.of(next);
    }
}
