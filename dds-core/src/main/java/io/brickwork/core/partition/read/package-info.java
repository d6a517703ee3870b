/** Reads at one replica, by messages and by callers in the same process. */
@NullMarked
package io.brickwork.core.partition.read;

import org.jspecify.annotations.NullMarked;
