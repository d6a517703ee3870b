package io.brickwork.check;

/**
 * An operation of a history, as far as its place among the others goes.
 *
 * @param <C> what it is itself
 */
interface Invoked<C extends Invoked<C>> {
    /** Whether it was answered. */
    boolean isDone();

    /** Its invocation's place among all invocations and responses: the real-time order. */
    long invokedAt();

    /** Its response's place; {@link Long#MAX_VALUE} if it has none. */
    long endedAt();

    /** The same operation as if it had not ended. */
    C asOpen();
}
