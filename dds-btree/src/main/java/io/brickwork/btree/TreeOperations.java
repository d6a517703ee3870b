package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.map.PageVisitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes the operations on ranges of one tree's encoded keys: the client's side of {@link TreeType}, beside
 * {@link TreeType#operations}. Each does what one partition can do at once; the rest of the range, if there is any,
 * takes another. Immutable; safe for use from any thread.
 */
public final class TreeOperations {
    private final StructureInfo structure;

    public TreeOperations(StructureInfo structure) {
        this.structure = structure;
    }

    /**
     * What was done, and what is left to be asked for.
     *
     * @param rest empty if the range is done
     */
    public record Part<R>(R result, Optional<KeyRange> rest) {
        /** The same of other rows, each made from one of these. */
        static <T> Part<List<T>> shaped(Part<List<Row>> part, Function<Row, T> shape) {
            return new Part<>(part.result.stream().map(shape).toList(), part.rest);
        }
    }

    /**
     * The first records of the range, or, backward, the last ones in descending order; at most
     * {@link Limits#PAGE_BYTES} of them, unless the first alone is larger. One state of the partition.
     *
     * @param limit of records, from 1 to {@link PageVisitor#RECORDS}
     */
    public Operation<Part<List<Row>>> page(KeyRange range, boolean backward, boolean keysOnly, int limit) {
        ByteWriter body = begin(RangeCommand.PAGE, range);
        body.bool(backward).bool(keysOnly).varint(limit);
        return operation(RangeCommand.PAGE, range, backward, body, TreeOperations::rows, "page");
    }

    /** The first record, or, backward, the last. */
    Operation<Part<List<Row>>> first(KeyRange range, boolean backward) {
        return page(range, backward, false, 1);
    }

    /** As {@link #first}, without its value. */
    Operation<Part<List<Row>>> firstKey(KeyRange range, boolean backward) {
        return page(range, backward, true, 1);
    }

    /** How many records there are. */
    public Operation<Part<Long>> count(KeyRange range) {
        return operation(
                RangeCommand.COUNT,
                range,
                false,
                begin(RangeCommand.COUNT, range),
                reader -> reader.varint("records", 0, Long.MAX_VALUE),
                "count");
    }

    /** Removes the first records of the range; tells how many. */
    public Operation<Part<Long>> remove(KeyRange range) {
        return operation(
                RangeCommand.REMOVE,
                range,
                false,
                begin(RangeCommand.REMOVE, range),
                reader -> reader.varint("records", 0, Long.MAX_VALUE),
                "removeRange");
    }

    /** Removes the first record of the range, or, backward, the last; gives it. */
    public Operation<Part<List<Row>>> poll(KeyRange range, boolean backward) {
        ByteWriter body = begin(RangeCommand.POLL, range).bool(backward);
        return operation(RangeCommand.POLL, range, backward, body, TreeOperations::rows, "poll");
    }

    /**
     * Puts rows whose keys ascend, as far as they lie in the partition of the first; tells how many. All of these at
     * once.
     *
     * @param rows at least one; about {@link Limits#PAGE_BYTES} in all, unless one alone is larger
     */
    public Operation<Integer> putRows(List<Row> rows) {
        ByteWriter body = new ByteWriter(Limits.PAGE_BYTES).u8(RangeCommand.PUT_ROWS.code());
        body.varint(rows.size());
        for (Row row : rows) {
            body.bytes(row.key()).bytes(row.value());
        }
        return new Operation<>(
                structure,
                rows.getFirst().key(),
                RangeCommand.PUT_ROWS.isRead(),
                body.toBytes(),
                result -> new ByteReader(result).varint32("rows", 1, rows.size()),
                "load");
    }

    private static ByteWriter begin(RangeCommand command, KeyRange range) {
        ByteWriter body = new ByteWriter(64).u8(command.code());
        range.write(body);
        return body;
    }

    private <R> Operation<Part<R>> operation(
            RangeCommand command,
            KeyRange range,
            boolean backward,
            ByteWriter body,
            Function<ByteReader, R> decoder,
            String name) {
        return new Operation<>(
                structure,
                range.routingKey(backward),
                command.isRead(),
                body.toBytes(),
                result -> {
                    ByteReader reader = new ByteReader(result);
                    Optional<KeyRange> rest = rest(reader, range);
                    return new Part<>(decoder.apply(reader), rest);
                },
                name);
    }

    private static Optional<KeyRange> rest(ByteReader reader, KeyRange asked) {
        if (!reader.bool("more")) {
            return Optional.empty();
        }
        KeyRange rest = KeyRange.read(reader);
        if (rest.equals(asked)) {
            throw new MalformedException("what is left of " + asked + " is all of it, which goes round in circles");
        }
        return Optional.of(rest);
    }

    private static List<Row> rows(ByteReader reader) {
        boolean keysOnly = reader.bool("keys only");
        int count = reader.varint32("rows", 0, PageVisitor.RECORDS);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Bytes key = reader.bytes("key", Limits.KEY_BYTES);
            rows.add(new Row(key, keysOnly ? Bytes.EMPTY : reader.bytes("value", Limits.VALUE_BYTES)));
        }
        return List.copyOf(rows);
    }
}
