package io.brickwork.sim.disk;

import io.brickwork.core.Check;

/**
 * How a simulated disk behaves.
 *
 * @param syncMinNanos the least time that a sync takes
 * @param syncMeanNanos about how much it takes beyond that
 * @param applyMeanNanos about how long a batch takes until it is in the table
 * @param tellMeanNanos about how long after that the machine hears of it; until then reads may see more than the
 *     machine was told
 * @param segmentBytes how full a segment of the log gets before the next begins
 * @param capacityBytes log and table together; a write beyond it fails
 */
public record DiskOptions(
        long syncMinNanos,
        long syncMeanNanos,
        long applyMeanNanos,
        long tellMeanNanos,
        int segmentBytes,
        long capacityBytes) {
    public static final DiskOptions DEFAULT = new DiskOptions(100_000, 300_000, 500_000, 200_000, 64 << 10, 1L << 30);

    public DiskOptions {
        Check.argument(
                syncMinNanos >= 0 && syncMeanNanos >= 0 && applyMeanNanos >= 0 && tellMeanNanos >= 0,
                "a latency is negative in sync %d + %d, apply %d, tell %d ns",
                syncMinNanos,
                syncMeanNanos,
                applyMeanNanos,
                tellMeanNanos);
        Check.argument(segmentBytes >= 64, "segments of %d bytes", segmentBytes);
        Check.argument(capacityBytes > segmentBytes, "capacity of %d bytes", capacityBytes);
    }

    public DiskOptions withSegmentBytes(int bytes) {
        return new DiskOptions(syncMinNanos, syncMeanNanos, applyMeanNanos, tellMeanNanos, bytes, capacityBytes);
    }

    public DiskOptions withCapacityBytes(long bytes) {
        return new DiskOptions(syncMinNanos, syncMeanNanos, applyMeanNanos, tellMeanNanos, segmentBytes, bytes);
    }
}
