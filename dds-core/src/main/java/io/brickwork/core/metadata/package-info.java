/**
 * What all bricks agree on: which bricks there are, which structures, and which views their partitions have had.
 * Decides whether a change still applies; knows nothing of how the log of changes comes about, nor of time.
 */
@NullMarked
package io.brickwork.core.metadata;

import org.jspecify.annotations.NullMarked;
