package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.map.MapOperations.Page;
import io.brickwork.map.MapOperations.Row;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a map page by page, never holding more than one. Weakly consistent: a record that is there throughout
 * is met once, one that is never there not at all, and one that comes or goes meanwhile perhaps; a value is the one
 * that its page was read with. One thread.
 */
final class RowIterator implements Iterator<Row> {
    private final DdsMap<?, ?> map;
    private final boolean keysOnly;
    private List<Row> rows = List.of();
    private int index;
    /** Where the next page begins; empty at the end. */
    private Optional<Bytes> next;

    private final @Nullable Bytes high;
    private @Nullable Row last;

    /**
     * @param low the record key to begin at
     * @param high the record key to end before; null for the end of the map
     */
    RowIterator(DdsMap<?, ?> map, boolean keysOnly, Bytes low, @Nullable Bytes high) {
        this.map = map;
        this.keysOnly = keysOnly;
        this.high = high;
        next = Optional.of(low);
    }

    @Override
    public boolean hasNext() {
        while (index == rows.size() && next.isPresent()) {
            Page page = map.call(map.operations().page(next.get(), keysOnly));
            rows = page.rows();
            index = 0;
            next = page.next();
            Bytes end = high;
            if (end != null && (next.isEmpty() || next.get().compareTo(end) >= 0)) {
                next = Optional.empty();
                rows = rows.subList(0, rowsBelow(end));
            }
        }
        return index < rows.size();
    }

    /** How many rows of the page come before the record key; a page is in their order. */
    private int rowsBelow(Bytes end) {
        int count = rows.size();
        while (count > 0
                && map.operations()
                                .placement()
                                .recordKey(rows.get(count - 1).key())
                                .compareTo(end)
                        >= 0) {
            count--;
        }
        return count;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException(map.operations().describe() + " has no more");
        }
        Row row = rows.get(index++);
        last = row;
        return row;
    }

    /** Removes the key, whatever its value is by then. */
    @Override
    public void remove() {
        Check.state(last != null, "remove without a next before it");
        Row row = Check.present(last, "checked");
        last = null;
        map.call(map.operations().delete(row.key()));
    }
}
