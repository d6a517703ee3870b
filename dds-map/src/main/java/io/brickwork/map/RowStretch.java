package io.brickwork.map;

import io.brickwork.map.MapOperations.Row;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A part of a map that can be walked through, or be cut in two that are. Nothing of it is held. Immutable. */
public interface RowStretch {
    /**
     * Its rows, in the map's order if it has one; never more than a page of them at a time.
     *
     * @param keysOnly whether their values are left out
     */
    Iterator<Row> rows(boolean keysOnly);

    /** Two stretches that together have the same rows, each about half; null if it is not worth while. */
    @Nullable
    Halves halves();

    /**
     * A stretch that was cut.
     *
     * @param first what comes first in the map's order
     */
    record Halves(RowStretch first, RowStretch rest) {}
}
