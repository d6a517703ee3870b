package io.brickwork.core;

/**
 * The name of one operation for ever: its retries have the same id and take effect once.
 *
 * @param session whose operation it is
 * @param number counted from 1 within the session
 */
public record OperationId(SessionId session, long number) {
    /** No client's operation has this number: it stands for the end of a session. */
    public static final long LAST_NUMBER = Long.MAX_VALUE;

    public OperationId {
        Check.argument(number >= 1, "operation number %d is below 1", number);
    }

    @Override
    public String toString() {
        return session + "#" + number;
    }
}
