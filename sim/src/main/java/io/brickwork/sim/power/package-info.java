/**
 * Whether the simulator would notice: leaves out one rule of the protocols after another, and counts the seeds until a
 * run fails. Knows scenarios and defences, and nothing of what is inside.
 */
@NullMarked
package io.brickwork.sim.power;

import org.jspecify.annotations.NullMarked;
