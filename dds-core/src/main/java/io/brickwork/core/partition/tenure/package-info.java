/** Which view a replica has promised to, and whether that view is open here. Knows nothing of what is stored. */
@NullMarked
package io.brickwork.core.partition.tenure;

import org.jspecify.annotations.NullMarked;
