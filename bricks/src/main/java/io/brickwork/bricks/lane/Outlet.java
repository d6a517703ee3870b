package io.brickwork.bricks.lane;

import io.brickwork.core.message.Message;

/**
 * Where messages to one endpoint leave the lane: a link, or a caller in the same process. Used by the lane's thread only.
 */
public interface Outlet {
    /** Takes a message for the next {@link #flush}; drops it if the link is gone. Never blocks, never throws for what the network does. */
    void send(Message message);

    /** Lets everything taken since the last flush leave. Once a turn. */
    void flush();

    /** Lets nothing more leave, and ends the link. */
    void close();

    /** The same, and tells the other end why if it can. */
    default void close(String reason) {
        close();
    }
}
