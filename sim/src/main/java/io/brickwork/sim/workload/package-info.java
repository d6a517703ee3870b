/**
 * What simulated callers do: operations in the words of {@link io.brickwork.check.Call}, and how a structure is asked
 * for them.
 */
@NullMarked
package io.brickwork.sim.workload;

import org.jspecify.annotations.NullMarked;
