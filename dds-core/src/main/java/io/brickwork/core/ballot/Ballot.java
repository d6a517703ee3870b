package io.brickwork.core.ballot;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;

/**
 * The number under which one member leads; no two leaders ever have the same, and none is used again after a restart
 * (Lamport 2001 §2.2).
 *
 * @param round from 1; 0 only in {@link #NONE}
 */
public record Ballot(long round, PaxosMember leader) implements Comparable<Ballot> {
    /** Below every ballot that is used. */
    public static final Ballot NONE = new Ballot(0, new PaxosMember(new BrickId("-"), new DiskId(0, 0)));

    public Ballot {
        Check.argument(round >= 0, "ballot round %d is negative", round);
    }

    @Override
    public int compareTo(Ballot other) {
        return round != other.round ? Long.compare(round, other.round) : leader.compareTo(other.leader);
    }

    public boolean isAbove(Ballot other) {
        return compareTo(other) > 0;
    }

    public boolean isBelow(Ballot other) {
        return compareTo(other) < 0;
    }

    @Override
    public String toString() {
        return round + "@" + leader;
    }
}
