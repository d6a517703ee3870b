package io.brickwork.sim.cluster;

/**
 * Ends a thread of the simulation: its node has crashed, or the seed is over. Thrown by whatever it calls of the
 * simulation next, and by everything after that.
 *
 * <p>Not for user code to catch: a real crash cannot be caught either. {@code finally} blocks run, but nothing they
 * call has an effect on the world any more.
 */
public final class ThreadStopped extends Error {
    private static final long serialVersionUID = 1L;

    ThreadStopped(String message) {
        super(message, null, false, false);
    }
}
