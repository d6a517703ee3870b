package io.brickwork.core.effect;

import io.brickwork.core.BrickId;

/** Where a message comes from or goes to, as a brick sees it. */
public sealed interface Endpoint {
    /** Another brick, or this one. */
    record Peer(BrickId brick) implements Endpoint {}

    /**
     * A client's or an operator's link.
     *
     * @param link drawn by the shell and never used again while the brick runs
     * @param isOperator whether the other end has proved that it knows the cluster's secret
     */
    record Caller(long link, boolean isOperator) implements Endpoint {
        /** A client's. */
        public Caller(long link) {
            this(link, false);
        }
    }
}
