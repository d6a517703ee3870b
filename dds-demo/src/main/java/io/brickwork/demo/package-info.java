/**
 * Shows the main job on real input: WordNet in three brick processes that lose a disk, are stopped and killed, and come
 * back. Knows bricks only as processes, and their data only as a client does.
 */
@NullMarked
package io.brickwork.demo;

import org.jspecify.annotations.NullMarked;
