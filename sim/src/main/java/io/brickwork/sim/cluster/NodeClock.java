package io.brickwork.sim.cluster;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * The wall clock of a node, as {@code java.time} knows clocks: what it shows in a time zone. It is as wrong as its
 * drift and its faults make it.
 */
final class NodeClock extends Clock {
    private final UserNode node;
    private final ZoneId zone;

    NodeClock(UserNode node, ZoneId zone) {
        this.node = node;
        this.zone = zone;
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new NodeClock(node, other);
    }

    @Override
    public Instant instant() {
        return node.wallTime();
    }
}
