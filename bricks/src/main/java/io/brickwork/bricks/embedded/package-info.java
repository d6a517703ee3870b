/** A brick for callers in its own process: no network, no actors, one thread, and reads on the caller's own. */
@NullMarked
package io.brickwork.bricks.embedded;

import org.jspecify.annotations.NullMarked;
