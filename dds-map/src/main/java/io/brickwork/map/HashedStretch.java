package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.map.MapOperations.Row;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of record keys in which they are spread evenly.
 *
 * @param low the first record key that may be in it
 * @param high the record key before which it ends; null if it ends with the map
 */
record HashedStretch(DdsMap<?, ?> map, Bytes low, @Nullable Bytes high) implements RowStretch {
    @Override
    public Iterator<Row> rows(boolean keysOnly) {
        return new RowIterator(map, keysOnly, low, high);
    }

    @Override
    public @Nullable Halves halves() {
        Bytes middle = Midpoint.between(low, high);
        return middle == null
                ? null
                : new Halves(new HashedStretch(map, low, middle), new HashedStretch(map, middle, high));
    }
}
