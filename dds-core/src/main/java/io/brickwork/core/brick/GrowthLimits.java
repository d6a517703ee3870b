package io.brickwork.core.brick;

import io.brickwork.core.Check;

/**
 * When a partition is split. Each bound keeps a promise: a split counts the smaller part in one transaction, for which writes to the brick's table wait.
 *
 * @param records more than these in a partition
 * @param bytes or about so much in keys and values
 * @param writesPerSecond or so many writes, for some seconds, if there is another brick to lead the other half; what a partition can take is one brick's to order
 */
public record GrowthLimits(long records, long bytes, long writesPerSecond) {
    public static final GrowthLimits DEFAULT = new GrowthLimits(200_000, 64 << 20, 10_000);

    public GrowthLimits {
        Check.argument(
                records >= 1 && bytes >= 1 && writesPerSecond >= 1,
                "a partition is to be split above %d records, %d bytes, %d writes a second; each must be at least 1",
                records,
                bytes,
                writesPerSecond);
    }
}
