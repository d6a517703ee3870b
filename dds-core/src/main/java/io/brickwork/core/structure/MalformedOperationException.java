package io.brickwork.core.structure;

/** The body of an operation is not one that its structure type knows. */
public final class MalformedOperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedOperationException(String message) {
        super(message);
    }
}
