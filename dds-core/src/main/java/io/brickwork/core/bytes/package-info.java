/**
 * Bytes read and written in order, bounded: nothing is allocated on the word of a peer. Knows nothing of what the bytes
 * mean.
 */
@NullMarked
package io.brickwork.core.bytes;

import org.jspecify.annotations.NullMarked;
