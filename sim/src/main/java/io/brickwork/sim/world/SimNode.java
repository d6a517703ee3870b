package io.brickwork.sim.world;

import io.brickwork.sim.kernel.WallClock;

/** A machine in the world with one process on it: a brick or a client. What may befall both. */
public sealed interface SimNode permits SimBrick, SimClient {
    String name();

    /** Its number in the network. */
    int node();

    /** Whether its process lives. */
    boolean isUp();

    boolean isPaused();

    /**
     * Stops it where it is; what arrives waits. Monotonic and wall clocks go on, as on a machine that has no time for a
     * process.
     */
    void pause();

    /** Ends a pause, if there is one. */
    void resume();

    /**
     * From here on everything it does takes so many times as long.
     *
     * @param times at least 1
     */
    void slowDown(int times);

    /** Its time of day. */
    WallClock wallClock();
}
