package io.brickwork.core.client;

/**
 * Why a call ends without an answer.
 *
 * @param text for people
 */
record GivenUp(Cause cause, String text) {
    enum Cause {
        DEADLINE,
        INTERRUPT,
        /** No brick takes the client's token. */
        TOKEN_REFUSED,
        /** No brick will answer any more. */
        ENDED,
        CLOSE
    }

    static final GivenUp DEADLINE = new GivenUp(Cause.DEADLINE, "the deadline passed");
    static final GivenUp INTERRUPT = new GivenUp(Cause.INTERRUPT, "the caller was interrupted");
    static final GivenUp CLOSE = new GivenUp(Cause.CLOSE, "the client was closed");

    static GivenUp ended(String why) {
        return new GivenUp(Cause.ENDED, why);
    }

    static GivenUp tokenRefused(String why) {
        return new GivenUp(Cause.TOKEN_REFUSED, why);
    }

    boolean isTokenRefused() {
        return cause == Cause.TOKEN_REFUSED;
    }

    boolean isDeadline() {
        return cause == Cause.DEADLINE;
    }

    boolean isClose() {
        return cause == Cause.CLOSE;
    }

    /** Whether the client goes on, so that what was begun can be ended in order. */
    boolean leavesClientOpen() {
        return cause == Cause.DEADLINE || cause == Cause.INTERRUPT || cause == Cause.TOKEN_REFUSED;
    }
}
