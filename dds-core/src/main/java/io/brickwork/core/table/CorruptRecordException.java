package io.brickwork.core.table;

/** A record's checksum is wrong. What it held is unknown, which is not the same as absent. */
public final class CorruptRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CorruptRecordException(String message) {
        super(message);
    }
}
