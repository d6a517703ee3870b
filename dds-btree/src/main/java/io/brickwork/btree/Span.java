package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * The encoded keys from {@code low} (inclusive) to {@code high} (exclusive), perhaps none: how views of a tree bound
 * it. As the shortest key above {@code k} is {@code k} with a zero byte behind it, bounds of all kinds can be written
 * so.
 *
 * @param high null for "to the end"
 */
record Span(Bytes low, @Nullable Bytes high) {
    static final Span ALL = new Span(Bytes.EMPTY, null);
    static final Span NONE = new Span(Bytes.EMPTY, Bytes.EMPTY);

    private static final Bytes ZERO = Bytes.wrap(new byte[1]);
    private static final byte LAST = (byte) 0xFF;

    /** The first key above this one. */
    static Bytes above(Bytes key) {
        return key.concat(ZERO);
    }

    /** The keys that begin with these bytes. */
    static Span prefixed(Bytes prefix) {
        int length = prefix.length();
        while (length > 0 && prefix.at(length - 1) == LAST) {
            length--;
        }
        if (length == 0) {
            return new Span(prefix, null);
        }
        byte[] high = prefix.slice(0, length).toArray();
        high[length - 1]++;
        return new Span(prefix, Bytes.wrap(high));
    }

    boolean isEmpty() {
        return high != null && low.compareTo(high) >= 0;
    }

    boolean contains(Bytes key) {
        return key.compareTo(low) >= 0 && (high == null || key.compareTo(high) < 0);
    }

    /** What lies in both; may be empty. */
    Span intersection(Span other) {
        Bytes from = low.compareTo(other.low) >= 0 ? low : other.low;
        Bytes to = high == null || (other.high != null && other.high.compareTo(high) < 0) ? other.high : high;
        return new Span(from, to);
    }

    /** Not of an empty one. */
    KeyRange range() {
        return new KeyRange(low, high);
    }
}
