package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.map.Midpoint;
import io.brickwork.map.RowStretch;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A view of a tree as a stretch: cut in the middle of its keys, as far as their bytes tell where that is.
 *
 * @param ends where its first and its last key were when it was first cut; null before that
 */
record OrderedStretch(DdsTree<?, ?> tree, @Nullable Span ends) implements RowStretch {
    @Override
    public Iterator<Row> rows(boolean keysOnly) {
        return new RowWalk(tree, keysOnly, ScanOptions.ALL, false);
    }

    @Override
    public @Nullable Halves halves() {
        Span known = ends == null ? findEnds() : ends;
        Bytes middle = known.isEmpty() ? null : Midpoint.between(known.low(), known.high());
        if (middle == null) {
            return null;
        }
        OrderedStretch below = part(new Span(Bytes.EMPTY, middle), known);
        OrderedStretch above = part(new Span(middle, null), known);
        return tree.isDescending() ? new Halves(above, below) : new Halves(below, above);
    }

    /** From the first key that there is to the last; empty if there is none. */
    private Span findEnds() {
        Bytes first = findKey(false);
        Bytes last = findKey(true);
        return first == null || last == null ? Span.NONE : new Span(first, Span.above(last));
    }

    private @Nullable Bytes findKey(boolean backward) {
        return tree.search(Search.looking(tree.span(), backward, tree.ranges()::firstKey, Row::key));
    }

    private OrderedStretch part(Span of, Span known) {
        return new OrderedStretch(tree.within(of), of.intersection(known));
    }
}
