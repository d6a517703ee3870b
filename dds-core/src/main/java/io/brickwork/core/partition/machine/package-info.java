/**
 * What a brick asks of a replica of one of its partitions, whatever protocol keeps the group's replicas alike. Knows
 * nothing of any protocol.
 */
@NullMarked
package io.brickwork.core.partition.machine;

import org.jspecify.annotations.NullMarked;
