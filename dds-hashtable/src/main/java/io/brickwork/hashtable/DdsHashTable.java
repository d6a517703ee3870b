package io.brickwork.hashtable;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Operation;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.wire.MalformedException;
import io.brickwork.hashtable.HashTableOperations.ClearedPage;
import io.brickwork.hashtable.HashTableOperations.PartitionCount;
import io.brickwork.hashtable.HashTableOperations.Row;
import io.brickwork.hashtable.OptimisticUpdate.Attempt;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A hash table on a cluster of bricks, as a {@link ConcurrentMap}.
 *
 * <h2>What is promised</h2>
 *
 * Every method that concerns one key is linearizable, and takes effect once however often it is sent. The conditional ones ({@code putIfAbsent}, {@code replace}, {@code remove(key, value)}) are decided
 * by the partition's primary, which compares <em>encoded</em> values: two values are the same if their codec gives the same bytes for both. {@link #compute}, {@link #computeIfAbsent},
 * {@link #computeIfPresent} and {@link #merge} read, call the function, and put the result in place if the value is still what was read; otherwise they begin again. They are atomic, but the
 * function may be called several times, so it should have no effects; the whole takes no longer than the timeout (after that: {@link DdsException.Conflict}).
 *
 * <p>Methods that concern many keys are many operations. {@link #size} and {@link #isEmpty} add up live counts of the partitions and are no snapshot. {@link #putAll}, {@link #clear},
 * {@link #replaceAll} and the {@code removeIf} of the views work in pages or pipelines; if they fail, a part may be done. Views are live; iterators are weakly consistent and hold at most a page.
 * The timeout is for each operation of these.
 *
 * <p>Keys and values are never null ({@link NullPointerException}), and what comes out is never the object that went in: changing it changes nothing here. A key or value of another class than the
 * table's is a {@link ClassCastException} where something would be stored, and simply not there where something is looked for. A key over {@link io.brickwork.core.Limits#KEY_BYTES} or a value over
 * {@link io.brickwork.core.Limits#VALUE_BYTES} is {@link DdsException.TooLarge}, before anything is sent. As a map key an array counts by its content, unlike in {@code java.util}.
 *
 * <p>{@link #set} and {@link #delete} do not tell the old value and are the cheap way: an old value must be kept until its caller is known to have it.
 *
 * <p>All methods may be called from any thread, virtual ones included, and block until the outcome is known or the timeout is over; failures are {@link DdsException}. {@link #async} does not block.
 */
public final class DdsHashTable<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    /** Partitions that are asked at a time. */
    private static final int WALK_WINDOW = 64;

    private final Invoker invoker;
    private final StructureInfo info;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final CallOptions options;

    private DdsHashTable(Invoker invoker, StructureInfo info, Codec<K> keys, Codec<V> values, CallOptions options) {
        this.invoker = invoker;
        this.info = info;
        this.keys = keys;
        this.values = values;
        this.options = options;
    }

    /**
     * Opens the table; creates it if there is none of this name.
     *
     * @param options for opening, and for all calls until they are changed
     * @throws DdsException.WrongType if there is a structure of this name with other types or settings than the spec asks for
     */
    public static <K, V> DdsHashTable<K, V> open(Invoker invoker, TableSpec<K, V> spec, CallOptions options) {
        CallOptions certain = options.withReads(ReadMode.LINEARIZABLE);
        Optional<StructureInfo> existing =
                invoker.invoke(Catalog.find(spec.name()), certain).await();
        StructureInfo info =
                existing.orElseGet(() -> invoker.invoke(Catalog.create(spec.name(), spec.structureSpec()), certain)
                        .await());
        spec.checkFits(info);
        return new DdsHashTable<>(invoker, info, spec.keys(), spec.values(), options);
    }

    public String name() {
        return info.name();
    }

    /** What the table is, as it was created. */
    public StructureSpec spec() {
        return info.spec();
    }

    /** The same table with another timeout; this one keeps its own. */
    public DdsHashTable<K, V> withTimeout(Duration timeout) {
        return new DdsHashTable<>(invoker, info, keys, values, options.withTimeout(timeout));
    }

    /** The same table with reads that promise something else; this one keeps its own. */
    public DdsHashTable<K, V> withReads(ReadMode reads) {
        return new DdsHashTable<>(invoker, info, keys, values, options.withReads(reads));
    }

    /** The same table without blocking. */
    public AsyncTable<K, V> async() {
        return new AsyncTable<>(this);
    }

    @Override
    public @Nullable V get(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isEmpty() ? null : value(call(HashTableOperations.get(info, encoded.get())));
    }

    @Override
    public boolean containsKey(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isPresent() && call(HashTableOperations.containsKey(info, encoded.get()));
    }

    /** Goes through the whole table. */
    @Override
    public boolean containsValue(Object value) {
        Optional<Bytes> encoded = soughtValue(value);
        if (encoded.isPresent()) {
            for (Iterator<Row> rows = TableViews.rows(this); rows.hasNext(); ) {
                if (rows.next().value().equals(encoded.get())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** As {@link #put}, without telling the old value: cheaper. */
    public void set(K key, V value) {
        call(HashTableOperations.set(info, encodeKey(key), encodeValue(value)));
    }

    /** As {@link #remove(Object)}, without telling the old value: cheaper. */
    public void delete(K key) {
        call(HashTableOperations.delete(info, encodeKey(key)));
    }

    @Override
    public @Nullable V put(K key, V value) {
        return value(call(HashTableOperations.put(info, encodeKey(key), encodeValue(value))));
    }

    @Override
    public @Nullable V remove(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isEmpty() ? null : value(call(HashTableOperations.remove(info, encoded.get())));
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return value(call(HashTableOperations.putIfAbsent(info, encodeKey(key), encodeValue(value))));
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return value(call(HashTableOperations.replace(info, encodeKey(key), encodeValue(value))));
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        return call(HashTableOperations.replaceIf(info, encodeKey(key), encodeValue(oldValue), encodeValue(newValue)));
    }

    @Override
    public boolean remove(Object key, Object value) {
        Optional<Bytes> encodedKey = soughtKey(key);
        Optional<Bytes> encodedValue = soughtValue(value);
        return encodedKey.isPresent()
                && encodedValue.isPresent()
                && call(HashTableOperations.removeIf(info, encodedKey.get(), encodedValue.get()));
    }

    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        return computing(key, function).await();
    }

    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        return computingIfAbsent(key, function).await();
    }

    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        return computingIfPresent(key, function).await();
    }

    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        return merging(key, value, function).await();
    }

    /** Sets all of these, in any order, some at a time. If it fails, any of them may be set. */
    @Override
    public void putAll(Map<? extends K, ? extends V> entries) {
        Pipeline.run(
                invoker,
                options,
                pipeline -> entries.forEach((key, value) ->
                        pipeline.send(HashTableOperations.set(info, encodeKey(key), encodeValue(value)), done -> {})));
    }

    /** Replaces each value with what the function makes of it, each atomically; the function may be called several times for a key. */
    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        Pipeline.run(invoker, options, pipeline -> {
            for (Iterator<Row> rows = TableViews.rows(this); rows.hasNext(); ) {
                Row row = rows.next();
                K key = decodeKey(row.key());
                Bytes replacement = encodeValue(function.apply(key, decodeValue(row)));
                pipeline.send(HashTableOperations.replaceIf(info, row.key(), row.value(), replacement), replaced -> {
                    if (!replaced) {
                        replaceAgain(key, function);
                    }
                });
            }
        });
    }

    private void replaceAgain(K key, BiFunction<? super K, ? super V, ? extends V> function) {
        computeIfPresent(
                key,
                (same, value) -> Objects.requireNonNull(function.apply(same, value), () -> aNull("replacement value")));
    }

    /** The live records of all partitions, counted one after the other; at most {@link Integer#MAX_VALUE}. */
    @Override
    public int size() {
        return (int) Math.min(mappingCount(), Integer.MAX_VALUE);
    }

    /** As {@link #size}, without its limit. */
    public long mappingCount() {
        long[] records = {0};
        countWalk().run((position, count) -> {
            // A merge of partitions under the walk shows the first of them again.
            if (count.low().equals(position)) {
                records[0] += count.records();
            }
            return true;
        });
        return records[0];
    }

    @Override
    public boolean isEmpty() {
        boolean[] empty = {true};
        countWalk().run((position, count) -> empty[0] = count.records() == 0);
        return empty[0];
    }

    private FenceWalk<PartitionCount> countWalk() {
        return new FenceWalk<>(
                invoker,
                options,
                info,
                WALK_WINDOW,
                position -> HashTableOperations.count(info, position),
                PartitionCount::next);
    }

    /** Removes page by page; what is put meanwhile may stay or go. */
    @Override
    public void clear() {
        new FenceWalk<>(
                        invoker,
                        options,
                        info,
                        WALK_WINDOW,
                        position -> HashTableOperations.clearPage(info, position),
                        ClearedPage::next)
                .run((position, page) -> true);
    }

    @Override
    public Set<K> keySet() {
        return new TableViews.Keys<>(this);
    }

    @Override
    public Collection<V> values() {
        return new TableViews.Values<>(this);
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new TableViews.Entries<>(this);
    }

    OptimisticUpdate<V> computing(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = encodeKey(key);
        return update("compute", encoded, current -> {
            V value = function.apply(key, value(current));
            return attempt(encoded, current, value);
        });
    }

    OptimisticUpdate<V> computingIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = encodeKey(key);
        return update("computeIfAbsent", encoded, current -> {
            if (current.isPresent()) {
                return new Attempt<>(null, value(current));
            }
            V value = function.apply(key);
            return attempt(encoded, current, value);
        });
    }

    OptimisticUpdate<V> computingIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = encodeKey(key);
        return update("computeIfPresent", encoded, current -> {
            if (current.isEmpty()) {
                return new Attempt<>(null, null);
            }
            V value = function.apply(key, decodeValue(encoded, current.get()));
            return attempt(encoded, current, value);
        });
    }

    OptimisticUpdate<V> merging(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Bytes encoded = encodeKey(key);
        encodeValue(value); // refused at once, also if the function would never see it
        return update("merge", encoded, current -> {
            V merged = current.isEmpty() ? value : function.apply(decodeValue(encoded, current.get()), value);
            return attempt(encoded, current, merged);
        });
    }

    private OptimisticUpdate<V> update(String name, Bytes key, Function<Optional<Bytes>, Attempt<V>> attempts) {
        return new OptimisticUpdate<>(invoker, options, info, key, name, attempts);
    }

    /** The step from the value that was read to the one that shall be there; null is none. */
    private Attempt<V> attempt(Bytes key, Optional<Bytes> current, @Nullable V value) {
        if (value == null) {
            return new Attempt<>(
                    current.isEmpty() ? null : HashTableOperations.removeIf(info, key, current.get()), null);
        }
        Bytes encoded = encodeValue(value);
        return new Attempt<>(
                current.isEmpty()
                        ? HashTableOperations.insert(info, key, encoded)
                        : HashTableOperations.replaceIf(info, key, current.get(), encoded),
                value);
    }

    /** Whether the key has just this value, as encoded. */
    boolean containsMapping(Object key, Object value) {
        Optional<Bytes> encodedKey = soughtKey(key);
        Optional<Bytes> encodedValue = soughtValue(value);
        return encodedKey.isPresent()
                && encodedValue.isPresent()
                && call(HashTableOperations.get(info, encodedKey.get())).equals(encodedValue);
    }

    /** Whether the key was there to be removed. */
    boolean removeKey(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isPresent()
                && call(HashTableOperations.remove(info, encoded.get())).isPresent();
    }

    /** Removes one key with this value, if there is one. */
    boolean removeValue(Object value) {
        Optional<Bytes> encoded = soughtValue(value);
        if (encoded.isPresent()) {
            for (Iterator<Row> rows = TableViews.rows(this); rows.hasNext(); ) {
                Row row = rows.next();
                if (row.value().equals(encoded.get())
                        && call(HashTableOperations.removeIf(info, row.key(), row.value()))) {
                    return true;
                }
            }
        }
        return false;
    }

    StructureInfo info() {
        return info;
    }

    Invoker invoker() {
        return invoker;
    }

    CallOptions options() {
        return options;
    }

    <R> R call(Operation<R> operation) {
        return invoker.invoke(operation, options).await();
    }

    Bytes encodeKey(@Nullable K key) {
        return encode(keys, "key", key);
    }

    Bytes encodeValue(@Nullable V value) {
        return encode(values, "value", value);
    }

    /** A key that is looked for; empty if it is of another class, so that it cannot be there. */
    Optional<Bytes> soughtKey(@Nullable Object key) {
        return sought(keys, "key", key);
    }

    /** A value that is looked for; empty if it is of another class, so that it cannot be there. */
    Optional<Bytes> soughtValue(@Nullable Object value) {
        return sought(values, "value", value);
    }

    K decodeKey(Bytes key) {
        return decode(keys, "a key", key, key);
    }

    V decodeValue(Row row) {
        return decodeValue(row.key(), row.value());
    }

    @Nullable
    V value(Optional<Bytes> encoded) {
        return encoded.isEmpty() ? null : decode(values, "a value", null, encoded.get());
    }

    private V decodeValue(Bytes key, Bytes value) {
        return decode(values, "a value", key, value);
    }

    private <T> Bytes encode(Codec<T> codec, String what, @Nullable T object) {
        if (object == null) {
            throw new NullPointerException(aNull(what));
        }
        if (!codec.type().isInstance(object)) {
            throw new ClassCastException("a %s of hash table '%s' is a %s, not a %s"
                    .formatted(
                            what,
                            info.name(),
                            codec.type().getName(),
                            object.getClass().getName()));
        }
        return codec.encode(object);
    }

    private <T> Optional<Bytes> sought(Codec<T> codec, String what, @Nullable Object object) {
        if (object == null) {
            throw new NullPointerException(aNull(what));
        }
        return codec.type().isInstance(object)
                ? Optional.of(codec.encode(codec.type().cast(object)))
                : Optional.empty();
    }

    private <T> T decode(Codec<T> codec, String what, @Nullable Bytes key, Bytes bytes) {
        try {
            return codec.decode(bytes);
        } catch (MalformedException e) {
            throw new DdsException.Corrupted("%s of hash table '%s'%s is not what codec %s writes: %s"
                    .formatted(
                            what,
                            info.name(),
                            key == null ? "" : " (key bytes " + key + ")",
                            codec.name(),
                            e.getMessage()));
        }
    }

    private String aNull(String what) {
        return "a " + what + " of hash table '" + info.name() + "' is null";
    }
}
