/**
 * The log of a brick on files: segments, batches, syncs, recovery. Knows records as bytes with a length; what they mean
 * to a replica it refuses to know.
 */
@NullMarked
package io.brickwork.bricks.log;

import org.jspecify.annotations.NullMarked;
