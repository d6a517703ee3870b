package io.brickwork.core.metadata;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.structure.KeyRange;

/**
 * What has become of a partition that was merged into another.
 *
 * @param into which one has what it had
 * @param version of the entry by which that one took it in
 * @param range what it had
 * @param slot of the metadata log in which that was recorded
 */
public record Absorbed(PartitionId into, Version version, KeyRange range, long slot) {}
