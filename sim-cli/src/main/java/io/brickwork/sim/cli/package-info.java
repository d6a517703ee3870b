/**
 * The {@code dds sim} command: a shell around runs. Has the threads, the clock and the fresh randomness (for a base
 * seed) that worlds must not have; a world never sees them.
 */
@NullMarked
package io.brickwork.sim.cli;

import org.jspecify.annotations.NullMarked;
