package io.brickwork.core;

/** How a replica group gets what is written to all of its members. The number is what formats hold. */
public enum Replication {
    /**
     * The primary sends to all others at once, and what all have stored is committed (Gribble 2000 §4.1): the shortest
     * way for a write.
     */
    TWO_PHASE(1),
    /**
     * The primary, the head, sends to the next member, and each member to the next; what the last one, the tail, has
     * stored is committed (van Renesse and Schneider 2004). Each member sends a value once, the primary too, so that
     * writes of large values share the network of all members; a write takes as many steps as there are members, and as
     * many back.
     */
    CHAIN(2);

    /** That of a structure that asks for none. */
    public static final Replication DEFAULT = TWO_PHASE;

    private final int code;

    Replication(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /**
     * The one with the number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Replication of(int code) {
        for (Replication one : values()) {
            if (one.code == code) {
                return one;
            }
        }
        throw new IllegalArgumentException("no way of replication has the number " + code);
    }
}
