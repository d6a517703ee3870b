/**
 * {@code @SimTest}: user code under many seeds, as a JUnit test. Decides which seeds run and how a failing one is told;
 * knows nothing of what a seed does.
 */
@NullMarked
package io.brickwork.sim.junit;

import org.jspecify.annotations.NullMarked;
