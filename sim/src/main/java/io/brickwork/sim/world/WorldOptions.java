package io.brickwork.sim.world;

import io.brickwork.core.Check;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.GrowthLimits;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.sim.disk.DiskOptions;
import io.brickwork.sim.network.NetworkOptions;

/**
 * What a world is made of, faults apart.
 *
 * @param bricks how many bricks there are
 * @param disk of each brick
 * @param network between all nodes
 * @param wallSkewNanos by how much the time of day is wrong at most when the world begins
 * @param driftPpm by how much clocks may run fast or slow, in millionths
 * @param inputsPerTurn how many waiting inputs a brick takes in one turn at most
 * @param pausePerMillion how often a brick pauses between the steps of a turn and their effects
 * @param pauseNanos for how long at most
 * @param overlayBytes of a brick, see {@code BrickConfig}
 * @param windowBytes of a partition, see {@code BrickConfig}
 * @param copyChunkBytes of a copy's messages, see {@code BrickConfig}
 * @param leaseTermNanos of the bricks, see {@code BrickConfig}
 * @param sessionTimeoutNanos of clients, see {@code BrickConfig}
 * @param growth when bricks split partitions
 * @param keptLines how many of the last lines of the trace are kept for a failure's report
 */
public record WorldOptions(
        int bricks,
        DiskOptions disk,
        NetworkOptions network,
        long wallSkewNanos,
        int driftPpm,
        int inputsPerTurn,
        int pausePerMillion,
        long pauseNanos,
        long overlayBytes,
        long windowBytes,
        int copyChunkBytes,
        long leaseTermNanos,
        long sessionTimeoutNanos,
        GrowthLimits growth,
        int keptLines) {
    /** Three bricks, nothing goes wrong. */
    public static final WorldOptions CALM = new WorldOptions(
            3,
            DiskOptions.DEFAULT,
            NetworkOptions.PERFECT,
            0,
            0,
            64,
            0,
            0,
            64 << 20,
            8 << 20,
            TableChunk.BYTES,
            MetadataState.LEASE_TERM_NANOS,
            BrickConfig.SESSION_TIMEOUT_NANOS,
            GrowthLimits.DEFAULT,
            0);

    public WorldOptions {
        Check.argument(bricks >= 1 && bricks <= 16, "%d bricks", bricks);
        Check.argument(inputsPerTurn >= 1, "%d inputs a turn", inputsPerTurn);
        Check.argument(
                wallSkewNanos >= 0 && driftPpm >= 0 && pauseNanos >= 0 && keptLines >= 0, "a quantity is negative");
    }

    public WorldOptions withBricks(int count) {
        return new WorldOptions(
                count,
                disk,
                network,
                wallSkewNanos,
                driftPpm,
                inputsPerTurn,
                pausePerMillion,
                pauseNanos,
                overlayBytes,
                windowBytes,
                copyChunkBytes,
                leaseTermNanos,
                sessionTimeoutNanos,
                growth,
                keptLines);
    }

    public WorldOptions withKeptLines(int lines) {
        return new WorldOptions(
                bricks,
                disk,
                network,
                wallSkewNanos,
                driftPpm,
                inputsPerTurn,
                pausePerMillion,
                pauseNanos,
                overlayBytes,
                windowBytes,
                copyChunkBytes,
                leaseTermNanos,
                sessionTimeoutNanos,
                growth,
                lines);
    }

    public WorldOptions withGrowth(GrowthLimits newGrowth) {
        return new WorldOptions(
                bricks,
                disk,
                network,
                wallSkewNanos,
                driftPpm,
                inputsPerTurn,
                pausePerMillion,
                pauseNanos,
                overlayBytes,
                windowBytes,
                copyChunkBytes,
                leaseTermNanos,
                sessionTimeoutNanos,
                newGrowth,
                keptLines);
    }

    public WorldOptions withSessionTimeout(long nanos) {
        return new WorldOptions(
                bricks,
                disk,
                network,
                wallSkewNanos,
                driftPpm,
                inputsPerTurn,
                pausePerMillion,
                pauseNanos,
                overlayBytes,
                windowBytes,
                copyChunkBytes,
                leaseTermNanos,
                nanos,
                growth,
                keptLines);
    }

    public WorldOptions withDisk(DiskOptions newDisk) {
        return new WorldOptions(
                bricks,
                newDisk,
                network,
                wallSkewNanos,
                driftPpm,
                inputsPerTurn,
                pausePerMillion,
                pauseNanos,
                overlayBytes,
                windowBytes,
                copyChunkBytes,
                leaseTermNanos,
                sessionTimeoutNanos,
                growth,
                keptLines);
    }

    public WorldOptions withNetwork(NetworkOptions newNetwork) {
        return new WorldOptions(
                bricks,
                disk,
                newNetwork,
                wallSkewNanos,
                driftPpm,
                inputsPerTurn,
                pausePerMillion,
                pauseNanos,
                overlayBytes,
                windowBytes,
                copyChunkBytes,
                leaseTermNanos,
                sessionTimeoutNanos,
                growth,
                keptLines);
    }
}
