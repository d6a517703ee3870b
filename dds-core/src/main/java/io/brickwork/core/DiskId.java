package io.brickwork.core;

import java.util.HexFormat;

/**
 * The identity of what a brick's disk holds: 16 bytes drawn at random by the shell when it sets up an empty directory.
 * A brick that lost its disk comes back under its name with another one, and is nobody's heir.
 */
public record DiskId(long high, long low) implements Comparable<DiskId> {
    @Override
    public int compareTo(DiskId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
