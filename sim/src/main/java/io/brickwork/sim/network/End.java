package io.brickwork.sim.network;

import java.util.TreeMap;

/** A node on the network, and to whom it does not get through. */
final class End {
    final SimNetwork.Node node;
    boolean isAlive;
    /** To which nodes nothing gets through from here, and how often they have been cut off. */
    final TreeMap<Integer, Integer> cutTo = new TreeMap<>();

    End(SimNetwork.Node node) {
        this.node = node;
    }
}
