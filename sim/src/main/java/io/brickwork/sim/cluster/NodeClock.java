package io.brickwork.sim.cluster;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** The wall clock of a node: begins on the same day in every world, is as wrong as the node's clock drifts and its faults say. */
final class NodeClock extends Clock {
    /** Any day would do; it must not depend on when the seed runs. */
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final SimNode node;
    private final ZoneId zone;

    NodeClock(SimNode node, ZoneId zone) {
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
        return BEGINNING.plusNanos(node.wallNanos());
    }
}
