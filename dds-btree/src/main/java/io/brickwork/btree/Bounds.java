package io.brickwork.btree;

import io.brickwork.core.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What a view of a tree shows, as its caller has said it: the {@link Span} of keys alone does not tell whether "below
 * b, exclusive" or "up to the key before b, inclusive" was asked for, and only one of these may be a bound of a view in
 * it.
 *
 * @param low null for the tree's beginning
 * @param high null for its end
 */
record Bounds(@Nullable End low, @Nullable End high) {
    static final Bounds NONE = new Bounds(null, null);

    /** An encoded key at which a view ends, and whether the key still belongs to it. */
    record End(Bytes key, boolean isInclusive) {}

    Span span() {
        return new Span(
                low == null ? Bytes.EMPTY : low.isInclusive ? low.key : Span.above(low.key),
                high == null ? null : high.isInclusive ? Span.above(high.key) : high.key);
    }

    /**
     * Whether a view within these may end there: at a key that it shows, or, if that key is excluded, at one of these
     * bounds.
     */
    boolean admits(End end) {
        return (low == null || isWithin(end.key.compareTo(low.key), end, low))
                && (high == null || isWithin(high.key.compareTo(end.key), end, high));
    }

    private static boolean isWithin(int distance, End end, End bound) {
        return distance > 0 || (distance == 0 && (bound.isInclusive || !end.isInclusive));
    }

    /** What both show. */
    Bounds intersection(Bounds other) {
        Span mine = span();
        Span others = other.span();
        Bytes myHigh = mine.high();
        Bytes otherHigh = others.high();
        boolean isLowMine = mine.low().compareTo(others.low()) >= 0;
        boolean isHighMine = otherHigh == null || (myHigh != null && myHigh.compareTo(otherHigh) <= 0);
        return new Bounds(isLowMine ? low : other.low, isHighMine ? high : other.high);
    }

    /** As exclusive above and inclusive below, which every span can be said as. */
    static Bounds of(Span span) {
        Bytes high = span.high();
        return new Bounds(
                span.low().isEmpty() ? null : new End(span.low(), true), high == null ? null : new End(high, false));
    }
}
