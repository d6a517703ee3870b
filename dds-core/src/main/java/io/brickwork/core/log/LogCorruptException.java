package io.brickwork.core.log;

/** A part of the log that was once synced cannot be read back. */
public final class LogCorruptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogCorruptException(String message) {
        super(message);
    }
}
