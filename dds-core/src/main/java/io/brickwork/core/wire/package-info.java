/** Bytes to messages and back, bounded: nothing is allocated on the word of a peer. Decides nothing. */
@NullMarked
package io.brickwork.core.wire;

import org.jspecify.annotations.NullMarked;
