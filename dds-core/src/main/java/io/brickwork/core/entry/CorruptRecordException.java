package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import org.jspecify.annotations.Nullable;

/** A row's checksum is wrong. What it held is unknown, which is not the same as absent. */
public final class CorruptRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Bytes recordKey;

    /** A row that is no record: a completion row, or how far a partition is applied. */
    public CorruptRecordException(String message) {
        this(message, null);
    }

    public CorruptRecordException(String message, @Nullable Bytes recordKey) {
        super(message);
        this.recordKey = recordKey;
    }

    /** The key of the record, which another member can give again; null if the row is no record. */
    public @Nullable Bytes recordKey() {
        return recordKey;
    }
}
