package io.brickwork.bricks.settings;

import org.jspecify.annotations.Nullable;

/**
 * A brick cannot start, for a reason in the world around it or in its settings. The message says what, where, and what
 * to do; it is meant for people.
 */
public final class BrickStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BrickStartException(String message) {
        super(message);
    }

    public BrickStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
