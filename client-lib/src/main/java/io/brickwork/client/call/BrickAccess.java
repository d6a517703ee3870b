package io.brickwork.client.call;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port: how a client reaches bricks, over sockets or in the same process. Everything on the client's loop unless it
 * says otherwise.
 */
public interface BrickAccess {
    /** Begins to bring links up, for ever. */
    void begin(Listener listener);

    /** Gathers a request for the next {@link #flush}; dropped without a link. */
    void send(BrickId to, CallMessage request);

    /**
     * Whether more should be sent to the brick just now; once false, {@link Listener#drained} tells when it is true
     * again.
     */
    boolean takesMore(BrickId to);

    /** Sends what was gathered. */
    void flush();

    /** Lets all links go. */
    void close();

    /** Reads on the calling thread, from any; null if that is not possible just now. */
    default @Nullable Bytes tryRead(int structure, Bytes routingKey, Bytes body) {
        return null;
    }

    /** Is told what happens, on the client's loop; never from within {@link #send} or {@link #flush}. */
    interface Listener {
        void up(BrickId brick, List<Member> members, int credits);

        void down(BrickId brick);

        void received(BrickId from, CallMessage message);

        void drained(BrickId brick);

        /** There is no link, and a brick refuses this client's token; the reason is for people. */
        void tokenRefused(String why);

        /** The brick will not answer any more, whatever is done here; the reason is for people. */
        void ended(BrickId brick, String why);
    }
}
