package io.brickwork.client.link;

import io.brickwork.core.message.Message;

/**
 * Is told what happens to links, on their event loop: for each link {@code up} once, then {@code received} any number
 * of times, then {@code down} once. A link that never came up is not told of.
 *
 * <p>Never called from within {@link Link#send}, {@link Link#flush} or {@link Link#close}, so a machine that sends is
 * never stepped again inside its step. An exception or error thrown by {@code up} or {@code received} is logged and
 * closes the link: whoever must halt on one catches it first.
 */
public interface LinkHandler {
    /**
     * Both connections are welcomed; {@link Link#hello} and {@link Link#welcome} tell who is who. What was sent over an
     * earlier link to the same peer may be lost.
     */
    void up(Link link);

    /**
     * A message of a call or of replicas, or {@link io.brickwork.core.message.LinkMessage.Members}; others that keep
     * the link itself are not told. Its bytes are slices of a frame: what is kept for long is copied out.
     */
    void received(Link link, Message message);

    /** The link is gone: what was sent may or may not have arrived; nothing more will come. */
    void down(Link link, String reason);

    /**
     * At a dialler: the other end does not take this end's token, and has ended the link, or not let it come up. The
     * dialler tries again.
     */
    default void tokenRefused(String reason) {}

    /** {@link Link#isWritable} has become true again. */
    default void writable(Link link) {}
}
