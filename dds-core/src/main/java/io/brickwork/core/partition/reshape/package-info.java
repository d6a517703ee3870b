/** What a primary does while its partition is split, or merged with a neighbour. */
@NullMarked
package io.brickwork.core.partition.reshape;

import org.jspecify.annotations.NullMarked;
