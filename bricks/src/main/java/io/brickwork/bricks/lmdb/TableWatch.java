package io.brickwork.bricks.lmdb;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for damage in a table that is in use: checks all of it ({@link TableCheck}) again and again, on a thread of its
 * own, and rests in between.
 *
 * <p>It begins a minute after the last check has ended, or later: it is at work for a twentieth of the time at most. A
 * table that was not checked when it was opened is checked at once.
 */
final class TableWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TableWatch.class);
    static final Duration REST = Duration.ofSeconds(60);
    private static final long FIRST_REST_MILLIS = 1000;
    private static final int RESTS_PER_CHECK = 20;
    private static final long STOP_WAIT_SECONDS = 30;
    /** So many pages are read without a pause; then as long a pause as that takes. */
    private static final int PAGES_AT_ONCE = 1000;

    private static final long PAUSE_MILLIS = 5;

    private final LmdbStore store;
    private final Consumer<TableCheck.Report> found;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private int pages;

    /** Ends a check in the middle. */
    private static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Begins.
     *
     * @param found takes what each check has found; on the thread of the watch
     */
    TableWatch(LmdbStore store, Consumer<TableCheck.Report> found) {
        this.store = store;
        this.found = found;
        thread = Thread.ofPlatform()
                .name("table-watch-" + store.options().directory().getFileName())
                .daemon()
                .unstarted(this::run);
        thread.start();
    }

    private void run() {
        long restMillis = store.isChecked() ? REST.toMillis() : FIRST_REST_MILLIS;
        try {
            while (!stopped.await(restMillis, TimeUnit.MILLISECONDS)) {
                long begunNanos = System.nanoTime();
                found.accept(store.check(this::pause));
                long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
                restMillis = Math.max(REST.toMillis(), tookMillis * RESTS_PER_CHECK);
            }
        } catch (StoppedException | InterruptedException e) {
            // It is closed.
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "the table in {} is not looked through any more",
                    store.options().directory(),
                    e);
        }
    }

    private void pause() {
        try {
            boolean isDue = ++pages % PAGES_AT_ONCE == 0;
            if (stopped.getCount() == 0 || (isDue && stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS))) {
                throw new StoppedException();
            }
        } catch (InterruptedException e) {
            throw new StoppedException();
        }
    }

    /** Returns whether it is out of the table; nothing is found any more. Not by its own thread. */
    boolean stop() {
        stopped.countDown();
        boolean isInterrupted = false;
        try {
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_WAIT_SECONDS);
            while (true) {
                try {
                    return thread.join(Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime())));
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
