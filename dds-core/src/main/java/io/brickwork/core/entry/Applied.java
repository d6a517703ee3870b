package io.brickwork.core.entry;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;

/**
 * How far a partition is applied.
 *
 * @param version of the last applied entry
 * @param liveRecords how many records the partition has at that version
 */
public record Applied(PartitionId partition, Version version, long liveRecords) {
    public static Applied nothing(PartitionId partition) {
        return new Applied(partition, Version.NONE, 0);
    }
}
