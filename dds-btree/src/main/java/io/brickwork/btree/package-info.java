/**
 * Decides what a tree's operations mean, how its key range is divided and in which order keys stand. Refuses to know
 * how an operation reaches its replicas.
 */
@NullMarked
package io.brickwork.btree;

import org.jspecify.annotations.NullMarked;
