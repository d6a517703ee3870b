/**
 * What a seed makes of a world: a load, a nemesis, how long, and what must have held at the end. Knows nothing of how
 * runs are chosen, told or made smaller.
 */
@NullMarked
package io.brickwork.sim.scenario;

import org.jspecify.annotations.NullMarked;
