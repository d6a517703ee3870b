package io.brickwork.sim.traps;

import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.disk.DiskOptions;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.WorldOptions;
import java.util.List;

/**
 * Where a scene is set up: bricks that keep the rules of the test, and a register map. Calm, unless the scene says
 * otherwise.
 */
final class Stage {
    private final String name;
    private final Defences defences;
    private int bricks = 3;
    private int partitions = 1;
    private int segmentBytes = 1 << 20;
    private Durability durability = Durability.SYNC;
    private Replication replication = Replication.TWO_PHASE;
    private long sessionTimeoutNanos = BrickConfig.SESSION_TIMEOUT_NANOS;

    Stage(String name, Defences defences) {
        this.name = name;
        this.defences = defences;
    }

    Stage bricks(int count) {
        bricks = count;
        return this;
    }

    Stage partitions(int count) {
        partitions = count;
        return this;
    }

    /** Small segments are trimmed soon. */
    Stage segmentBytes(int bytes) {
        segmentBytes = bytes;
        return this;
    }

    /** Sessions of clients that are silent for so long end. */
    Stage sessionTimeout(long nanos) {
        sessionTimeoutNanos = nanos;
        return this;
    }

    Stage replicated() {
        durability = Durability.REPLICATED;
        return this;
    }

    /** Partitions are replicated by chains. */
    Stage chain() {
        replication = Replication.CHAIN;
        return this;
    }

    /** Bricks are up, the structure is there, three replicas of each partition. */
    Scene scene() {
        return scene(1);
    }

    Scene scene(long seed) {
        WorkloadOptions callers = new WorkloadOptions(2, 1, 1, 1, 0, 10 * Scene.SECOND, 0, 0);
        WorldOptions world = WorldOptions.CALM
                .withBricks(bricks)
                .withDisk(DiskOptions.DEFAULT.withSegmentBytes(segmentBytes))
                .withSessionTimeout(sessionTimeoutNanos)
                .withKeptLines(2_000);
        RunOptions options = new RunOptions(world, callers, FaultOptions.NONE, partitions, 3, durability, replication);
        StructureTypes types = new StructureTypes(List.of(RegisterType.TYPE));
        SimRun run = new SimRun(name, seed, options, RegisterType.TYPE, types, defences);
        return new Scene(run);
    }
}
