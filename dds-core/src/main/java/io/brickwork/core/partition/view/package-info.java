/** The step from one view of a group to the next: fence, level, have it recorded, open. */
@NullMarked
package io.brickwork.core.partition.view;

import org.jspecify.annotations.NullMarked;
