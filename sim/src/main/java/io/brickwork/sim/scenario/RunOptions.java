package io.brickwork.sim.scenario;

import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.GrowthLimits;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.sim.disk.DiskOptions;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.network.NetworkOptions;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.WorldOptions;
import java.util.EnumMap;

/**
 * Everything that a run is made of.
 *
 * @param partitions of the structure that callers use
 * @param replicas of each partition
 * @param replication of that structure
 */
public record RunOptions(
        WorldOptions world,
        WorkloadOptions workload,
        FaultOptions faults,
        int partitions,
        int replicas,
        Durability durability,
        Replication replication) {
    /** The shortest that bricks can be told in their settings. */
    private static final long SHORT_LEASE_NANOS = 500_000_000;
    /** Short enough for sessions to end while their clients are cut off or paused. */
    private static final long SHORT_SESSION_NANOS = 1_000_000_000;

    /** A run whose structure is replicated by two-phase commit. */
    public RunOptions(
            WorldOptions world,
            WorkloadOptions workload,
            FaultOptions faults,
            int partitions,
            int replicas,
            Durability durability) {
        this(world, workload, faults, partitions, replicas, durability, Replication.TWO_PHASE);
    }

    /**
     * Draws a mix, swarm style: most runs lack most kinds of faults, so that the others get far (Groce et al. 2012).
     */
    public static RunOptions draw(SimRandom seeded) {
        SimRandom random = seeded.stream("options");
        int bricks = random.nextInt(10) < 5 ? 3 : random.between(1, 5);
        boolean isHarsh = random.nextInt(3) == 0;
        NetworkOptions network = new NetworkOptions(
                random.scaled(1_000, 200_000),
                random.scaled(10_000, 5_000_000),
                random.nextInt(3) == 0 ? random.between(1, 20_000) : 0,
                random.scaled(1_000_000, 500_000_000),
                random.nextBoolean() ? random.between(10_000, 1_000_000) : 0,
                isHarsh,
                (int) random.scaled(1, 200_000),
                (int) random.scaled(1, 200_000),
                random.scaled(10_000_000, 2_000_000_000));
        DiskOptions disk = new DiskOptions(
                random.scaled(10_000, 500_000),
                random.scaled(10_000, 20_000_000),
                random.scaled(10_000, 100_000_000),
                random.scaled(1_000, 100_000_000),
                random.nextBoolean() ? (int) random.scaled(256, 16_384) : 1 << 20,
                1L << 30);
        WorldOptions world = new WorldOptions(
                bricks,
                disk,
                network,
                random.scaled(1_000_000, 10_000_000_000L),
                random.nextBoolean() ? 0 : (int) random.scaled(1, 10_000),
                (int) random.scaled(1, 64),
                random.nextInt(3) == 0 ? random.between(1_000, 100_000) : 0,
                random.scaled(10_000, 3_000_000_000L),
                random.nextInt(4) == 0 ? random.scaled(2_000, 1 << 20) : 64 << 20,
                random.nextInt(4) == 0 ? random.scaled(200, 1 << 16) : 8 << 20,
                (int) random.scaled(64, TableChunk.BYTES),
                random.nextInt(3) == 0
                        ? random.scaled(SHORT_LEASE_NANOS, MetadataState.LEASE_TERM_NANOS)
                        : MetadataState.LEASE_TERM_NANOS,
                random.nextInt(3) == 0
                        ? random.scaled(SHORT_SESSION_NANOS, 2 * SHORT_SESSION_NANOS)
                        : BrickConfig.SESSION_TIMEOUT_NANOS,
                random.nextBoolean()
                        ? new GrowthLimits(
                                random.scaled(1, 30),
                                1L << 30,
                                random.scaled(1, 100),
                                random.scaled(100_000_000, 60_000_000_000L))
                        : GrowthLimits.DEFAULT,
                0);
        SimRandom crowd = seeded.stream("crowd");
        boolean isCrowded = crowd.nextInt(20) == 0;
        int clients = random.between(2, 6);
        int operations = random.between(20, 60);
        WorkloadOptions workload = new WorkloadOptions(
                isCrowded ? crowd.between(12, 30) : clients,
                isCrowded ? crowd.between(5, 12) : operations,
                random.nextInt(3) == 0 ? random.between(2, 4) : 1,
                random.between(1, 5),
                random.scaled(10_000, 50_000_000),
                random.scaled(20_000_000, 10_000_000_000L),
                random.between(10, 70),
                random.between(0, 60));
        EnumMap<FaultOptions.Fault, Integer> weights = new EnumMap<>(FaultOptions.Fault.class);
        for (FaultOptions.Fault fault : FaultOptions.Fault.values()) {
            if (!fault.hasAim() && random.nextInt(4) == 0) {
                weights.put(fault, random.between(1, 5));
            }
        }
        drawAims(seeded.stream("aims"), weights);
        FaultOptions faults = new FaultOptions(
                random.scaled(10_000_000, 2_000_000_000),
                weights,
                random.scaled(1_000_000, 3_000_000_000L),
                random.scaled(1_000_000, 5_000_000_000L));
        return new RunOptions(
                world,
                workload,
                faults,
                1 << random.between(0, 2),
                random.nextInt(3) == 0 ? random.between(1, 3) : 3,
                random.nextBoolean() ? Durability.SYNC : Durability.REPLICATED,
                drawReplication(seeded));
    }

    /** Most runs have none of the faults with an aim; the others have some, and more of them than of the rest. */
    private static void drawAims(SimRandom random, EnumMap<FaultOptions.Fault, Integer> weights) {
        if (random.nextInt(5) < 3) {
            return;
        }
        for (FaultOptions.Fault fault : FaultOptions.Fault.values()) {
            if (fault.hasAim() && random.nextInt(3) == 0) {
                weights.put(fault, random.between(2, 10));
            }
        }
    }

    /** Either way of replication, as often as the other. */
    static Replication drawReplication(SimRandom seeded) {
        return seeded.stream("replication").nextBoolean() ? Replication.CHAIN : Replication.TWO_PHASE;
    }

    public RunOptions withReplication(Replication newReplication) {
        return new RunOptions(world, workload, faults, partitions, replicas, durability, newReplication);
    }

    public RunOptions withWorld(WorldOptions newWorld) {
        return new RunOptions(newWorld, workload, faults, partitions, replicas, durability, replication);
    }

    public RunOptions withFaults(FaultOptions newFaults) {
        return new RunOptions(world, workload, newFaults, partitions, replicas, durability, replication);
    }

    public RunOptions withWorkload(WorkloadOptions newWorkload) {
        return new RunOptions(world, newWorkload, faults, partitions, replicas, durability, replication);
    }
}
