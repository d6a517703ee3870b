package io.brickwork.sim.world;

/** A run went wrong. The message says what broke, where, and how to see it again. */
public final class SimFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** In which way it went wrong. */
    public enum Kind {
        /** A promise was broken. */
        SAFETY,
        /** Something that had to end did not. */
        LIVENESS,
        /** A machine threw. */
        CRASH,
        /** A checker gave up. */
        UNDECIDED,
        /** The same seed gave another run. */
        NOT_DETERMINISTIC,
        /** Less was executed than planned. */
        TOO_LITTLE
    }

    public SimFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public SimFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
