package io.brickwork.bricks.log;

import io.brickwork.bricks.disk.DiskFailure;
import io.brickwork.bricks.log.LogFiles.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where segments come from and go to. While one segment is in use the next file lies ready, really filled with zeros or
 * with what a trimmed segment held (at most two such files are kept): writing a batch never needs new space, and a full
 * disk shows a whole segment before it hurts.
 *
 * <p>A file gets a segment's name only when it has all it should begin with, and that is synced. Preparing and deleting
 * happen on a thread of their own; {@link #take} is for the thread that writes.
 */
final class SegmentSupply implements AutoCloseable {
    /** Files with this ending were not finished and mean nothing. */
    static final String MAKING_SUFFIX = ".making";

    /** Files with zeros, or with what a trimmed segment held, that may become segments. */
    private static final List<String> READY_NAMES = List.of("next.ready", "spare.ready");

    /**
     * A segment that somebody waits for is made no larger than this: a small one is there at once, the next is full.
     */
    static final int HASTY_BYTES = 4 << 20;

    private static final String MAKING_NAME = "next" + MAKING_SUFFIX;
    private static final int ZEROS_BYTES = 1 << 20;
    /** Zeros are synced in portions, so that they do not stand before a turn's sync all at once. */
    private static final int FORCE_BYTES = 8 << 20;

    private static final long RETRY_MILLIS = 250;

    private final LogFiles files;
    private final long segmentBytes;
    private final Health health;
    private final SecureRandom salts = new SecureRandom();
    private final ReentrantLock making = new ReentrantLock();
    private final ScheduledExecutorService keeper;
    /** The files that lie ready, by their place in {@link #READY_NAMES}; touched under {@link #making}. */
    private final @Nullable LogFile[] ready = new LogFile[READY_NAMES.size()];

    /** The next attempt while there is no room; touched under {@link #making}. */
    private @Nullable Future<?> retry;

    private volatile @Nullable String lowSpace;

    /** What a new segment holds before it gets its name. */
    @FunctionalInterface
    interface Content {
        void writeTo(Segment segment) throws IOException;
    }

    SegmentSupply(LogFiles files, long segmentBytes, Health health) {
        this.files = files;
        this.segmentBytes = segmentBytes;
        this.health = health;
        keeper = Executors.newSingleThreadScheduledExecutor(task ->
                Thread.ofPlatform().name("brickwork-log-keeper").daemon().unstarted(task));
    }

    /** Takes over a file that an earlier process left ready, throws away what it left unfinished. */
    void adopt() throws IOException {
        for (String name : files.names()) {
            if (name.endsWith(MAKING_SUFFIX)) {
                files.delete(name);
            } else if (READY_NAMES.contains(name)) {
                LogFile file = files.open(name);
                if (file.size() == fileBytes(segmentBytes)) {
                    ready[READY_NAMES.indexOf(name)] = file;
                } else {
                    file.close();
                    files.delete(name);
                }
            }
        }
        files.syncDirectory();
    }

    /**
     * Makes the next segment. When this returns, the segment with its content survives the loss of power; until then
     * nothing of it is there.
     *
     * @param neededBytes of room for batches, at least
     */
    Segment take(long first, UUID logId, long neededBytes, Content content) throws IOException {
        making.lock();
        try {
            String from = MAKING_NAME;
            LogFile file = null;
            for (int i = 0; i < ready.length && file == null && neededBytes <= segmentBytes; i++) {
                from = READY_NAMES.get(i);
                file = ready[i];
                ready[i] = null;
            }
            if (file == null) {
                from = MAKING_NAME;
                file = make(from, Math.max(neededBytes, Math.min(segmentBytes, HASTY_BYTES)));
            }
            Segment segment = Segment.begin(file, first, logId, salts.nextLong());
            content.writeTo(segment);
            file.force();
            files.rename(from, segment.name());
            files.syncDirectory();
            return segment;
        } finally {
            making.unlock();
        }
    }

    /** Sees to it that a file lies ready, soon and again and again while the disk is full. */
    void refill() {
        keeper.execute(this::prepare);
    }

    /** Gives up a segment: its file becomes the next one, or is deleted. In order: a later one never goes first. */
    void retire(Segment segment) {
        keeper.execute(() -> {
            making.lock();
            try {
                int free = Arrays.asList(ready).indexOf(null);
                if (free >= 0 && segment.capacityBytes() == segmentBytes) {
                    files.rename(segment.name(), READY_NAMES.get(free));
                    ready[free] = segment.file();
                    lowSpace = null;
                } else {
                    segment.file().close();
                    files.delete(segment.name());
                }
                files.syncDirectory();
            } catch (IOException | RuntimeException e) {
                health.fail("could not remove log segment " + files.describe(segment.name()), e);
            } finally {
                making.unlock();
            }
        });
    }

    /** Why no next segment lies ready; null if one does or will soon. Any thread. */
    @Nullable
    String lowSpace() {
        return lowSpace;
    }

    /** Waits for what is under way, then stops. */
    @Override
    public void close() {
        making.lock();
        try {
            // In this order: what is cancelled after the shutdown is waited for all the same.
            if (retry != null) {
                retry.cancel(false);
            }
            keeper.shutdown();
        } finally {
            making.unlock();
        }
        boolean isInterrupted = false;
        try {
            while (!keeper.isTerminated()) {
                try {
                    keeper.awaitTermination(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
        for (LogFile file : ready) {
            if (file != null) {
                SegmentedLog.closeQuietly(file);
            }
        }
    }

    private void prepare() {
        making.lock();
        try {
            if (Arrays.stream(ready).allMatch(Objects::isNull) && !keeper.isShutdown() && !health.isFailed()) {
                LogFile file = make(MAKING_NAME, segmentBytes);
                try {
                    file.force();
                    files.rename(MAKING_NAME, READY_NAMES.getFirst());
                    files.syncDirectory();
                } catch (IOException | RuntimeException e) {
                    SegmentedLog.closeQuietly(file);
                    throw e;
                }
                ready[0] = file;
            }
            lowSpace = null;
        } catch (IOException | RuntimeException e) {
            // Nothing is lost yet: the current segment has room. It gets serious in take().
            lowSpace = "could not prepare the next log segment " + files.describe(READY_NAMES.getFirst()) + " of "
                    + segmentBytes + " bytes: " + DiskFailure.explain(Path.of(files.describe("")), e)
                    + "; free space on the disk before the current segment is full";
            if (!keeper.isShutdown()) {
                retry = keeper.schedule(this::prepare, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            making.unlock();
        }
    }

    private LogFile make(String name, long capacityBytes) throws IOException {
        LogFile file = files.create(name);
        try {
            long end = fileBytes(capacityBytes);
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, end));
            long unforced = 0;
            for (long at = 0; at < end; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), end - at));
                file.write(zeros, at);
                unforced += zeros.limit();
                if (unforced >= FORCE_BYTES) {
                    file.force();
                    unforced = 0;
                }
            }
            return file;
        } catch (IOException | RuntimeException e) {
            SegmentedLog.closeQuietly(file);
            try {
                files.delete(name);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static long fileBytes(long capacityBytes) {
        return Segment.HEADER_BYTES + capacityBytes;
    }
}
