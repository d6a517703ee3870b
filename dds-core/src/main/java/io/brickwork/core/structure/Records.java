package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import org.jspecify.annotations.Nullable;

/**
 * What an operation sees of its partition while it is evaluated: one consistent state, which ends with the call.
 *
 * <p>Every method throws {@link io.brickwork.core.entry.CorruptRecordException} if it meets a record whose checksum is
 * wrong.
 */
public interface Records {
    /** The value under the key, or null. The key must lie in {@link #range}. */
    @Nullable
    Bytes get(Bytes recordKey);

    /**
     * The version of the record under the key: of the entry that last wrote it; null if there is none. The key must lie
     * in {@link #range}.
     */
    @Nullable
    Version version(Bytes recordKey);

    /**
     * Visits the partition's records within a range, forward or backward, until the visitor returns false or there are
     * no more.
     */
    void scanVersions(KeyRange within, boolean backward, VersionVisitor visitor);

    /**
     * Visits the partition's records within a range in key order, until the visitor returns false or there are no more.
     */
    default void scan(KeyRange within, Visitor visitor) {
        scanVersions(within, false, (key, version, value) -> visitor.visit(key, value));
    }

    /** As {@link #scan}, from the last record to the first. */
    default void scanBackward(KeyRange within, Visitor visitor) {
        scanVersions(within, true, (key, version, value) -> visitor.visit(key, value));
    }

    /**
     * Visits records in key order from {@code from} (inclusive) until the visitor returns false or the partition ends.
     */
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

    /** Takes one record with its version; says whether to go on. */
    @FunctionalInterface
    interface VersionVisitor {
        boolean visit(Bytes recordKey, Version version, Bytes value);
    }
}
