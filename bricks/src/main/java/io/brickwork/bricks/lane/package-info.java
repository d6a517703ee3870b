/**
 * Runs a brick's machine: one thread, turns, and the order of log writes and sends within a turn. Decides nothing of
 * the protocol and knows nothing of sockets' bytes or of files.
 */
@NullMarked
package io.brickwork.bricks.lane;

import org.jspecify.annotations.NullMarked;
