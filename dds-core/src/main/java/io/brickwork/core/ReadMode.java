package io.brickwork.core;

/** What a read promises. */
public enum ReadMode {
    /** Sees every write that was acknowledged before the read began. */
    LINEARIZABLE,
    /** Whatever the asked replica has; what it shows may never commit. */
    STALE
}
