package io.brickwork.core.entry;

import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;

/**
 * The mark on an incomplete partition, as it is on disk from the first {@code CopyStep.Begin} or {@code CopyStep.Drop}
 * on.
 *
 * @param isCleared whether everything the partition had before is gone, so that chunks may be put
 * @param liveRecords how many records were put since
 */
public record CopyMark(PartitionId partition, boolean isCleared, long liveRecords) {
    public CopyMark {
        Check.argument(
                liveRecords >= 0 && (isCleared || liveRecords == 0),
                "partition %s: a mark with %d records, cleared: %s",
                partition,
                liveRecords,
                isCleared);
    }

    /** What was there before is being removed. */
    public static CopyMark clearing(PartitionId partition) {
        return new CopyMark(partition, false, 0);
    }

    /** Nothing is there. */
    public static CopyMark cleared(PartitionId partition) {
        return new CopyMark(partition, true, 0);
    }

    /** After a chunk that brought so many records that were not there. */
    public CopyMark plus(long newRecords) {
        return new CopyMark(partition, isCleared, liveRecords + newRecords);
    }
}
