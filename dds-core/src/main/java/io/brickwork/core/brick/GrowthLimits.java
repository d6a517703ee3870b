package io.brickwork.core.brick;

import io.brickwork.core.Check;

/**
 * When a partition is split, and when two are merged. Each bound of a split keeps a promise: a split counts the smaller
 * part in one transaction, for which writes to the brick's table wait.
 *
 * @param records more than these in a partition
 * @param bytes or about so much in keys and values
 * @param writesPerSecond or so many writes, for some seconds, if there is another brick to lead the other half; what a
 *     partition can take is one brick's to order
 * @param mergeAfterNanos a partition with a small part of these records, to which nobody writes for so long, is merged
 *     into a neighbour
 */
public record GrowthLimits(long records, long bytes, long writesPerSecond, long mergeAfterNanos) {
    public static final GrowthLimits DEFAULT = new GrowthLimits(200_000, 64 << 20, 10_000, 60_000_000_000L);

    public GrowthLimits {
        Check.argument(
                records >= 1 && bytes >= 1 && writesPerSecond >= 1 && mergeAfterNanos >= 1,
                "a partition is to be split above %d records, %d bytes, %d writes a second, and merged after %d ns; each must be at least 1",
                records,
                bytes,
                writesPerSecond,
                mergeAfterNanos);
    }
}
