package io.brickwork.map;

import io.brickwork.map.MapOperations.Row;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a stretch of a map for a stream. It is split by cutting the stretch, not by reading ahead: so each
 * thread of a parallel stream holds one page, however large the map is and however slow the stream.
 *
 * <p>Not {@code SIZED}, since the map may grow meanwhile. The estimates of its size say only how often it has been
 * split: a stream splits as often as it has threads to use. A stretch is halved at most {@value #HALVINGS} times, since
 * a half without rows could be halved for ever. Once begun, it is not split any more. Nothing is asked of the map
 * before it is split or begun.
 */
final class RowSpliterator<T> implements Spliterator<T> {
    /** Gives 64 parts: four for each of 16 threads, as a stream wants. */
    private static final int HALVINGS = 6;

    private final boolean keysOnly;
    private final boolean isSplittable;
    private final Function<Row, T> shape;
    private final int characteristics;
    private final @Nullable Comparator<? super T> order;
    private RowStretch stretch;
    private long estimate;
    private @Nullable Iterator<Row> rows;

    /**
     * @param isSplittable whether several threads may use the map
     * @param shape what is made of a row
     * @param order if the characteristics have {@code SORTED}: null for the natural one
     */
    RowSpliterator(
            RowStretch stretch,
            boolean keysOnly,
            boolean isSplittable,
            Function<Row, T> shape,
            int characteristics,
            @Nullable Comparator<? super T> order) {
        this(stretch, keysOnly, isSplittable, shape, characteristics | NONNULL | CONCURRENT, order, Long.MAX_VALUE);
    }

    private RowSpliterator(
            RowStretch stretch,
            boolean keysOnly,
            boolean isSplittable,
            Function<Row, T> shape,
            int characteristics,
            @Nullable Comparator<? super T> order,
            long estimate) {
        this.stretch = stretch;
        this.keysOnly = keysOnly;
        this.isSplittable = isSplittable;
        this.shape = shape;
        this.characteristics = characteristics;
        this.order = order;
        this.estimate = estimate;
    }

    private Iterator<Row> begun() {
        Iterator<Row> walk = rows;
        if (walk == null) {
            walk = stretch.rows(keysOnly);
            rows = walk;
        }
        return walk;
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
        Objects.requireNonNull(action, "action");
        Iterator<Row> walk = begun();
        if (!walk.hasNext()) {
            return false;
        }
        action.accept(shape.apply(walk.next()));
        return true;
    }

    @Override
    public void forEachRemaining(Consumer<? super T> action) {
        Objects.requireNonNull(action, "action");
        Iterator<Row> walk = begun();
        while (walk.hasNext()) {
            action.accept(shape.apply(walk.next()));
        }
    }

    @Override
    public @Nullable Spliterator<T> trySplit() {
        RowStretch.Halves halves =
                rows == null && isSplittable && estimate > Long.MAX_VALUE >> HALVINGS ? stretch.halves() : null;
        if (halves == null) {
            return null;
        }
        stretch = halves.rest();
        estimate >>>= 1;
        return new RowSpliterator<>(halves.first(), keysOnly, isSplittable, shape, characteristics, order, estimate);
    }

    @Override
    public long estimateSize() {
        return estimate;
    }

    @Override
    public int characteristics() {
        return characteristics;
    }

    @Override
    public @Nullable Comparator<? super T> getComparator() {
        if (!hasCharacteristics(SORTED)) {
            throw new IllegalStateException("not sorted");
        }
        return order;
    }
}
