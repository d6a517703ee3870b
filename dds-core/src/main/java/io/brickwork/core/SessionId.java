package io.brickwork.core;

import java.util.HexFormat;

/**
 * A client's session. Operations are numbered within it.
 *
 * <p>The slot of the metadata log in which it was opened makes it one of a kind in its cluster, and tells a brick
 * whether it has learned of it yet (Ongaro 2014 §6.3).
 *
 * @param slot of the metadata log
 * @param drawn by the client at random, so that a session of a cluster that was founded anew is none of the old one's
 */
public record SessionId(long slot, long drawn) implements Comparable<SessionId> {
    @Override
    public int compareTo(SessionId other) {
        int bySlot = Long.compareUnsigned(slot, other.slot);
        return bySlot != 0 ? bySlot : Long.compareUnsigned(drawn, other.drawn);
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(slot) + "-" + HexFormat.of().toHexDigits(drawn);
    }
}
