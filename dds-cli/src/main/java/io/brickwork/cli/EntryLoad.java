package io.brickwork.cli;

import io.brickwork.cli.EntryFormat.Entry;
import io.brickwork.core.DdsException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stores entries, many at once, as fast as the bricks take them. It fails if nothing at all was stored for some time,
 * however long all of it takes. {@link #add} and {@link #await} from one thread.
 */
final class EntryLoad {
    private final int outstanding;
    private final Duration patience;
    private final Function<Entry, CompletionStage<?>> store;
    private final Runnable onStored;
    private final Semaphore room;
    private final LongAdder stored = new LongAdder();
    private final AtomicReference<@Nullable Failed> firstFailed = new AtomicReference<>();
    /** Keys of the entries under way: of two entries with one key, the later must win. */
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /** An entry that was not stored, and why. */
    record Failed(long line, Throwable reason) {}

    /**
     * @param outstanding how many entries may be under way at once
     * @param patience how long nothing may be stored
     * @param store stores an entry
     * @param onStored runs for each stored entry, on whatever thread stores it
     */
    EntryLoad(int outstanding, Duration patience, Function<Entry, CompletionStage<?>> store, Runnable onStored) {
        this.outstanding = outstanding;
        this.patience = patience;
        this.store = store;
        this.onStored = onStored;
        room = new Semaphore(outstanding);
    }

    /**
     * Stores the entry as soon as there is room.
     *
     * @throws Stalled if nothing was stored for too long
     */
    void add(Entry entry) {
        if (underWay.contains(entry.key())) {
            await();
        }
        acquire(1);
        underWay.add(entry.key());
        CompletionStage<?> stage;
        try {
            stage = store.apply(entry);
        } catch (RuntimeException refused) {
            failed(entry, refused);
            end(entry);
            return;
        }
        stage.whenComplete((result, thrown) -> {
            if (thrown == null) {
                stored.increment();
                onStored.run();
            } else {
                failed(
                        entry,
                        thrown instanceof CompletionException && thrown.getCause() != null
                                ? thrown.getCause()
                                : thrown);
            }
            end(entry);
        });
    }

    /**
     * Waits until nothing is under way.
     *
     * @throws Stalled if nothing was stored for too long
     */
    void await() {
        acquire(outstanding);
        room.release(outstanding);
    }

    private void end(Entry entry) {
        underWay.remove(entry.key());
        room.release();
    }

    private void acquire(int permits) {
        long before = stored.sum();
        try {
            while (!room.tryAcquire(permits, patience.toNanos(), TimeUnit.NANOSECONDS)) {
                long now = stored.sum();
                if (now == before) {
                    throw new Stalled(patience);
                }
                before = now;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", interrupted);
        }
    }

    private void failed(Entry entry, Throwable reason) {
        firstFailed.accumulateAndGet(
                new Failed(entry.line(), reason),
                (known, more) -> known == null || more != null && more.line() < known.line() ? more : known);
    }

    long stored() {
        return stored.sum();
    }

    /** The entry of the first line that was not stored; null if none has failed. */
    @Nullable
    Failed firstFailed() {
        return firstFailed.get();
    }

    /** Nothing was stored for too long. */
    static final class Stalled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stalled(Duration patience) {
            super("nothing was stored for %.1f s".formatted(patience.toMillis() / 1000.0));
        }

        /** As the failure that it is to a caller. */
        DdsException asUnavailable() {
            return new DdsException.Unavailable(String.valueOf(getMessage()));
        }
    }
}
