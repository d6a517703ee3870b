package io.brickwork.core.effect;

import io.brickwork.core.BrickId;

/** Where a message comes from or goes to, as a brick sees it. */
public sealed interface Endpoint {
    /** Another brick, or this one. */
    record Peer(BrickId brick) implements Endpoint {}

    /** A client's link. The number is drawn by the shell and never used again while the brick runs. */
    record Caller(long link) implements Endpoint {}
}
