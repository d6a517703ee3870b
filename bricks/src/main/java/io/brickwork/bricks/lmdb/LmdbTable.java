package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Table} in an LMDB environment of its own.
 *
 * <p>One thread, the applier's, writes and syncs, and tells of it; snapshots are for any thread. The first failure of a
 * write or a sync is final: the batch may be there or not, the page cache may say what the disk does not (T35), so
 * nothing is tried again and everything is refused from then on.
 *
 * <p>The checksum of a record covers the record. LMDB's own pages have none: a damaged one may lead to the wrong leaf,
 * or nowhere, or bring the process down. So the file is checked ({@link TableCheck}) before LMDB opens it, unless it is
 * large and was closed in order, and by a {@link TableWatch} from then on. A table that is found damaged refuses
 * everything.
 */
public final class LmdbTable implements Table {
    private static final Logger LOG = LoggerFactory.getLogger(LmdbTable.class);
    private static final long LOOK_AGAIN_NANOS = 200_000_000;
    private static final Duration SNAPSHOT_WAIT = Duration.ofSeconds(5);
    private static final long CLOSE_WAIT_SECONDS = 30;

    private final LmdbStore store;
    private final ReadTransactions readTransactions;
    private final Applier applier;
    private final FillGauge gauge;
    private final LongSupplier nanoTime;
    private final LongConsumer applied;
    private final Consumer<StoreFailedException> failed;
    private final Consumer<CorruptRecordException> damaged;
    private final ExecutorService thread;
    private final TableWatch watch;
    /** Records that could not be read at the last check; the watch's thread only. */
    private Set<Bytes> unreadable = Set.of();

    private final AtomicBoolean isBusy = new AtomicBoolean();
    private final AtomicBoolean isLooking = new AtomicBoolean();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private volatile long lookedNanos;
    private volatile @Nullable StoreFailedException failure;

    private LmdbTable(
            LmdbStore store,
            List<Applied> partitions,
            List<CopyMark> marks,
            ReadTransactions readTransactions,
            LongSupplier logBytes,
            LongSupplier nanoTime,
            LongConsumer applied,
            Consumer<StoreFailedException> failed,
            Consumer<CorruptRecordException> damaged) {
        this.store = store;
        this.damaged = damaged;
        this.readTransactions = readTransactions;
        this.nanoTime = nanoTime;
        this.applied = applied;
        this.failed = failed;
        applier = new Applier(store, partitions, marks);
        gauge = new FillGauge(store, logBytes);
        lookedNanos = nanoTime.getAsLong();
        thread = Executors.newSingleThreadExecutor(Thread.ofPlatform()
                .name("applier-" + store.options().directory().getFileName())
                .daemon()
                .factory());
        watch = new TableWatch(store, this::onChecked);
    }

    /** As the other one, of a table that need not be there; damage that is found later is a failure like any other. */
    static LmdbTable open(
            TableOptions options,
            LongSupplier logBytes,
            LongSupplier nanoTime,
            LongConsumer applied,
            Consumer<StoreFailedException> failed) {
        return open(
                options,
                false,
                logBytes,
                nanoTime,
                applied,
                failed,
                damage -> failed.accept(new StoreFailedException(String.valueOf(damage.getMessage()), damage)));
    }

    /**
     * Opens the table in a directory, or founds it. Nobody else may have it open; whoever calls holds the lock on the
     * brick's directory.
     *
     * @param logBytes what the log takes on disk; for the fill level; called on the applier's thread
     * @param nanoTime a monotonic clock
     * @param applied takes the number of each batch that is synced; called on the applier's thread, and done soon
     * @param failed takes the failure that ends the table's life, at most once; called on the applier's thread
     * @param mustExist whether a table that is not there was lost
     * @param damaged takes what a check of the table in use has found, at most once; from then on it refuses
     *     everything. Called on a thread of the table's
     * @throws StoreFailedException if it cannot be opened, with a message that says what to do
     * @throws CorruptRecordException if its file is damaged
     */
    public static LmdbTable open(
            TableOptions options,
            boolean mustExist,
            LongSupplier logBytes,
            LongSupplier nanoTime,
            LongConsumer applied,
            Consumer<StoreFailedException> failed,
            Consumer<CorruptRecordException> damaged) {
        LmdbStore store = LmdbStore.open(options, mustExist);
        ReadTransactions readTransactions = new ReadTransactions(store, SNAPSHOT_WAIT);
        try {
            try (Snapshot snapshot = readTransactions.open()) {
                return new LmdbTable(
                        store,
                        snapshot.partitions(),
                        snapshot.incomplete(),
                        readTransactions,
                        logBytes,
                        nanoTime,
                        applied,
                        failed,
                        damaged);
            }
        } catch (RuntimeException e) {
            if (readTransactions.close()) {
                store.close();
            }
            throw e;
        }
    }

