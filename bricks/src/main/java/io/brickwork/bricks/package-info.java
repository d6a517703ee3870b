/**
 * Decides how machines meet the world: actors, cluster membership, disks, clocks and sockets. Refuses to decide
 * anything of the protocol.
 */
@NullMarked
package io.brickwork.bricks;

import org.jspecify.annotations.NullMarked;
