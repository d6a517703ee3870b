package io.brickwork.core.ballot;

import io.brickwork.core.Bytes;

/** Port: the state that the log drives. Equal logs give equal states, to the byte of their snapshots. */
public interface Replicated {
    /**
     * Carries out a command. May come more than once, in different slots; whatever it holds, it must not throw.
     *
     * @return the answer for whoever proposed it
     */
    Bytes apply(long slot, Bytes command);

    Bytes snapshot();

    /** Takes the place of everything that is here. */
    void restore(Bytes snapshot);

    /** Decides at the leader when a command may go into the log. */
    @FunctionalInterface
    interface Gate {
        /**
         * Whether the command may be proposed at this moment; if not it is dropped, and its proposer tries again a
         * little later.
         */
        boolean admits(Bytes command, long nowNanos);
    }
}
