package io.brickwork.sim.world;

import org.jspecify.annotations.Nullable;

/** A run went wrong. The message says what broke, where, and how to see it again. */
public final class SimFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String what;
    private final String block;
    private final String tail;

    /** In which way it went wrong. */
    public enum Kind {
        /** A promise was broken. */
        SAFETY("safety"),
        /** A machine threw. */
        CRASH("crash"),
        /** Something that had to end did not. */
        LIVENESS("liveness"),
        /** The same seed gave another run. */
        NOT_DETERMINISTIC("not deterministic"),
        /** Less was executed than planned. */
        TOO_LITTLE("too little executed"),
        /** A checker gave up. */
        UNDECIDED("undecided");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** In words. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** @param what the broken promise, a colon, and what was found; more lines may follow */
    public SimFailure(Kind kind, String what) {
        this(kind, what, what, "", null);
    }

    /**
     * @param block what a person sees first, {@code replay:} line included
     * @param tail whatever follows it
     */
    public SimFailure(Kind kind, String what, String block, String tail, @Nullable Throwable cause) {
        super(block + tail, cause);
        this.kind = kind;
        this.what = what;
        this.block = block;
        this.tail = tail;
    }

    public Kind kind() {
        return kind;
    }

    /** The broken promise, a colon, and what was found. */
    public String what() {
        return what;
    }

    /** The lines to show, as in a failing test: what broke, where, and the command that shows it again. */
    public String block() {
        return block.strip();
    }

    /** Whatever follows the block in the message. */
    public String tail() {
        return tail;
    }

    /**
     * What stays the same when the same thing breaks in another run: kind and promise, and for what was thrown its text
     * without numbers.
     */
    public String signature() {
        String first = what.lines().findFirst().orElse("");
        String detail = kind == Kind.CRASH
                ? first.replaceAll("[0-9]+", "#")
                : first.substring(0, Math.max(0, first.indexOf(':')));
        return kind + " " + detail;
    }
}
