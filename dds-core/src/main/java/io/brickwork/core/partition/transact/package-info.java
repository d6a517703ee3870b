/**
 * The primary's side of transactions over several partitions:
 * {@link io.brickwork.core.partition.transact.Participation} votes and carries out outcomes,
 * {@link io.brickwork.core.partition.transact.Resolver} finds outcomes that nobody tells,
 * {@link io.brickwork.core.partition.transact.CommitExpiry} forgets commits,
 * {@link io.brickwork.core.partition.transact.LockGate} has requests wait for locks,
 * {@link io.brickwork.core.partition.transact.DrainGate} has splits and merges wait for outcomes.
 */
@NullMarked
package io.brickwork.core.partition.transact;

import org.jspecify.annotations.NullMarked;
