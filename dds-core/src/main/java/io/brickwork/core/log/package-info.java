/** The port to a brick's log, the source of truth. Knows records and positions, not files. */
@NullMarked
package io.brickwork.core.log;

import org.jspecify.annotations.NullMarked;
