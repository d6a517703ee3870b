package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.Operation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DdsMap} without blocking: each method says what the method of the same name says, and gives its outcome
 * later.
 *
 * <p>Stages complete on the caller's executor, never on a thread of a brick or a connection. They fail with a
 * {@link DdsException}, {@link DdsException.Overloaded} if too many calls are open; misuse (a null, a wrong or
 * unregistered class) is thrown at once. A stage of a value that is not there completes with null. Functions run on the
 * caller's executor.
 */
public class AsyncMap<K, V> {
    private final DdsMap<K, V> map;

    protected AsyncMap(DdsMap<K, V> map) {
        this.map = map;
    }

    public CompletionStage<@Nullable V> get(K key) {
        Bytes encoded = map.encodeKey(key);
        return stage(() -> map.getting(encoded));
    }

    public CompletionStage<V> getOrDefault(K key, V fallback) {
        return get(key).thenApply(value -> value == null ? fallback : value);
    }

    public CompletionStage<Boolean> containsKey(K key) {
        Bytes encoded = map.encodeKey(key);
        return stage(() -> map.operations().containsKey(encoded));
    }

    /** The cheap way to put. */
    public CompletionStage<@Nullable Void> set(K key, V value) {
        Bytes encodedKey = map.encodeKey(key);
        Bytes encodedValue = map.encodeValue(value);
        return stage(() -> map.operations().set(encodedKey, encodedValue));
    }

    public CompletionStage<@Nullable V> put(K key, V value) {
        Bytes encodedKey = map.encodeKey(key);
        Bytes encodedValue = map.encodeValue(value);
        return stage(() -> map.putting(encodedKey, encodedValue));
    }

    /** The cheap way to remove. */
    public CompletionStage<@Nullable Void> delete(K key) {
        Bytes encoded = map.encodeKey(key);
        return stage(() -> map.operations().delete(encoded));
    }

    public CompletionStage<@Nullable V> remove(K key) {
        Bytes encoded = map.encodeKey(key);
        return stage(() -> map.removing(encoded));
    }

    public CompletionStage<Boolean> remove(K key, V value) {
        Bytes encodedKey = map.encodeKey(key);
        Bytes encodedValue = map.encodeValue(value);
        return ifHolds(
                encodedKey,
                encodedValue,
                encodedValue,
                expected -> map.operations().removeIf(encodedKey, expected));
    }

    public CompletionStage<@Nullable V> putIfAbsent(K key, V value) {
        Bytes encodedKey = map.encodeKey(key);
        Bytes encodedValue = map.encodeValue(value);
        return stage(() -> map.puttingIfAbsent(encodedKey, encodedValue));
    }

    public CompletionStage<@Nullable V> replace(K key, V value) {
        Bytes encodedKey = map.encodeKey(key);
        Bytes encodedValue = map.encodeValue(value);
        return stage(() -> map.replacing(encodedKey, encodedValue));
    }

    public CompletionStage<Boolean> replace(K key, V oldValue, V newValue) {
        Bytes encodedKey = map.encodeKey(key);
        Bytes encodedOld = map.encodeValue(oldValue);
        Bytes encodedNew = map.encodeValue(newValue);
        return ifHolds(
                encodedKey,
                encodedOld,
                encodedOld,
                expected -> map.operations().replaceIf(encodedKey, expected, encodedNew));
    }

    public CompletionStage<@Nullable V> compute(
            K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        return staged(map.computations().compute(key, function));
    }

    public CompletionStage<@Nullable V> computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        return staged(map.computations().computeIfAbsent(key, function));
    }

    public CompletionStage<@Nullable V> computeIfPresent(
            K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        return staged(map.computations().computeIfPresent(key, function));
    }

    public CompletionStage<@Nullable V> merge(
            K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        return staged(map.computations().merge(key, value, function));
    }

    /** As the map's own: with the bytes that are stored, if they stand for the same value. */
    private CompletionStage<Boolean> ifHolds(
            Bytes key, Bytes value, Bytes expected, Function<Bytes, Operation<Boolean>> operation) {
        CompletionStage<Boolean> first = stage(() -> operation.apply(expected));
        if (!map.valuesMayHaveOtherBytes()) {
            return first;
        }
        return first.thenCompose(isDone -> isDone
                ? CompletableFuture.completedStage(true)
                : stage(() -> map.operations().get(key), map.options().withReads(ReadMode.LINEARIZABLE))
                        .thenCompose(stored -> stored.isPresent()
                                        && !stored.get().equals(expected)
                                        && map.isSameValue(stored.get(), value)
                                ? ifHolds(key, value, stored.get(), operation)
                                : CompletableFuture.completedStage(false)));
    }

    private CompletionStage<@Nullable V> staged(Computation<V> update) {
        try {
            return update.stage();
        } catch (DdsException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /**
     * What making the operation finds out about the world, such as a value that is too large, belongs into the stage.
     */
    private <R> CompletionStage<R> stage(Supplier<Operation<R>> operation) {
        return stage(operation, map.options());
    }

    private <R> CompletionStage<R> stage(Supplier<Operation<R>> operation, CallOptions options) {
        try {
            return map.invoker().invoke(operation.get(), options).stage();
        } catch (DdsException e) {
            return CompletableFuture.failedStage(e);
        }
    }
}
