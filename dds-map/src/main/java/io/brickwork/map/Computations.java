package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.map.OptimisticUpdate.Attempt;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link Computation}s of a map: {@code compute}, its kin and {@code merge}, for the methods that block and
 * for those that do not.
 */
final class Computations<K, V> {
    private final DdsMap<K, V> map;

    Computations(DdsMap<K, V> map) {
        this.map = map;
    }

    Computation<V> compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = map.computedKey(key);
        return update("compute", encoded, current -> {
            V value = function.apply(key, current.isEmpty() ? null : decode(encoded, current.get()));
            return attempt(encoded, current, value);
        });
    }

    Computation<V> computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = map.computedKey(key);
        return update("computeIfAbsent", encoded, current -> {
            if (current.isPresent()) {
                return new Attempt<>(null, decode(encoded, current.get()));
            }
            V value = function.apply(key);
            return attempt(encoded, current, value);
        });
    }

    Computation<V> computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = map.computedKey(key);
        return update("computeIfPresent", encoded, current -> {
            if (current.isEmpty()) {
                return new Attempt<>(null, null);
            }
            V value = function.apply(key, decode(encoded, current.get()));
            return attempt(encoded, current, value);
        });
    }

    Computation<V> merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = map.computedKey(key);
        map.encodeValue(value); // refused at once, also if the function would never see it
        return update("merge", encoded, current -> {
            V merged = current.isEmpty() ? value : function.apply(decode(encoded, current.get()), value);
            return attempt(encoded, current, merged);
        });
    }

    private V decode(Bytes key, Bytes value) {
        return map.decodeValue(new Row(key, value));
    }

    private Computation<V> update(String name, Bytes key, Function<Optional<Bytes>, Attempt<V>> attempts) {
        RuntimeException refusal = map.refusal(key);
        return refusal == null
                ? new OptimisticUpdate<>(map.invoker(), map.options(), map.operations(), key, name, attempts)
                : new Computation.OfNothing<>(attempts, refusal);
    }

    /** The step from the value that was read to the one that shall be there; null is none. */
    private Attempt<V> attempt(Bytes key, Optional<Bytes> current, @Nullable V value) {
        MapOperations operations = map.operations();
        if (value == null) {
            return new Attempt<>(current.isEmpty() ? null : operations.removeIf(key, current.get()), null);
        }
        Bytes encoded = map.encodeValue(value);
        return new Attempt<>(
                current.isEmpty() ? operations.insert(key, encoded) : operations.replaceIf(key, current.get(), encoded),
                value);
    }
}
