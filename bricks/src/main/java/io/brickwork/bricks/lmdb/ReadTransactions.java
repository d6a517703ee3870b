package io.brickwork.bricks.lmdb;

import io.brickwork.core.DdsException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.LmdbException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read transactions of a table: a bounded pool, shared by all threads, virtual ones among them, and bound to none.
 *
 * <p>A permit stands for the right to be inside LMDB for reading. Whoever holds one gets an idle reader or makes a new
 * one; so there are never more readers than permits, and who holds all permits ({@link #close}) knows that nobody
 * reads. Callers cannot have all of them: some are left for the brick's lane, which must not wait for callers. An idle
 * reader lies in one of the slots; a thread begins its search at a slot of its own, so that threads rarely meet.
 */
final class ReadTransactions {
    private static final Logger LOG = LoggerFactory.getLogger(ReadTransactions.class);
    /** Permits that no caller gets. */
    private static final int FOR_LANE = 2;

    private final LmdbStore store;
    private final int max;
    private final Duration wait;
    private final Semaphore permits;
    /** The permits that callers may have. */
    private final Semaphore callers;

    private final AtomicReferenceArray<@Nullable Reader> idle;
    private final AtomicInteger made = new AtomicInteger();
    /** Every reader made and not thrown away. */
    private final List<Reader> readers = new CopyOnWriteArrayList<>();

    private volatile boolean closed;

    /**
     * An empty pool.
     *
     * @param wait how long to wait for a snapshot, or for readers to leave, before giving up
     */
    ReadTransactions(LmdbStore store, Duration wait) {
        this.store = store;
        this.wait = wait;
        max = store.options().maxSnapshots();
        permits = new Semaphore(max);
        callers = new Semaphore(max - Math.min(FOR_LANE, max - 1));
        idle = new AtomicReferenceArray<>(Integer.highestOneBit(2 * max - 1));
    }

    /**
     * A snapshot of what is committed at this moment.
     *
     * @throws DdsException.Overloaded if too many are open, and none is closed in time
     * @throws IllegalStateException if the table is closed
     */
    LmdbSnapshot open() {
        return open(false);
    }

    /** The same for a thread of a caller. */
    LmdbSnapshot openForCaller() {
        acquire(callers);
        try {
            return open(true);
        } catch (RuntimeException e) {
            callers.release();
            throw e;
        }
    }

    private LmdbSnapshot open(boolean isForCaller) {
        acquire(permits);
        Reader reader = null;
        try {
            if (closed) {
                throw new IllegalStateException(closedMessage());
            }
            reader = take();
            reader.begin();
            reader.isForCaller = isForCaller;
            LmdbSnapshot snapshot = new LmdbSnapshot(this, store, reader);
            reader.snapshot = snapshot;
            return snapshot;
        } catch (RuntimeException e) {
            if (reader != null) {
                discard(reader);
            }
            permits.release();
            throw e instanceof LmdbException failed ? store.readFailed("a snapshot", failed) : e;
        }
    }

    private void acquire(Semaphore from) {
        if (!from.tryAcquire()) {
            await(from);
        }
    }

    private void await(Semaphore from) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + wait.toNanos();
        try {
            while (true) {
                if (closed) {
                    throw new IllegalStateException(closedMessage());
                }
                try {
                    if (from.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    throw new DdsException.Overloaded(
                            "%d snapshots of the table in %s are open, and none was closed within %s"
                                    .formatted(max, store.options().directory(), wait));
                } catch (InterruptedException e) {
                    // A snapshot is needed all the same, and the wait has an end.
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Reader take() {
        while (true) {
            int slots = idle.length();
            int home = home();
            for (int i = 0; i < slots; i++) {
                int slot = (home + i) & (slots - 1);
                if (idle.getOpaque(slot) != null) {
                    Reader reader = idle.getAndSet(slot, null);
                    if (reader != null) {
                        return reader;
                    }
                }
            }
            if (made.getAndUpdate(count -> Math.min(count + 1, max)) < max) {
                return make();
            }
            // The permit says that there is one; it went from one slot to another behind our back.
            Thread.onSpinWait();
        }
    }

    private Reader make() {
        try {
            Reader reader = new Reader(store);
            readers.add(reader);
            return reader;
        } catch (RuntimeException e) {
            made.decrementAndGet();
            throw e;
        }
    }

    /** Takes a reader back from a snapshot that has ended. Any thread. */
    void giveBack(Reader reader) {
        reader.snapshot = null;
        boolean isForCaller = reader.isForCaller;
        try {
            reader.end();
            int slots = idle.length();
            int slot = home();
            while (!idle.compareAndSet(slot & (slots - 1), null, reader)) {
                slot++;
            }
        } catch (LmdbException e) {
            discard(reader);
        } finally {
            permits.release();
            if (isForCaller) {
                callers.release();
            }
        }
    }

    private void discard(Reader reader) {
        readers.remove(reader);
        made.decrementAndGet();
    }

    private int home() {
        return (int) Thread.currentThread().threadId() & (idle.length() - 1);
    }

    /**
     * Notes snapshots that are open for long, and ends those that are open for too long. LMDB uses no page again that
     * any snapshot may see, nor any freed since, so one that is forgotten lets the file grow without bound (T37).
     * Called now and then by one thread.
     */
    void watch(long nowNanos) {
        TableOptions options = store.options();
        for (Reader reader : readers) {
            LmdbSnapshot snapshot = reader.snapshot;
            if (snapshot == null) {
                reader.watched = null;
            } else if (reader.watched != snapshot) {
                reader.watched = snapshot;
                reader.watchedSinceNanos = nowNanos;
                reader.noteDueNanos = nowNanos + options.snapshotNote().toNanos();
            } else if (nowNanos - reader.watchedSinceNanos
                    >= options.snapshotLimit().toNanos()) {
                String because =
                        "a snapshot of the table in %s was open for more than %s and is ended; opened by thread '%s'"
                                .formatted(
                                        options.directory(),
                                        options.snapshotLimit(),
                                        snapshot.openedBy().getName());
                snapshot.revoke(because);
                LOG.warn("{}", because);
            } else if (nowNanos - reader.noteDueNanos >= 0) {
                long openNanos = nowNanos - reader.watchedSinceNanos;
                LOG.warn(
                        "a snapshot of the table in {}, opened by thread '{}', is open for more than {} s; pages freed meanwhile cannot be used again, and the file grows",
                        options.directory(),
                        snapshot.openedBy().getName(),
                        TimeUnit.NANOSECONDS.toSeconds(openNanos));
                reader.noteDueNanos = nowNanos + openNanos;
            }
        }
    }

    /**
     * Takes all readers back and gives them up; snapshots that are still open fail when they are used next.
     *
     * @return whether nobody is inside LMDB; if a read hangs for longer than this waits, its environment must stay open
     */
    boolean close() {
        closed = true;
        long deadline = System.nanoTime() + wait.toNanos();
        boolean isAlone = permits.tryAcquire(max);
        boolean interrupted = false;
        while (!isAlone && System.nanoTime() - deadline < 0) {
            for (Reader reader : readers) {
                LmdbSnapshot snapshot = reader.snapshot;
                if (snapshot != null) {
                    snapshot.revoke(closedMessage());
                }
            }
            try {
                isAlone = permits.tryAcquire(max, 1, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!isAlone) {
            return false;
        }
        for (Reader reader : readers) {
            try {
                reader.dispose();
            } catch (LmdbException e) {
                LOG.debug("a read transaction could not be given up", e);
            }
        }
        return true;
    }

    private String closedMessage() {
        return "the table in " + store.options().directory() + " is closed";
    }
}
