package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.outcome.Outcome;

/**
 * Takes the effects of a {@link ClientMachine}'s step. The shell keeps links to all members of the cluster up by
 * itself.
 */
public interface ClientOutbox {
    /** Sends a request over the brick's link; dropped if there is none. */
    void send(BrickId to, CallMessage message);

    /**
     * Whether the brick's link should be given more just now. Asked before each {@link #send}; once it says no,
     * {@link ClientInput.LinkDrained} tells that it would say yes again.
     */
    default boolean takesMore(BrickId to) {
        return true;
    }

    /** Tells the caller how its operation ended. Once for each call. */
    void complete(long call, Outcome outcome);
}
