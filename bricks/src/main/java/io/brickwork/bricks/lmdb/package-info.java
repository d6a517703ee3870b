/**
 * The table on LMDB. Decides how rows get to disk and how snapshots share read transactions; knows nothing of
 * replication.
 */
@NullMarked
package io.brickwork.bricks.lmdb;

import org.jspecify.annotations.NullMarked;
