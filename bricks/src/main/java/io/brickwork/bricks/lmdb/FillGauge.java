package io.brickwork.bricks.lmdb;

import io.brickwork.core.log.StoreFailedException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How full the table is: the greatest of three shares, in thousandths.
 *
 * <ul>
 *   <li>of the map: what holds rows, of {@link TableOptions#mapBytes};
 *   <li>of the disk: what table and log take, of that and what they could still take (what is free in the table's file,
 *       and what the disk has left above the reserve). So a disk that others fill counts, and one that is full of other
 *       things but has room does not;
 *   <li>of the capacity, if one is set: what table and log take.
 * </ul>
 *
 * {@link #refresh} by the applier's thread; {@link #permille} by any.
 */
final class FillGauge {
    private static final Logger LOG = LoggerFactory.getLogger(FillGauge.class);
    private static final int FULL = 1000;

    private final LmdbStore store;
    private final LongSupplier logBytes;
    private final FileStore disk;
    private final int pageBytes;
    private long livePages;
    private volatile int permille;

    /**
     * Looks for the first time.
     *
     * @param logBytes what the log takes on the disk of the table; called on the applier's thread
     */
    FillGauge(LmdbStore store, LongSupplier logBytes) {
        this.store = store;
        this.logBytes = logBytes;
        pageBytes = store.pageBytes();
        try {
            disk = Files.getFileStore(store.options().directory());
        } catch (IOException e) {
            throw new StoreFailedException(
                    "cannot tell on which disk the table in %s is: %s"
                            .formatted(store.options().directory(), e),
                    e);
        }
        livePages = store.livePages();
        refresh();
    }

    /** Takes in how many pages hold rows, for the next {@link #refresh}. */
    void hold(long livePages) {
        this.livePages = livePages;
    }

    /** Looks again. */
    void refresh() {
        long left;
        try {
            left = disk.getUsableSpace();
        } catch (IOException e) {
            throw new StoreFailedException(
                    "cannot tell how full the disk of the table in %s is: %s"
                            .formatted(store.options().directory(), e),
                    e);
        }
        int before = permille;
        permille = permille(
                store.options(), livePages * pageBytes, store.filePages() * pageBytes, logBytes.getAsLong(), left);
        if (permille == FULL && before < FULL) {
            LOG.warn(
                    "the table in {} counts as full: it takes {} bytes and the log {}; the disk has {} left, of which {} are kept as a reserve (disk-reserve), and the capacity is {} (0 is all of the disk)",
                    store.options().directory(),
                    livePages * pageBytes,
                    logBytes.getAsLong(),
                    left,
                    store.options().diskReserveBytes(),
                    store.options().capacityBytes());
        }
    }

    static int permille(TableOptions options, long liveBytes, long fileBytes, long logBytes, long diskLeftBytes) {
        long taken = liveBytes + logBytes;
        long room = Math.max(0, diskLeftBytes - options.diskReserveBytes()) + Math.max(0, fileBytes - liveBytes);
        int ofMap = share(liveBytes, options.mapBytes());
        // No room at all is full, however little is taken.
        int ofDisk = diskLeftBytes <= options.diskReserveBytes() ? FULL : share(taken, taken + room);
        int ofCapacity = options.capacityBytes() == 0 ? 0 : share(taken, options.capacityBytes());
        return Math.max(ofMap, Math.max(ofDisk, ofCapacity));
    }

    private static int share(long part, long whole) {
        return part >= whole ? FULL : (int) (FULL * part / whole);
    }

    int permille() {
        return permille;
    }
}
