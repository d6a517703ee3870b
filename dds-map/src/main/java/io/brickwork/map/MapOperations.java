package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the operations of one map, on encoded keys and values: the client's side of {@link MapEvaluation}. Immutable;
 * safe for use from any thread.
 *
 * <p>A key over {@link Limits#KEY_BYTES} or a value over {@link Limits#VALUE_BYTES} is refused here, before anything is
 * sent, with {@link DdsException.TooLarge}.
 */
public final class MapOperations {
    private final StructureInfo structure;
    private final KeyPlacement placement;

    public MapOperations(StructureInfo structure, KeyPlacement placement) {
        this.structure = structure;
        this.placement = placement;
    }

    public StructureInfo structure() {
        return structure;
    }

    public KeyPlacement placement() {
        return placement;
    }

    /** What it is and how it is called, for messages. */
    public String describe() {
        return placement.noun() + " '" + structure.name() + "'";
    }

    /** The value under the key. */
    public Operation<Optional<Bytes>> get(Bytes key) {
        return onKey(MapCommand.GET, key, MapOperations::optional, "get");
    }

    public Operation<Boolean> containsKey(Bytes key) {
        return onKey(MapCommand.CONTAINS_KEY, key, MapOperations::bool, "containsKey");
    }

    /**
     * Puts the value under the key and says nothing of what was there: the cheap way, since no old value is read or
     * kept for retries.
     */
    public Operation<@Nullable Void> set(Bytes key, Bytes value) {
        return onValue(MapCommand.SET, key, value, MapOperations::nothing, "set");
    }

    /** Puts the value under the key; gives the old one. */
    public Operation<Optional<Bytes>> put(Bytes key, Bytes value) {
        return onValue(MapCommand.PUT, key, value, MapOperations::optional, "put");
    }

    /** Removes the key and says nothing of what was there: the cheap way. */
    public Operation<@Nullable Void> delete(Bytes key) {
        return onKey(MapCommand.DELETE, key, MapOperations::nothing, "delete");
    }

    /** Removes the key; gives the old value. */
    public Operation<Optional<Bytes>> remove(Bytes key) {
        return onKey(MapCommand.REMOVE, key, MapOperations::optional, "remove");
    }

    /** Puts the value if there is none; gives the one that was there. */
    public Operation<Optional<Bytes>> putIfAbsent(Bytes key, Bytes value) {
        return onValue(MapCommand.PUT_IF_ABSENT, key, value, MapOperations::optional, "putIfAbsent");
    }

    /** As {@link #putIfAbsent}, but says only whether the value was put. */
    public Operation<Boolean> insert(Bytes key, Bytes value) {
        return onValue(MapCommand.PUT_IF_ABSENT, key, value, Bytes::isEmpty, "putIfAbsent");
    }

    /** Replaces the value if there is one; gives the old one. */
    public Operation<Optional<Bytes>> replace(Bytes key, Bytes value) {
        return onValue(MapCommand.REPLACE, key, value, MapOperations::optional, "replace");
    }

    /** Replaces the value if it is the expected one, byte for byte. */
    public Operation<Boolean> replaceIf(Bytes key, Bytes expected, Bytes value) {
        checkSizes(key, expected);
        checkSizes(key, value);
        ByteWriter body = begin(MapCommand.REPLACE_IF, key, expected.length() + value.length());
        return operation(
                placement.recordKey(key),
                body.bytes(expected).bytes(value),
                MapCommand.REPLACE_IF,
                MapOperations::bool,
                "replace");
    }

    /** Removes the key if its value is the expected one, byte for byte. */
    public Operation<Boolean> removeIf(Bytes key, Bytes expected) {
        return onValue(MapCommand.REMOVE_IF, key, expected, MapOperations::bool, "remove");
    }

    /** How many records are in the partition that holds the position. */
    public Operation<PartitionCount> count(Bytes position) {
        ByteWriter body = new ByteWriter(16).u8(MapCommand.COUNT.code());
        return operation(position, body, MapCommand.COUNT, MapOperations::partitionCount, "size");
    }

    /**
     * The next records from the position on, in the order of their record keys: at most {@link Limits#PAGE_BYTES} of
     * them, unless the first alone is larger.
     *
     * @param position empty for the beginning, or {@link Page#next} of the page before
     */
    public Operation<Page> page(Bytes position, boolean keysOnly) {
        ByteWriter body =
                new ByteWriter(32).u8(MapCommand.PAGE.code()).bytes(position).bool(keysOnly);
        return operation(position, body, MapCommand.PAGE, MapOperations::page, "page");
    }

    /** Removes the next records from the position on, as many as a page of keys has. */
    public Operation<ClearedPage> clearPage(Bytes position) {
        ByteWriter body = new ByteWriter(32).u8(MapCommand.CLEAR_PAGE.code()).bytes(position);
        return operation(position, body, MapCommand.CLEAR_PAGE, MapOperations::clearedPage, "clear");
    }

    /**
     * The size of one partition.
     *
     * @param low its low fence
     * @param next its high fence, where the next partition begins; empty for the last one
     */
    public record PartitionCount(long records, Bytes low, Optional<Bytes> next) {}

    /**
     * Some records, in the order of their record keys.
     *
     * @param next where the rest begins; empty at the end of the map
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
     * @param next where the rest begins; empty at the end of the map
     */
    public record ClearedPage(int removed, Optional<Bytes> next) {}

    private <R> Operation<R> onKey(MapCommand command, Bytes key, Function<Bytes, R> decoder, String name) {
        checkSizes(key, Bytes.EMPTY);
        return operation(placement.recordKey(key), begin(command, key, 0), command, decoder, name);
    }

    private <R> Operation<R> onValue(
            MapCommand command, Bytes key, Bytes value, Function<Bytes, R> decoder, String name) {
        checkSizes(key, value);
        ByteWriter body = begin(command, key, value.length()).bytes(value);
        return operation(placement.recordKey(key), body, command, decoder, name);
    }

    private static ByteWriter begin(MapCommand command, Bytes key, int moreBytes) {
        return new ByteWriter(key.length() + moreBytes + 24).u8(command.code()).bytes(key);
    }

    private <R> Operation<R> operation(
            Bytes routingKey, ByteWriter body, MapCommand command, Function<Bytes, R> decoder, String name) {
        Bytes bytes = Bytes.wrap(body.array(), 0, body.length());
        return new Operation<>(structure, routingKey, command.isRead(), bytes, decoder, name);
    }

    /**
     * Refuses what is too large for such a map.
     *
     * @throws DdsException.TooLarge that names both sizes
     */
    public void checkSizes(Bytes key, Bytes value) {
        if (key.length() > Limits.KEY_BYTES) {
            throw new DdsException.TooLarge("a key of " + describe(), key.length(), Limits.KEY_BYTES);
        }
        if (value.length() > Limits.VALUE_BYTES) {
            throw new DdsException.TooLarge("a value of " + describe(), value.length(), Limits.VALUE_BYTES);
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
            throw new MalformedException("a continuation at the beginning of the map goes round in circles");
        }
        return Optional.of(next);
    }
}
