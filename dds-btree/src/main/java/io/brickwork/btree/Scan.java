package io.brickwork.btree;

import io.brickwork.map.MapOperations.Row;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What is in a view of a tree, in its order, streamed page by page: while one page is used the next is on its way, and
 * no more than these two are held, however much there is.
 *
 * <p><b>Promise.</b> A key that is in the range throughout is met exactly once, in order; one that is never there is
 * not met; one that comes or goes meanwhile may be. Each page is one state of its partition; different pages are
 * different moments. For all of it at one moment, all partitions would have to be read as of versions chosen together,
 * and bricks to keep old ones for as long as that takes.
 *
 * <p>Bricks hold nothing for a scan: it may be left alone for any time and goes on where it was, also across splits,
 * moves and crashes; a page that cannot be had within the timeout is a {@link io.brickwork.core.DdsException}, after
 * which it may be asked for again. It should be closed, to take back the page that is on its way. One thread.
 */
public final class Scan<T> implements Iterator<T>, AutoCloseable {
    private final RowWalk rows;
    private final Function<Row, T> shape;

    Scan(RowWalk rows, Function<Row, T> shape) {
        this.rows = rows;
        this.shape = shape;
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    @Override
    public T next() {
        return shape.apply(rows.next());
    }

    /** The same as a stream, which closes this when it is closed. */
    public Stream<T> stream() {
        return StreamSupport.stream(new Whole(), false).onClose(this::close);
    }

    /** Never split, since that would mean to read ahead. */
    private final class Whole extends Spliterators.AbstractSpliterator<T> {
        Whole() {
            super(Long.MAX_VALUE, ORDERED | DISTINCT | NONNULL);
        }

        @Override
        public boolean tryAdvance(Consumer<? super T> action) {
            if (!hasNext()) {
                return false;
            }
            action.accept(Scan.this.next());
            return true;
        }

        @Override
        public @Nullable Spliterator<T> trySplit() {
            return null;
        }
    }

    /** It has no more. */
    @Override
    public void close() {
        rows.close();
    }
}
