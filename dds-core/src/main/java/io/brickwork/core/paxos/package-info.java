/**
 * One log that a few bricks agree on and all bricks learn: our Multi-Paxos. Decides which value stands in which slot,
 * for ever; knows nothing of what the values mean.
 */
@NullMarked
package io.brickwork.core.paxos;

import org.jspecify.annotations.NullMarked;
