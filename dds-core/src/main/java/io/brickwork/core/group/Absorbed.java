package io.brickwork.core.group;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.structure.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a partition that was merged into another.
 *
 * @param into which one has what it had
 * @param version of the entry by which that one took it in
 * @param range what it had
 * @param slot of the metadata log in which that was recorded
 * @param origin what it had come of; null if it was one of the first: whoever follows its parent through that split
 *     still needs to know
 */
public record Absorbed(
        PartitionId into,
        Version version,
        KeyRange range,
        long slot,
        @Nullable Origin origin) {}
