package io.brickwork.client.spi;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.message.CallMessage;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A brick in this process.
 *
 * <p>The client's machine runs on the brick's own {@link #lane}, so a call costs one hand-over to that thread and one
 * back, as few as a brick without a client on it would need.
 */
public interface EmbeddedBrick extends AutoCloseable {
    BrickId id();

    /** The thread that the brick's turns run on. Any thread. */
    EventLoop lane();

    /** Takes a caller. On the lane. */
    Requests connect(Replies replies);

    /**
     * Evaluates a pure read on the calling thread, linearizably, without a word to the lane. Any thread; may read from
     * disk.
     *
     * @return the encoded result; null if the brick cannot answer in this way just now: send it a request
     */
    @Nullable
    Bytes tryRead(int structure, Bytes routingKey, Bytes body);

    /** Stops the brick; what was acknowledged is on disk. Any thread but the lane; waits for it. */
    @Override
    void close();

    /** The way to the brick. On the lane. */
    interface Requests {
        /** Gathers a request for the next {@link #flush}. */
        void send(CallMessage request);

        /** Hands over what was gathered, to be done in one turn, with one log write. */
        void flush();

        /** No reply is wanted any more. */
        void close();
    }

    /**
     * The way back. On the lane; may be called from within {@link Requests#flush}, but not from within
     * {@link Requests#send}.
     */
    interface Replies {
        /** A reply; many may come in a row. */
        void received(CallMessage reply);

        /** The brick has halted, and will not answer any more; its log says why. */
        void halted(String why);

        /**
         * The brick answers from here on: soon after the caller was taken, and when another brick has taken the place
         * of one that had halted. Not from within {@link #connect}.
         */
        void opened();
    }
}
