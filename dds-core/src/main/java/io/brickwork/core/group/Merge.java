package io.brickwork.core.group;

import io.brickwork.core.PartitionId;

/**
 * Two neighbours are about to become one.
 *
 * @param other the neighbour
 * @param absorbs whether this one stays; the other serves nothing from here on, and is gone in the end
 */
public record Merge(PartitionId other, boolean absorbs) {}
