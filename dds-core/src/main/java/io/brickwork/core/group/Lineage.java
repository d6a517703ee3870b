package io.brickwork.core.group;

import io.brickwork.core.PartitionId;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the metadata log has decided of the splits and merges of partitions. */
public interface Lineage {
    /** The partition's group; null if there is none: never was, or is merged into another, or its structure is gone. */
    @Nullable
    Group group(PartitionId partition);

    /** What became of a partition that was merged into another; null if it was not. */
    @Nullable
    Absorbed absorbed(PartitionId partition);

    /** The splits that partitions of a structure came of, also of those partitions that were merged since. */
    Stream<Origin> origins(int structure);

    /** The partitions that were merged into this one. */
    Stream<Absorbed> absorbedInto(PartitionId partition);
}
