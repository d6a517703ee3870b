package io.brickwork.core.brick;

import io.brickwork.core.effect.Outbox;
import io.brickwork.core.log.Log;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.table.Table;

/** All replicas of one brick, as one machine. (Being written.) */
public final class BrickMachine {
    /** How often {@link BrickInput.Tick} should come. */
    public static final long TICK_NANOS = 10_000_000;

    public BrickMachine(BrickConfig config, StructureTypes types, Log log, Table table, Outbox outbox) {}

    /** Reads log and table. Before the first step; then the first {@link BrickInput.Written} is due. */
    public void recover(long nowNanos) {}

    public void step(BrickInput input, long nowNanos) {}
}
