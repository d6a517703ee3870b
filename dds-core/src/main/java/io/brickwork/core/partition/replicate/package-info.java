/** Gets the entries of an open view to the members of the group, and says when they count. */
@NullMarked
package io.brickwork.core.partition.replicate;

import org.jspecify.annotations.NullMarked;
