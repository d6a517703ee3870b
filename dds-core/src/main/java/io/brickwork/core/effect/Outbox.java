package io.brickwork.core.effect;

import io.brickwork.core.message.Message;

/**
 * Takes the effects of a {@code BrickMachine}'s step. The shell carries them out in order, messages at the end of the
 * turn.
 */
public interface Outbox {
    /** Sends a message. It may be lost; to an endpoint without a link it is dropped. */
    void send(Endpoint to, Message message);

    /**
     * Sends {@code answer} if the clock, looked at when the effect is carried out, is still before the deadline, else
     * {@code otherwise}.
     *
     * @param deadlineNanos on the brick's monotonic clock; {@link Long#MAX_VALUE} for never
     */
    void replyBefore(Endpoint to, long deadlineNanos, Message answer, Message otherwise);

    /** Closes the link to the endpoint, if there is one, because of what came from there. */
    default void hangUp(Endpoint from, String reason) {}

    /** Tells of something that happened, for logs, metrics and traces. */
    void note(Event event);
}
