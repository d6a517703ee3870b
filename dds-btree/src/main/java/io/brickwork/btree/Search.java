package io.brickwork.btree;

import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.core.Bytes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.map.MapOperations.Row;
import java.util.List;
import java.util.function.Function;

/**
 * A search for one record of a tree: the first of a span of keys, in one direction. Goes from partition to partition
 * until one has a record.
 *
 * @param span where to look
 * @param backward whether the span's last record is sought
 * @param step asks one partition for it
 * @param <T> what is told of the record
 */
record Search<T>(Span span, boolean backward, Step<T> step) {
    /** Makes the operation for what is left of the span. */
    @FunctionalInterface
    interface Step<T> {
        Operation<Part<List<T>>> operation(KeyRange range, boolean backward);
    }

    /** A search that changes nothing. */
    static <T> Search<T> looking(Span span, boolean backward, Step<Row> first, Function<Row, T> shape) {
        return new Search<>(
                span,
                backward,
                (range, isBackward) -> first.operation(range, isBackward).map(part -> Part.shaped(part, shape)));
    }

    /** The keys beyond a key, upwards or downwards, and that key itself if it is included. */
    static Span beyond(Bytes key, boolean isUp, boolean inclusive) {
        return isUp
                ? new Span(inclusive ? key : Span.above(key), null)
                : new Span(Bytes.EMPTY, inclusive ? Span.above(key) : key);
    }
}
