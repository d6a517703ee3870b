package io.brickwork.bricks.lmdb;

import io.brickwork.core.Check;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how large a table is.
 *
 * @param directory made if it is not there; its parent too
 * @param mapBytes the greatest size of the table's file. Address space, not memory: only what is used is taken from
 *     disk
 * @param capacityBytes what table and log together may take before the brick counts as full; 0 for as much as disk and
 *     map give
 * @param diskReserveBytes the brick counts as full when the disk has no more than this left
 * @param maxSnapshots how many may be open at once; one more waits
 * @param snapshotNote a snapshot open longer than this is noted in the log: the pages it sees cannot be used again
 * @param snapshotLimit a snapshot open longer than this is ended, and its next use fails
 * @param hasCopies whether all of it is elsewhere too: then a record that nobody repairs is damage to the table
 */
public record TableOptions(
        Path directory,
        long mapBytes,
        long capacityBytes,
        long diskReserveBytes,
        int maxSnapshots,
        Duration snapshotNote,
        Duration snapshotLimit,
        boolean hasCopies) {
    public static final long MAP_BYTES = 64L << 30;
    public static final long DISK_RESERVE_BYTES = 256L << 20;
    public static final int MAX_SNAPSHOTS = 64;
    public static final Duration SNAPSHOT_NOTE = Duration.ofSeconds(10);
    public static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(5);

    private static final long MIN_MAP_BYTES = 1L << 20;
    private static final int MOST_SNAPSHOTS = 4096;

    public TableOptions {
        Check.argument(
                mapBytes >= MIN_MAP_BYTES, "a map of %,d bytes; at least %,d are needed", mapBytes, MIN_MAP_BYTES);
        Check.argument(
                capacityBytes >= 0 && diskReserveBytes >= 0,
                "capacity of %d, disk reserve of %d bytes",
                capacityBytes,
                diskReserveBytes);
        Check.argument(
                maxSnapshots >= 1 && maxSnapshots <= MOST_SNAPSHOTS,
                "%d snapshots, not from 1 to %d",
                maxSnapshots,
                MOST_SNAPSHOTS);
        Check.argument(
                snapshotNote.isPositive() && snapshotLimit.compareTo(snapshotNote) >= 0,
                "snapshots noted after %s and ended after %s",
                snapshotNote,
                snapshotLimit);
    }

    /** The defaults. */
    public static TableOptions of(Path directory) {
        return new TableOptions(
                directory, MAP_BYTES, 0, DISK_RESERVE_BYTES, MAX_SNAPSHOTS, SNAPSHOT_NOTE, SNAPSHOT_LIMIT, false);
    }

    public TableOptions withMapBytes(long mapBytes) {
        return new TableOptions(
                directory,
                mapBytes,
                capacityBytes,
                diskReserveBytes,
                maxSnapshots,
                snapshotNote,
                snapshotLimit,
                hasCopies);
    }

    public TableOptions withCapacityBytes(long capacityBytes) {
        return new TableOptions(
                directory,
                mapBytes,
                capacityBytes,
                diskReserveBytes,
                maxSnapshots,
                snapshotNote,
                snapshotLimit,
                hasCopies);
    }

    public TableOptions withDiskReserveBytes(long diskReserveBytes) {
        return new TableOptions(
                directory,
                mapBytes,
                capacityBytes,
                diskReserveBytes,
                maxSnapshots,
                snapshotNote,
                snapshotLimit,
                hasCopies);
    }

    public TableOptions withMaxSnapshots(int maxSnapshots) {
        return new TableOptions(
                directory,
                mapBytes,
                capacityBytes,
                diskReserveBytes,
                maxSnapshots,
                snapshotNote,
                snapshotLimit,
                hasCopies);
    }

    public TableOptions withSnapshotTimes(Duration snapshotNote, Duration snapshotLimit) {
        return new TableOptions(
                directory,
                mapBytes,
                capacityBytes,
                diskReserveBytes,
                maxSnapshots,
                snapshotNote,
                snapshotLimit,
                hasCopies);
    }

    public TableOptions withCopies(boolean hasCopies) {
        return new TableOptions(
                directory,
                mapBytes,
                capacityBytes,
                diskReserveBytes,
                maxSnapshots,
                snapshotNote,
                snapshotLimit,
                hasCopies);
    }
}
