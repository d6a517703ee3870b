package io.brickwork.core;

/** What a read promises. */
public enum ReadMode {
    /** Sees every write that was acknowledged before the read began. */
    LINEARIZABLE,
    /**
     * The same without trust in any clock: every other member of the view says after the read has come that the view is
     * still the newest. Costs a round of messages.
     */
    CONFIRMED,
    /** Whatever the asked replica has; what it shows may never commit. */
    STALE
}
