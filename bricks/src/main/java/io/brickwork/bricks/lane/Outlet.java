package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.message.Message;

/**
 * Where messages to one endpoint leave the lane: a link, or a caller in the same process. Used by the lane's thread
 * only.
 */
public interface Outlet {
    /**
     * Takes a message for the next {@link #flush}; drops it if the link is gone. Never blocks, never throws for what
     * the network does.
     */
    void send(Message message);

    /** Lets everything taken since the last flush leave. Once a turn. */
    void flush();

    /** Whether the other end keeps up with what it is answered, so that its further requests are worth a step. */
    default boolean takesRequests() {
        return true;
    }

    /**
     * Keeps a request of the other end until it has read more of its answers, and posts it again then.
     *
     * @return false if it is too much to be kept
     */
    default boolean keep(BrickInput.Received request) {
        return false;
    }

    /** Lets nothing more leave, and ends the link. */
    void close();

    /** The same, and tells the other end why if it can. */
    default void close(String reason) {
        close();
    }
}
