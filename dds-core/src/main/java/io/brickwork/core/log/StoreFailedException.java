package io.brickwork.core.log;

/** The disk failed at a write or a sync. Nothing that was not reported before may be counted on; the brick halts. */
public final class StoreFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreFailedException(String message) {
        super(message);
    }
}
