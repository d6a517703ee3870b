package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import org.jspecify.annotations.Nullable;

/**
 * The record keys from {@code low} (inclusive) to {@code high} (exclusive); the fence keys of a partition.
 *
 * @param low the lowest key; empty bytes for "from the beginning"
 * @param high the first key that is not in the range; null for "to the end"
 */
public record KeyRange(Bytes low, @Nullable Bytes high) {
    public static final KeyRange ALL = new KeyRange(Bytes.EMPTY, null);

    public KeyRange {
        Check.argument(high == null || low.compareTo(high) < 0, "range [%s, %s) is empty or inverted", low, high);
    }

    /** What lies in both; null if nothing does. */
    public @Nullable KeyRange intersection(KeyRange other) {
        Bytes from = low.compareTo(other.low) >= 0 ? low : other.low;
        Bytes to = high == null || (other.high != null && other.high.compareTo(high) < 0) ? other.high : high;
        return to != null && from.compareTo(to) >= 0 ? null : new KeyRange(from, to);
    }

    public boolean contains(Bytes key) {
        return key.compareTo(low) >= 0 && (high == null || key.compareTo(high) < 0);
    }
}
