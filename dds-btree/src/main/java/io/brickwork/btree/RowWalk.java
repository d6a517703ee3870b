package io.brickwork.btree;

import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.invoke.Pending;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.map.MapOperations.Row;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a range of a tree page by page, in either direction, by key: each answer says where the rest begins, so
 * it is right whatever partitions there are, and were when it began. Weakly consistent: a record that is there
 * throughout is met once, one that is never there not at all, and one that comes or goes meanwhile perhaps; a value is
 * the one that its page was read with.
 *
 * <p>Holds at most two pages: the one that is being used, and, if it reads ahead, the next. Bricks hold nothing for it,
 * so it may rest for any time. One thread.
 */
final class RowWalk implements Iterator<Row>, AutoCloseable {
    private final DdsTree<?, ?> tree;
    private final boolean backward;
    private final ScanOptions options;
    private final boolean keysOnly;
    private final boolean readsAhead;
    private List<Row> rows = List.of();
    private int index;
    private long left;
    /** What is still to be asked for; null at the end. */
    private @Nullable KeyRange rest;
    /** What the page is of that is on its way. */
    private @Nullable KeyRange asked;

    private @Nullable Pending<Part<List<Row>>> ahead;
    private @Nullable Row last;

    /** @param readsAhead whether the next page is asked for while this one is used: then it must be closed */
    RowWalk(DdsTree<?, ?> tree, boolean keysOnly, ScanOptions options, boolean readsAhead) {
        this.tree = tree;
        this.backward = tree.isDescending();
        this.keysOnly = keysOnly;
        this.options = options;
        this.readsAhead = readsAhead;
        left = options.limit();
        rest = tree.span().isEmpty() ? null : tree.span().range();
    }

    @Override
    public boolean hasNext() {
        while (index == rows.size() && left > 0 && (rest != null || ahead != null)) {
            take(ahead == null ? ask() : ahead);
        }
        return index < rows.size();
    }

    private void take(Pending<Part<List<Row>>> page) {
        ahead = null;
        rest = asked; // to be asked for again if this fails
        Part<List<Row>> part = page.await();
        rows = part.result();
        index = 0;
        left -= rows.size();
        rest = part.rest().orElse(null);
        if (readsAhead && left > 0 && rest != null) {
            ahead = ask();
        }
    }

    private Pending<Part<List<Row>>> ask() {
        KeyRange range = Check.present(rest, "nothing is left");
        int limit = (int) Math.min(left, options.pageRecords());
        Pending<Part<List<Row>>> page =
                tree.invoker().invoke(tree.ranges().page(range, backward, keysOnly, limit), tree.options());
        asked = range;
        rest = null;
        return page;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("tree '" + tree.name() + "' has no more");
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
        tree.deleteRow(row);
    }

    /** It has no more. */
    @Override
    public void close() {
        rows = List.of();
        index = 0;
        rest = null;
        Pending<Part<List<Row>>> pending = ahead;
        ahead = null;
        if (pending != null) {
            try {
                pending.await();
            } catch (DdsException ignored) {
                return; // of a page that nobody wants
            }
        }
    }
}
