package io.brickwork.sim.network;

import io.brickwork.core.Bytes;
import java.util.ArrayDeque;
import java.util.List;

/** The links that there have been between two nodes, one after the other; the newest of them, and what it carries. */
final class Link {
    /** What one end sends over one connection: arrives in order, whenever it does. */
    static final class Stream {
        final ArrayDeque<Bytes> underWay = new ArrayDeque<>();
        long lastArrivalNanos;
        /** How many messages would have arrived, were it not for a cut. */
        int overdue;

        void restart(long nowNanos) {
            underWay.clear();
            lastArrivalNanos = nowNanos;
            overdue = 0;
        }
    }

    /** One end's side: whether it takes the link for up, and what it sends to the other end, urgent and bulk. */
    static final class Side {
        boolean isUp;
        final List<Stream> streams = List.of(new Stream(), new Stream());
        /** How many times longer messages from here take. */
        int slowness = 1;

        Disturbance disturbance = Disturbance.NONE;

        boolean isFaultless() {
            return slowness == 1 && disturbance.equals(Disturbance.NONE);
        }
    }

    final int dialler;
    final int listener;
    final boolean mayRepeat;
    final Side fromDialler = new Side();
    final Side fromListener = new Side();
    /** Counts the links there have been between the two. */
    int generation;
    /** Whether the newest of them carries anything. */
    boolean isWhole;

    boolean isDialling;

    Link(int dialler, int listener, boolean mayRepeat) {
        this.dialler = dialler;
        this.listener = listener;
        this.mayRepeat = mayRepeat;
    }

    Side from(int node) {
        return node == dialler ? fromDialler : fromListener;
    }

    int other(int node) {
        return node == dialler ? listener : dialler;
    }
}
