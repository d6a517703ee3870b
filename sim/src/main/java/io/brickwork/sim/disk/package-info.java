/**
 * A simulated disk with a brick's log and table on it: what survives which crash, when things become durable, and how a
 * disk fails. Knows the ports of core, no files.
 */
@NullMarked
package io.brickwork.sim.disk;

import org.jspecify.annotations.NullMarked;
