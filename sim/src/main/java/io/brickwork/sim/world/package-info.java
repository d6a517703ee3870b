/**
 * The simulated world: bricks and clients that run the very machines that ship, on simulated disks and a simulated
 * network, and the faults that befall them. Carries out effects and decides who is struck by what; knows no protocol.
 */
@NullMarked
package io.brickwork.sim.world;

import org.jspecify.annotations.NullMarked;
