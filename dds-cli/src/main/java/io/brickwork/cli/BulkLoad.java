package io.brickwork.cli;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps a number of asynchronous operations under way. {@link #add} from one thread. */
public final class BulkLoad {
    private final int outstanding;
    private final Semaphore room;
    private final LongAdder done = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** @param outstanding how many operations may be under way at once */
    public BulkLoad(int outstanding) {
        this.outstanding = outstanding;
        room = new Semaphore(outstanding);
    }

    /**
     * Begins an operation as soon as there is room.
     *
     * @param onDone runs when it is done, on whatever thread completes it; not if it fails
     */
    public void add(Supplier<? extends CompletionStage<?>> operation, Runnable onDone) {
        room.acquireUninterruptibly();
        CompletionStage<?> stage;
        try {
            stage = operation.get();
        } catch (RuntimeException misuse) {
            failure.compareAndSet(null, misuse);
            room.release();
            return;
        }
        stage.whenComplete((result, thrown) -> {
            if (thrown == null) {
                done.increment();
                onDone.run();
            } else {
                failure.compareAndSet(
                        null,
                        thrown instanceof CompletionException && thrown.getCause() != null
                                ? thrown.getCause()
                                : thrown);
            }
            room.release();
        });
    }

    /** Waits until nothing is under way. */
    public void await() {
        room.acquireUninterruptibly(outstanding);
        room.release(outstanding);
    }

    public long done() {
        return done.sum();
    }

    public boolean hasFailed() {
        return failure.get() != null;
    }

    /** The first failure. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }
}
