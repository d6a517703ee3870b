/** What a replica needs of the brick it lives in, one narrow port for each concern. */
@NullMarked
package io.brickwork.core.partition.port;

import org.jspecify.annotations.NullMarked;
