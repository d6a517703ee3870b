package io.brickwork.core.group;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.structure.KeyRange;

/**
 * What a partition that came of a split was before. Whoever has the parent as of a later version has nothing of the
 * child in it.
 *
 * @param parent some of whose keys it was given
 * @param version of the entry that split the parent: the child's state as of it is the parent's
 * @param range what it was given
 * @param firstEpoch of its own views: what is said of earlier ones is said of the parent's
 */
public record Origin(PartitionId parent, Version version, KeyRange range, long firstEpoch) {}
