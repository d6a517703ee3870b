package io.brickwork.sim.kernel;

import java.util.function.LongSupplier;

/**
 * Hears what happens in a world, for people who will look at it afterwards. It must not change anything, draw anything
 * or call back: a run is the same with and without one.
 *
 * <p>Nodes of the network are named by their numbers there, {@value #WORLD} stands for the world itself. Nodes that run
 * code of a user are in no network, only their clients are: their numbers go down from {@value #FIRST_SERVICE}. One
 * thread, the world's.
 */
public interface Recorder {
    /** The node number of what happens to all. */
    int WORLD = -1;

    /** The number of the first node that runs code of a user. */
    int FIRST_SERVICE = -2;

    /** Listens to nothing, and costs nothing. */
    Recorder NONE = new Recorder() {};

    /** Told once, before anything else: how to ask for the virtual time. */
    default void begins(LongSupplier nowNanos) {}

    /**
     * A message leaves its sender. Unless {@link #arrived} tells otherwise, it is lost.
     *
     * @param wire the message as bytes; this very object is what arrives
     */
    default void sent(int from, int to, Object message, Object wire) {}

    /** A message arrives; one that was doubled arrives twice. */
    default void arrived(int to, Object wire) {}

    /** Something befell a node, in words. */
    default void noted(int node, String text) {}

    /** A machine tells of its protocol. */
    default void told(int node, Object event) {}

    /** The faults of a run are numbered from 0. */
    default void struck(int number, String fault) {}

    /**
     * From here on something is wrong with a node, such as "down" or "cut".
     *
     * @param peer with its connection to this node; {@link #WORLD} if with the node itself
     */
    default void began(int node, String what, int peer) {}

    /** It is not any more; said as often as anybody likes. */
    default void ended(int node, String what, int peer) {}

    /** From here on, something is wrong with a node for so long. */
    default void lasts(int node, String what, long nanos) {}
}
