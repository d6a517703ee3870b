package io.brickwork.core;

/**
 * The version of a record, and the name of the entry that made it: ordered by epoch, then by sequence number. Within
 * one partition a later write has a greater version.
 *
 * @param epoch the view's epoch in which the entry was made; 0 only in {@link #NONE}
 * @param seq the entry's place in its partition's log, from 1; 0 only in {@link #NONE}
 */
public record Version(long epoch, long seq) implements Comparable<Version> {
    /** The version of what was never written. */
    public static final Version NONE = new Version(0, 0);

    public Version {
        Check.argument(epoch >= 0 && seq >= 0, "version (%d,%d) has a negative part", epoch, seq);
    }

    @Override
    public int compareTo(Version other) {
        return epoch != other.epoch ? Long.compare(epoch, other.epoch) : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return "(" + epoch + "," + seq + ")";
    }
}
