package io.brickwork.sim.disk;

import io.brickwork.core.Check;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.sim.kernel.Harm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A brick's log on a {@link SimDisk}, as one process has it open.
 *
 * <p>Syncs are events: each covers what is written when it begins, and one begins when the one before has ended and
 * something that was asked for is written. Once a write or a sync has failed, or the process has died, the log refuses
 * everything.
 */
public final class SimLog implements Log {
    private final SimDisk disk;
    private final LogStore store;
    private final SimDisk.LogListener listener;
    private final List<LogStore.Slot> pending = new ArrayList<>();
    /** Where the next record begins. */
    private long end;
    /** Up to where a sync has been asked for. */
    private long asked;

    private boolean isSyncing;
    private boolean isReplayed;
    private boolean isClosed;
    private boolean failsNextWrite;
    private boolean failsNextSync;
    private @Nullable StoreFailedException failure;

    SimLog(SimDisk disk, SimDisk.LogListener listener) {
        this.disk = disk;
        this.store = disk.logStore();
        this.listener = listener;
        this.end = store.written();
    }

    @Override
    public void replay(Replayer replayer) {
        Check.state(!isReplayed && !isClosed, "a log is replayed once, and first");
        isReplayed = true;
        store.sync(store.written());
        asked = store.written();
        for (LogStore.Slot slot : List.copyOf(store.slots())) {
            replayer.record(slot.position, slot.read());
        }
    }

    @Override
    public long append(LogRecord record) {
        checkUsable();
        LogStore.Slot slot = new LogStore.Slot(end, record);
        pending.add(slot);
        end = slot.end;
        return slot.position;
    }

    @Override
    public void write() {
        checkUsable();
        if (pending.isEmpty()) {
            return;
        }
        if (failsNextWrite) {
            disk.harms.count(Harm.WRITE_FAILED);
            fail("the disk refused a write at position " + store.written());
        }
        if (disk.usedBytes() + (end - store.written()) > disk.options.capacityBytes()) {
            disk.harms.count(Harm.DISK_FULL);
            fail("the disk is full: " + disk.usedBytes() + " of " + disk.options.capacityBytes() + " bytes are used");
        }
        store.write(pending);
        pending.clear();
        syncIfDue();
    }

    /** The process dies while it writes: so many of the records get through. The log is dead afterwards. */
    public void writePartly(int records) {
        store.write(pending.subList(0, Math.min(records, pending.size())));
        die();
    }

    /** How many records wait for {@link #write}. */
    public int unwrittenRecords() {
        return pending.size();
    }

    @Override
    public void requestSync() {
        checkUsable();
        asked = end;
        syncIfDue();
    }

    private void syncIfDue() {
        if (!isSyncing && asked > store.synced() && store.written() > store.synced()) {
            isSyncing = true;
            long covered = store.written();
            long nanos = disk.random.tailed(disk.options.syncMinNanos(), disk.options.syncMeanNanos());
            endSyncAt(disk.endOf(nanos), covered);
        }
    }

    private void endSyncAt(long timeNanos, long covered) {
        disk.queue.at(timeNanos, () -> {
            long due = disk.endOf(0);
            if (isClosed || failure != null) {
                return;
            }
            if (due > disk.queue.nowNanos()) {
                endSyncAt(due, covered);
                return;
            }
            isSyncing = false;
            if (failsNextSync && disk.isCacheTrusted()) {
                disk.harms.count(Harm.SYNC_FAILED);
                failsNextSync = false;
                store.dropUnsynced(); // and the sync that follows ends well without it (T35)
            } else if (failsNextSync) {
                disk.harms.count(Harm.SYNC_FAILED);
                failure = new StoreFailedException("the disk refused a sync up to position " + covered);
                listener.failed(failure);
                return;
            }
            store.sync(covered);
            listener.synced(covered);
            // The listener may have closed or crashed the brick.
            if (!isClosed) {
                syncIfDue();
            }
        });
    }

    @Override
    public long writtenPosition() {
        return store.written();
    }

    @Override
    public long syncedPosition() {
        return store.synced();
    }

    @Override
    public LogRecord read(long position) {
        checkUsable();
        LogStore.Slot slot = position < store.written() ? store.find(position) : findPending(position);
        if (slot == null) {
            throw new IllegalArgumentException("no record begins at position " + position);
        }
        return slot.read();
    }

    private LogStore.@Nullable Slot findPending(long position) {
        for (LogStore.Slot slot : pending) {
            if (slot.position == position) {
                return slot;
            }
        }
        return null;
    }

    @Override
    public long headAfterTrim(long position) {
        return store.headAfterTrim(position);
    }

    @Override
    public void trim(long position) {
        checkUsable();
        store.trim(position);
    }

    @Override
    public long headPosition() {
        return store.head();
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            disk.logClosed();
        }
    }

    /** The process is dead: nothing it does from here on has an effect. */
    void die() {
        isClosed = true;
        pending.clear();
    }

    /** Lets the next {@link #write} of records fail. */
    public void failNextWrite() {
        failsNextWrite = true;
    }

    /** Lets the sync that is under way, or the next one, fail. */
    public void failNextSync() {
        failsNextSync = true;
    }

    /** Takes back {@link #failNextWrite} and {@link #failNextSync}, if they have not struck yet. */
    public void failNothing() {
        failsNextWrite = false;
        failsNextSync = false;
    }

    private void fail(String message) {
        StoreFailedException failed = new StoreFailedException(message);
        failure = failed;
        listener.failed(failed);
        throw failed;
    }

    private void checkUsable() {
        Check.state(isReplayed && !isClosed, "the log is not replayed, or closed");
        if (failure != null) {
            throw new StoreFailedException("the log has failed before", failure);
        }
    }
}
