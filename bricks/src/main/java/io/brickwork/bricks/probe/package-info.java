/** Asks one certain brick: what a client, which may ask any, cannot do. For status, and for comparing replicas. */
@NullMarked
package io.brickwork.bricks.probe;

import org.jspecify.annotations.NullMarked;
