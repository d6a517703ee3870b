package io.brickwork.bricks.log;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread that syncs. Requests that come while a sync is under way are answered by one sync after it. A sync that
 * fails is never tried again: the page cache may already call the lost pages clean.
 */
final class Syncer implements AutoCloseable {
    private record Target(Segment segment, long position) {}

    private final LogFiles files;
    private final Health health;
    private final Thread thread;
    /** Held while a file is forced, so that a segment is not left before its last sync has ended. */
    private final ReentrantLock forcing = new ReentrantLock();

    private final Object signal = new Object();
    /** The last request that nobody has begun with; guarded by {@link #signal}, like the two below. */
    private @Nullable Target target;

    private boolean isBusy;
    private boolean isClosed;

    Syncer(LogFiles files, Health health) {
        this.files = files;
        this.health = health;
        thread = Thread.ofPlatform().name("brickwork-log-sync").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Asks that the segment be synced up to here; everything below the segment already is. Returns at once. */
    void request(Segment segment, long position) {
        synchronized (signal) {
            target = new Target(segment, position);
            if (!isBusy) {
                signal.notifyAll();
            }
        }
    }

    /** Syncs on the calling thread, after the sync that is under way. False if it failed, which was then reported. */
    boolean syncThrough(Segment segment, long position) {
        forcing.lock();
        try {
            if (!health.isFailed() && health.syncedPosition() < position) {
                segment.file().force();
                health.synced(position);
            }
            return !health.isFailed();
        } catch (IOException | RuntimeException e) {
            health.fail("could not sync log segment " + files.describe(segment.name()), e);
            return false;
        } finally {
            forcing.unlock();
        }
    }

    /** Returns once every request made before has ended. */
    void awaitIdle() throws InterruptedException {
        synchronized (signal) {
            while ((isBusy || target != null) && thread.isAlive()) {
                signal.wait(100);
            }
        }
    }

    /** Ends the thread after the sync under way; requests not begun are dropped. */
    @Override
    public void close() {
        synchronized (signal) {
            isClosed = true;
            signal.notifyAll();
        }
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Target next = next();
        while (next != null) {
            syncThrough(next.segment(), next.position());
            next = next();
        }
    }

    private @Nullable Target next() {
        synchronized (signal) {
            isBusy = false;
            signal.notifyAll();
            while (target == null && !isClosed) {
                try {
                    signal.wait();
                } catch (InterruptedException e) {
                    // Nobody has a reason to interrupt this thread; it ends by close() alone.
                    continue;
                }
            }
            Target next = isClosed ? null : target;
            target = null;
            isBusy = next != null;
            return next;
        }
    }
}
