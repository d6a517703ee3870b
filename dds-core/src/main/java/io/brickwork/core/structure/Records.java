package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What an operation sees of its partition while it is evaluated: one consistent state, which ends with the call.
 *
 * <p>Every method throws {@link io.brickwork.core.table.CorruptRecordException} if it meets a record whose checksum is wrong.
 */
public interface Records {
    /** The value under the key, or null. The key must lie in {@link #range}. */
    @Nullable
    Bytes get(Bytes recordKey);

    /** Visits the partition's records within a range in key order, until the visitor returns false or there are no more. */
    void scan(KeyRange within, Visitor visitor);

    /** As {@link #scan}, from the last record to the first. */
    void scanBackward(KeyRange within, Visitor visitor);

    /** Visits records in key order from {@code from} (inclusive) until the visitor returns false or the partition ends. */
    default void scan(Bytes from, Visitor visitor) {
        scan(new KeyRange(from, null), visitor);
    }

    /** The number of live records in the partition. */
    long count();

    /** The fence keys of the partition. */
    KeyRange range();

    /** Takes one record; says whether to go on. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(Bytes recordKey, Bytes value);
    }
}