    /**
     * Waits a few seconds if {@link TableOptions#maxSnapshots} are open.
     *
     * @throws io.brickwork.core.DdsException.Overloaded if none of them is closed by then
     * @throws StoreFailedException if the table has failed
     * @throws IllegalStateException if it is closed
     */
    @Override
    public Snapshot snapshot() {
        refuseIfFailed();
        return readTransactions.open();
    }

    @Override
    public Snapshot callersSnapshot() {
        refuseIfFailed();
        return readTransactions.openForCaller();
    }

    /**
     * @throws StoreFailedException if the table has failed before
     * @throws IllegalStateException if it is closed
     */
    @Override
    public void apply(Batch batch) {
        refuseIfFailed();
        Check.state(
                !isClosed.get(), "the table in %s is closed", store.options().directory());
        Check.invariant(
                isBusy.compareAndSet(false, true), "batch %d is to be applied while another one is", batch.number());
        try {
            applier.check(batch);
            thread.execute(() -> applyNow(batch));
        } catch (Throwable e) {
            isBusy.set(false);
            throw e;
        }
    }

    private void applyNow(Batch batch) {
        try {
            gauge.hold(applier.apply(batch));
            look();
            isBusy.set(false);
            applied.accept(batch.number());
        } catch (Throwable e) {
            fail(store.writeFailed(batch.number(), e));
        }
    }

    private void fail(StoreFailedException e) {
        LOG.error("the table has failed and refuses everything: {}", e.getMessage(), e);
        failure = e;
        failed.accept(e);
    }

    private void onChecked(TableCheck.Report report) {
        Set<Bytes> before = unreadable;
        Set<Bytes> now = new TreeSet<>();
        List<String> lost = new ArrayList<>(report.damage());
        for (TableCheck.Unknown one : report.unknown()) {
            now.add(one.at());
            if (!before.contains(one.at())) {
                LOG.error(
                        "the table in {} has a record that cannot be read: {}",
                        store.options().directory(),
                        one.what());
            } else if (store.options().hasCopies()) {
                lost.add(one.what() + ", and nobody has repaired it");
            }
        }
        unreadable = now;
        if (!lost.isEmpty() && failure == null) {
            CorruptRecordException found = LmdbStore.damaged(store.options(), lost);
            LOG.error("{}", found.getMessage());
            failure = new StoreFailedException(String.valueOf(found.getMessage()), found);
            damaged.accept(found);
        }
    }

    /** Whether anything was ever applied. */
    public boolean isUsed() {
        try (Snapshot snapshot = snapshot()) {
            return !snapshot.partitions().isEmpty() || !snapshot.incomplete().isEmpty();
        }
    }

    /**
     * Keeps, with all that is applied from now on, up to where the log is synced.
     *
     * @param logSynced position; called on any thread, also after the log was closed
     */
    public void follow(LongSupplier logSynced) {
        applier.follow(logSynced);
    }

    /** A position that the log has reached for certain: if it ends before that now, some of it was lost. */
    public long logReached() {
        return store.logReached();
    }

    /** Looks for damage at once, for tests. */
    void checkNow() {
        onChecked(store.check(() -> {}));
    }

    private void refuseIfFailed() {
        StoreFailedException before = failure;
        if (before != null) {
            throw new StoreFailedException(
                    "the table in %s has failed before: %s"
                            .formatted(store.options().directory(), before.getMessage()),
                    before);
        }
    }

    /** At most some 200 ms old while anybody asks; looking is left to the applier's thread. */
    @Override
    public int fillPermille() {
        if (nanoTime.getAsLong() - lookedNanos >= LOOK_AGAIN_NANOS && isLooking.compareAndSet(false, true)) {
            try {
                thread.execute(() -> {
                    look();
                    isLooking.set(false);
                });
            } catch (RejectedExecutionException e) {
                // Closed: the last level stands, and nobody looks again.
                return gauge.permille();
            }
        }
        return gauge.permille();
    }

    private void look() {
        try {
            gauge.refresh();
        } catch (RuntimeException e) {
            LOG.warn(
                    "the fill level of the table in {} is not known",
                    store.options().directory(),
                    e);
        }
        long now = nanoTime.getAsLong();
        readTransactions.watch(now);
        lookedNanos = now;
    }

    /**
     * Waits for the batch under way, which is told; ends open snapshots: their next use fails. Any thread but the
     * applier's; again without effect.
     */
    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        thread.shutdown();
        boolean isApplierOut = awaitApplier();
        boolean areReadersOut = readTransactions.close();
        boolean isWatchOut = watch.stop();
        if (isApplierOut && areReadersOut && isWatchOut) {
            if (failure == null) {
                store.closeInOrder(applier.logSynced());
            } else {
                store.close();
            }
        } else {
            // Better a map that stays for as long as the process than a crash of all of it.
            LOG.error(
                    "the table in {} stays mapped: somebody is still inside",
                    store.options().directory());
        }
    }

    private boolean awaitApplier() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_WAIT_SECONDS);
        try {
            while (true) {
                try {
                    return thread.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
