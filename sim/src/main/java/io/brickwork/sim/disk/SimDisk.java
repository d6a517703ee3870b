package io.brickwork.sim.disk;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimRandom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The disk of one brick: outlives the processes that open its log and its table, and decides what each kind of crash
 * leaves of them.
 *
 * <p>One process at a time has it open. {@link #killProcess} leaves all that was written; {@link #losePower} leaves
 * what was synced, and of the rest a prefix that luck decides: some whole batches, and of the next one some records.
 * Batches of the table are there whole or not at all. One thread, the world's.
 */
public final class SimDisk {
    /**
     * However slow a disk is made, one sync or batch does not take longer for it: else it would outlast every healing.
     */
    private static final long SLOWEST_NANOS = 2_000_000_000;
    /** How long a sync or a batch takes at most while the disk is calm. */
    public static final long CALM_NANOS = 50_000_000;

    final EventQueue queue;
    final SimRandom random;
    final DiskOptions options;
    final Harms harms;
    private long powerLosses;
    private LogStore logStore;
    private TableStore tableStore = new TableStore();
    private @Nullable SimLog log;
    private @Nullable SimTable table;
    private long stalledUntilNanos;
    private boolean isCacheTrusted;
    private boolean isCalm;
    /** How many times slower it is than its options say. */
    private int slowness = 1;
    /** What somebody else has put there. */
    private long foreignBytes;

    public SimDisk(EventQueue queue, SimRandom random, DiskOptions options, Harms harms) {
        this.queue = queue;
        this.random = random;
        this.options = options;
        this.harms = harms;
        this.logStore = new LogStore(options.segmentBytes());
    }

    /** Everything that was on a disk at one moment. */
    public static final class Image {
        private final LogStore log;
        private final TableStore table;

        private Image(LogStore log, TableStore table) {
            this.log = log;
            this.table = table;
        }
    }

    /** Told what becomes of the log in the background. */
    public interface LogListener {
        /** Records that begin below this position are synced. */
        void synced(long position);

        /** A write or a sync failed; the log refuses everything from here on. Once. */
        void failed(StoreFailedException failure);
    }

    /** Opens the log for a process; it has not been replayed yet. */
    public SimLog openLog(LogListener listener) {
        Check.state(log == null, "the log is open already");
        SimLog opened = new SimLog(this, listener);
        log = opened;
        return opened;
    }

    /**
     * Opens the table for a process.
     *
     * @param applied told the number of each batch once it is in the table, sometimes a while after
     */
    public Table openTable(LongConsumer applied) {
        Check.state(table == null, "the table is open already");
        SimTable opened = new SimTable(this, applied);
        table = opened;
        return opened;
    }

    /** The process dies; the machine under it runs on. */
    public void killProcess() {
        detach();
    }

    /** The machine dies. */
    public void losePower() {
        powerLosses++;
        detach();
        logStore.losePower(random);
    }

    /** How often its machine has died: the boot that it is in. */
    public long powerLosses() {
        return powerLosses;
    }

    /** No sync and no batch ends before this moment of virtual time. */
    public void stallUntil(long timeNanos) {
        stalledUntilNanos = Math.max(stalledUntilNanos, timeNanos);
    }

    /**
     * From here on syncs and batches take so many times as long, though not more than two seconds longer; 1 is as the
     * options say.
     */
    public void slowDown(int times) {
        Check.argument(times >= 1, "a disk that is %d times slower", times);
        slowness = times;
    }

    /** Somebody else fills the disk up to this level, or makes room again, down to what log and table take. */
    public void fillUpTo(int permille) {
        Check.argument(permille >= 0 && permille <= 1000, "%d of a thousand", permille);
        foreignBytes = Math.max(0, options.capacityBytes() / 1000 * permille - ownBytes());
        if (permille == 1000) {
            foreignBytes = Math.max(0, options.capacityBytes() - ownBytes());
        }
    }

    /** From here on it is as quick and as empty as its options and its brick make it. */
    public void recover() {
        slowness = 1;
        foreignBytes = 0;
        stalledUntilNanos = 0;
    }

    /**
     * Whether it is as quick and as empty as its options and its brick make it, and every record of its table can be
     * read.
     */
    public boolean isHealthy() {
        return slowness == 1 && foreignBytes == 0 && stalledUntilNanos <= queue.nowNanos() && !hasRot();
    }

    /** What is on the disk, as a copy of its files would have it: all that is written. */
    public Image image() {
        return new Image(logStore.copy(), tableStore.copy());
    }

    /** Somebody puts back what was there once. No process may have it open. */
    public void restore(Image image) {
        checkNotOpen();
        logStore = image.log.copy();
        tableStore = image.table.copy();
    }

    /** Somebody puts an empty disk in its place. No process may have it open. */
    public void wipe() {
        checkNotOpen();
        logStore = new LogStore(options.segmentBytes());
        tableStore = new TableStore();
    }

    private void checkNotOpen() {
        Check.state(log == null && table == null, "the disk is in use");
    }

    /** A drawn record of the table rots. False if it is empty. */
    public boolean rotTable() {
        return tableStore.current().rotAny(random);
    }

    /** Whether its table has records that cannot be read. */
    public boolean hasRot() {
        return tableStore.current().hasRot();
    }

    /** The record rots: from here on reading it fails. False if it is not there. Rot is found at the next read. */
    public boolean rotRecord(int structure, Bytes recordKey) {
        return tableStore.current().rot(structure, recordKey);
    }

    /** A drawn record of the log, among those that are synced, rots. False if there is none. */
    public boolean rotLog() {
        return logStore.rot(random);
    }

    /** The newest record of the log that is synced rots. False if there is none. */
    public boolean rotNewest() {
        return logStore.rotNewest();
    }

    /** Whether an entry is on this disk: in its table, or in its log (synced, if it must be) where no cut voids it. */
    public boolean holds(PartitionId partition, Version version, boolean mustBeSynced) {
        Version applied = tableStore.current().applied(partition);
        return applied.seq() > version.seq()
                || applied.equals(version)
                || (mustBeSynced ? logStore.isSynced(partition, version) : logStore.isWritten(partition, version));
    }

    /**
     * The version of the entry that this disk has under the sequence number; null if its log has none that counts, and
     * its table was not brought exactly so far.
     */
    public @Nullable Version version(PartitionId partition, long seq) {
        Version applied = tableStore.current().applied(partition);
        return applied.seq() == seq ? applied : logStore.version(partition, seq);
    }

    /** Whether the log has the entry with this sequence number, and no cut that voids the entry. */
    public boolean isLogged(PartitionId partition, long seq) {
        return logStore.version(partition, seq) != null;
    }

    /**
     * Whether the brick has let the partition go, and not begun to take it back: the newest record of its log voids all
     * entries of the partition.
     */
    public boolean isAbandoned(PartitionId partition) {
        return logStore.isAbandoned(partition);
    }

    /**
     * What the table holds at this moment, whether or not a process has it open: to look at, not to change. To be
     * closed soon.
     */
    public Snapshot look() {
        return new SimTable.View(tableStore.current(), false);
    }

    /** Bytes in use, in log and table and by others. */
    public long usedBytes() {
        return ownBytes() + foreignBytes;
    }

    private long ownBytes() {
        return logStore.keptBytes() + tableStore.current().bytes();
    }

    public int fillPermille() {
        return (int) Math.min(1000, usedBytes() * 1000 / options.capacityBytes());
    }

    /** Whether whatever begins from here on takes {@link #CALM_NANOS} at most, if nothing is wrong with the disk. */
    public void calm(boolean newIsCalm) {
        isCalm = newIsCalm;
    }

    /** When something that was drawn to take this long and begins at once is over. */
    long endOf(long drawnNanos) {
        long nanos = isCalm ? Math.min(drawnNanos, CALM_NANOS) : drawnNanos;
        if (nanos > 0 && slowness > 1) {
            harms.count(Harm.DISK_SLOWED);
        }
        long longer = Math.min(SLOWEST_NANOS, nanos * (slowness - 1));
        long end = Math.addExact(queue.nowNanos(), nanos + longer);
        if (end < stalledUntilNanos) {
            harms.count(Harm.STALLED);
        }
        return Math.max(end, stalledUntilNanos);
    }

    LogStore logStore() {
        return logStore;
    }

    TableStore tableStore() {
        return tableStore;
    }

    /**
     * From here on a log does what it never should: it goes on after a failed sync, as if the next one made up for it.
     */
    public void trustCache() {
        isCacheTrusted = true;
    }

    boolean isCacheTrusted() {
        return isCacheTrusted;
    }

    /** Whether the table may hold the entry: this brick's log has synced it, or no log is here to tell. */
    boolean isLogChecked(PartitionId partition, Version version) {
        return log == null || logStore.isSynced(partition, version);
    }

    void logClosed() {
        log = null;
    }

    void tableClosed() {
        table = null;
    }

    private void detach() {
        if (log != null) {
            log.die();
        }
        if (table != null) {
            table.die();
        }
        log = null;
        table = null;
    }
}
