/**
 * Decides what happens in a simulated world and whether a history in it was right. Refuses to know any protocol: it
 * runs the same machines that bricks run.
 */
@NullMarked
package io.brickwork.sim;

import org.jspecify.annotations.NullMarked;
