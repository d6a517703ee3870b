package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.structure.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Read a value, make another of it, put that in its place if it is still there; if it is not, begin again. The whole is
 * as atomic as its last step.
 *
 * <p>Compares the bytes that were read, not a second encoding of the object, so it works also for values whose equal
 * objects may encode differently. Losing means that another writer has won, so somebody always gets on. Bounded by one
 * timeout for the whole, after which it is a {@link DdsException.Conflict}: it certainly did not happen. Reads are
 * linearizable whatever the options say: a stale one would lose again and again.
 *
 * @param <R> what the caller gets
 */
final class OptimisticUpdate<R> implements Computation<R> {
    private final Invoker invoker;
    private final CallOptions options;
    private final MapOperations operations;
    private final Bytes key;
    private final String name;
    private final Function<Optional<Bytes>, Attempt<R>> attempts;
    private final long deadlineNanos;

    /**
     * What to do about a value that was read.
     *
     * @param operation succeeds if the value is still there; null if nothing needs to be done
     * @param result of the whole, if it succeeds
     */
    record Attempt<R>(
            @Nullable Operation<Boolean> operation,
            @Nullable R result) {}

    /**
     * @param name of the method, for messages
     * @param attempts makes the attempt for the value that was read; called once a round
     */
    OptimisticUpdate(
            Invoker invoker,
            CallOptions options,
            MapOperations operations,
            Bytes key,
            String name,
            Function<Optional<Bytes>, Attempt<R>> attempts) {
        this.invoker = invoker;
        this.options = options.withReads(ReadMode.LINEARIZABLE);
        this.operations = operations;
        this.key = key;
        this.name = name;
        this.attempts = attempts;
        this.deadlineNanos = invoker.nanoTime() + options.timeout().toNanos();
    }

    @Override
    public @Nullable R await() {
        for (int lost = 0; ; lost++) {
            Optional<Bytes> current =
                    invoker.invoke(operations.get(key), optionsLeft(lost)).await();
            Attempt<R> attempt = attempts.apply(current);
            if (attempt.operation() == null
                    || invoker.invoke(attempt.operation(), optionsLeft(lost)).await()) {
                return attempt.result();
            }
        }
    }

    @Override
    public CompletionStage<@Nullable R> stage() {
        return round(0);
    }

    private CompletionStage<@Nullable R> round(int lost) {
        return invoker.invoke(operations.get(key), optionsLeft(lost)).stage().thenCompose(current -> {
            Attempt<R> attempt = attempts.apply(current);
            if (attempt.operation() == null) {
                return CompletableFuture.completedStage(attempt.result());
            }
            return invoker.invoke(attempt.operation(), optionsLeft(lost))
                    .stage()
                    .thenCompose(succeeded ->
                            succeeded ? CompletableFuture.completedStage(attempt.result()) : round(lost + 1));
        });
    }

    private CallOptions optionsLeft(int lost) {
        long leftNanos = deadlineNanos - invoker.nanoTime();
        if (leftNanos <= 0) {
            throw new DdsException.Conflict("%s on %s was not done within %s; it lost to other writers %d times"
                    .formatted(name, operations.describe(), options.timeout(), lost));
        }
        return options.withTimeout(Duration.ofNanos(leftNanos));
    }
}
