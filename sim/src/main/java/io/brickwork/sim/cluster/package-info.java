/**
 * A simulated cluster for the code of users: their threads, clocks, luck and {@code Dds} in a world of virtual time.
 * Decides which of their threads has the turn; knows nothing of what bricks do.
 */
@NullMarked
package io.brickwork.sim.cluster;

import org.jspecify.annotations.NullMarked;
