package io.brickwork.core.defence;

/**
 * Counts, in a simulation, which rules made a difference and which situations came up. Called by the thread of the
 * machine.
 */
public interface Probe {
    /** A rule is asked for where its lack would make a difference. */
    void asked(Defence rule);

    /** A machine is in the situation. */
    void reached(Situation situation);
}
