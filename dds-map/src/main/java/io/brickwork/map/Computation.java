package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.map.OptimisticUpdate.Attempt;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call of {@code compute} or one of its kin; made once, for one of both methods.
 *
 * @param <R> what the caller gets
 */
interface Computation<R> {
    @Nullable
    R await();

    CompletionStage<@Nullable R> stage();

    /**
     * Of a key that the map does not show: it has no value, and gets none. The function is called all the same, as
     * {@code java.util}'s views do; that it gives null is in order.
     *
     * @param attempts makes the attempt for the value that was read
     * @param refusal thrown if the function wants to put a value
     */
    record OfNothing<R>(Function<Optional<Bytes>, Attempt<R>> attempts, RuntimeException refusal)
            implements Computation<R> {
        @Override
        public @Nullable R await() {
            Attempt<R> attempt = attempts.apply(Optional.empty());
            if (attempt.operation() != null) {
                throw refusal;
            }
            return attempt.result();
        }

        /** Calls the function at once: what it wants to put is misuse. */
        @Override
        public CompletionStage<@Nullable R> stage() {
            return CompletableFuture.completedStage(await());
        }
    }
}
