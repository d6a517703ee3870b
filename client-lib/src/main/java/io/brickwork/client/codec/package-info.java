/**
 * Which codec a class gets: a built-in one, or Kryo, whose only home this is. Knows nothing of structures and
 * connections.
 */
@NullMarked
package io.brickwork.client.codec;

import org.jspecify.annotations.NullMarked;
