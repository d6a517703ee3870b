/**
 * Virtual time, order, luck and the trace of a simulated world. Decides what happens next; knows nothing of what
 * happens.
 */
@NullMarked
package io.brickwork.sim.kernel;

import org.jspecify.annotations.NullMarked;
