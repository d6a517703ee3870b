/**
 * The metadata log by itself in the world: its nodes on simulated disks and links, under every fault at any moment of a
 * turn. Decides what is tried and what must hold; the machines are the ones that ship.
 */
@NullMarked
package io.brickwork.sim.metadata;

import org.jspecify.annotations.NullMarked;
