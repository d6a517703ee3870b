package io.brickwork.client.spi;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Pending;

/**
 * Port: what a {@link io.brickwork.client.Dds} stands on: one session with the bricks, over sockets, in the same
 * process, or in a simulated world.
 *
 * <p>Whatever {@link Invoker} says of threads holds for all of it; an implementation that takes only certain threads
 * says so, and refuses the others by name.
 */
public interface ClientSession extends Invoker, AutoCloseable {
    /**
     * Asks what became of an operation whose outcome is unknown, one of this session's.
     *
     * @return its result if it was done; otherwise the failure that it should have been told:
     *     {@link DdsException.UnknownOutcome} if nobody knows yet, {@link DdsException.Forgotten} if nobody knows any
     *     more
     */
    Pending<Bytes> inquire(OperationId operation, CallOptions options);

    /**
     * Refuses threads that others wait for.
     *
     * @throws IllegalStateException on such a thread; the message names it
     */
    @Override
    void checkMayBlock();

    /** Ends all calls with what is certain, and lets the bricks go. Later calls fail as closed. May be repeated. */
    @Override
    void close();
}
