/** The port to a brick's table of committed records. Knows batches and snapshots, not LMDB. */
@NullMarked
package io.brickwork.core.table;

import org.jspecify.annotations.NullMarked;
