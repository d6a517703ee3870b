/** What runs have tried: which rules made a difference, which situations came up, which faults did harm. */
@NullMarked
package io.brickwork.sim.coverage;

import org.jspecify.annotations.NullMarked;
