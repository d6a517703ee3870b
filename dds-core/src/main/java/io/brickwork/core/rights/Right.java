package io.brickwork.core.rights;

/** What may be done to a structure. Each right includes those before it. */
public enum Right {
    NONE,
    /** Reading records, and comparing them in transactions. */
    READ,
    /** Changing records, and creating the structure. */
    WRITE,
    /** Changing the structure itself: splits, merges, dropping it, accepting a loss. */
    ADMIN;

    public boolean includes(Right other) {
        return compareTo(other) >= 0;
    }
}
