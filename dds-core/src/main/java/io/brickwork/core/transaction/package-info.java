/**
 * Transactions over several keys, structures and partitions: what a participant is asked for, and what it has on
 * record. Knows nothing of replication; who votes when is decided by replicas, who is asked by clients.
 */
@NullMarked
package io.brickwork.core.transaction;

import org.jspecify.annotations.NullMarked;
