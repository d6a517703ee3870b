package io.brickwork.core.invoke;

import java.util.concurrent.CompletionStage;

/** An operation under way. Exactly one of the two methods is called, once. */
public interface Pending<R> {
    /**
     * Waits for the outcome. If the thread is interrupted its flag is restored and
     * {@link io.brickwork.core.DdsException.UnknownOutcome} thrown.
     *
     * @throws io.brickwork.core.DdsException if the operation was not done, or may not have been
     * @throws IllegalStateException on a thread that must never block, such as a brick's lane
     */
    R await();

    /** The outcome to come; completed on the caller's executor, never on a thread of a brick or a connection. */
    CompletionStage<R> stage();
}
