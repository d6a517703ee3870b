/**
 * What the disk under a directory has, and what a failure of it means to people: which file, how much is free, and what
 * to do.
 */
@NullMarked
package io.brickwork.bricks.disk;

import org.jspecify.annotations.NullMarked;
