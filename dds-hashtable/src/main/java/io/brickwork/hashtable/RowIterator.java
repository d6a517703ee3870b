package io.brickwork.hashtable;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.hashtable.HashTableOperations.Page;
import io.brickwork.hashtable.HashTableOperations.Row;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a table page by page, never holding more than one. Weakly consistent: a record that is there throughout is met once, one that is never there not at all, and one that comes or goes
 * meanwhile perhaps; a value is the one that its page was read with. One thread.
 *
 * @param <T> what a row is turned into
 */
final class RowIterator<T> implements Iterator<T> {
    private final DdsHashTable<?, ?> table;
    private final boolean keysOnly;
    private final Function<Row, T> shape;
    private List<Row> rows = List.of();
    private int index;
    /** Where the next page begins; empty at the end. */
    private Optional<Bytes> next = Optional.of(Bytes.EMPTY);

    private @Nullable Row last;

    RowIterator(DdsHashTable<?, ?> table, boolean keysOnly, Function<Row, T> shape) {
        this.table = table;
        this.keysOnly = keysOnly;
        this.shape = shape;
    }

    @Override
    public boolean hasNext() {
        while (index == rows.size() && next.isPresent()) {
            Page page = table.call(HashTableOperations.page(table.info(), next.get(), keysOnly));
            rows = page.rows();
            index = 0;
            next = page.next();
        }
        return index < rows.size();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("hash table '" + table.name() + "' has no more");
        }
        Row row = rows.get(index++);
        last = row;
        return shape.apply(row);
    }

    /** Removes the key, whatever its value is by then. */
    @Override
    public void remove() {
        Check.state(last != null, "remove without a next before it");
        Row row = Check.present(last, "checked");
        last = null;
        table.call(HashTableOperations.delete(table.info(), row.key()));
    }
}
