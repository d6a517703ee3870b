package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.ReadMode;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Operation;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.wire.MalformedException;
import io.brickwork.map.MapOperations.ClearedPage;
import io.brickwork.map.MapOperations.PartitionCount;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.map.OptimisticUpdate.Attempt;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the maps on a cluster of bricks have in common.
 *
 * <h2>What is promised</h2>
 *
 * Every method that concerns one key is linearizable, and takes effect once however often it is sent. The conditional ones ({@code putIfAbsent}, {@code replace}, {@code remove(key, value)}) are decided
 * by the partition's primary, which compares <em>encoded</em> values: two values are the same if their codec gives the same bytes for both. {@link #compute}, {@link #computeIfAbsent},
 * {@link #computeIfPresent} and {@link #merge} read, call the function, and put the result in place if the value is still what was read; otherwise they begin again. They are atomic, but the
 * function may be called several times, so it should have no effects; the whole takes no longer than the timeout (after that: {@link DdsException.Conflict}).
 *
 * <p>Methods that concern many keys are many operations. {@link #size} and {@link #isEmpty} are no snapshot. {@link #putAll}, {@link #clear}, {@link #replaceAll} and the {@code removeIf} of the
 * views work in pages or pipelines; if they fail, a part may be done. Views are live; iterators are weakly consistent and hold at most a page. The timeout is for each operation of these.
 *
 * <p>Keys and values are never null ({@link NullPointerException}), and what comes out is never the object that went in: changing it changes nothing here. A key or value of another class than the
 * map's is a {@link ClassCastException} where something would be stored, and simply not there where something is looked for. A key over {@link io.brickwork.core.Limits#KEY_BYTES} or a value over
 * {@link io.brickwork.core.Limits#VALUE_BYTES} is {@link DdsException.TooLarge}, before anything is sent. As a map key an array counts by its content, unlike in {@code java.util}.
 *
 * <p>{@link #set} and {@link #delete} do not tell the old value and are the cheap way: an old value must be kept until its caller is known to have it.
 *
 * <p>All methods may be called from any thread, virtual ones included, and block until the outcome is known or the timeout is over; failures are {@link DdsException}. {@link #async} does not block.
 */
public abstract class DdsMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    /** Partitions that are asked at a time. */
    private static final int WALK_WINDOW = 64;

    private final Invoker invoker;
    private final MapOperations operations;
    private final PartitionMap initial;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final CallOptions options;

    /**
     * @param initial the partitions that the map began with
     */
    protected DdsMap(
            Invoker invoker,
            MapOperations operations,
            PartitionMap initial,
            Codec<K> keys,
            Codec<V> values,
            CallOptions options) {
        this.invoker = invoker;
        this.operations = operations;
        this.initial = initial;
        this.keys = keys;
        this.values = values;
        this.options = options;
    }

    /**
     * Finds the structure; creates it if there is none of this name.
     *
     * @param fences where the partitions of a new one begin, but the first; empty for what its type says
     * @param options for both
     */
    protected static StructureInfo openStructure(
            Invoker invoker, String name, StructureSpec spec, List<Bytes> fences, CallOptions options) {
        CallOptions certain = options.withReads(ReadMode.LINEARIZABLE);
        Optional<StructureInfo> existing =
                invoker.invoke(Catalog.find(name), certain).await();
        return existing.orElseGet(() ->
                invoker.invoke(Catalog.create(name, spec, fences), certain).await());
    }

    public String name() {
        return info().name();
    }

    /** What the map is, as it was created. */
    public StructureSpec spec() {
        return info().spec();
    }

    /** The same map without blocking. */
    public AsyncMap<K, V> async() {
        return new AsyncMap<>(this);
    }

    @Override
    public @Nullable V get(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isEmpty() ? null : value(call(operations.get(encoded.get())));
    }

    @Override
    public boolean containsKey(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isPresent() && call(operations.containsKey(encoded.get()));
    }

    /** Goes through the whole map. */
    @Override
    public boolean containsValue(Object value) {
        Optional<Bytes> encoded = soughtValue(value);
        if (encoded.isPresent()) {
            for (Iterator<Row> rows = rows(false); rows.hasNext(); ) {
                if (rows.next().value().equals(encoded.get())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** As {@link #put}, without telling the old value: cheaper. */
    public void set(K key, V value) {
        call(operations.set(encodeKey(key), encodeValue(value)));
    }

    /** As {@link #remove(Object)}, without telling the old value: cheaper. */
    public void delete(K key) {
        call(operations.delete(encodeKey(key)));
    }

    @Override
    public @Nullable V put(K key, V value) {
        return value(call(operations.put(encodeKey(key), encodeValue(value))));
    }

    @Override
    public @Nullable V remove(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isEmpty() ? null : value(call(operations.remove(encoded.get())));
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return value(call(operations.putIfAbsent(encodeKey(key), encodeValue(value))));
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return value(call(operations.replace(encodeKey(key), encodeValue(value))));
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        return call(operations.replaceIf(encodeKey(key), encodeValue(oldValue), encodeValue(newValue)));
    }

    @Override
    public boolean remove(Object key, Object value) {
        Optional<Bytes> encodedKey = soughtKey(key);
        Optional<Bytes> encodedValue = soughtValue(value);
        return encodedKey.isPresent()
                && encodedValue.isPresent()
                && call(operations.removeIf(encodedKey.get(), encodedValue.get()));
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
                pipeline -> entries.forEach(
                        (key, value) -> pipeline.send(operations.set(encodeKey(key), encodeValue(value)), done -> {})));
    }

    /**
     * Sets all of these, or none if it fails, at one moment: nobody sees some of them without the others. For at most {@link io.brickwork.core.Limits#TRANSACTION_ITEMS} entries and
     * {@link io.brickwork.core.Limits#TRANSACTION_BYTES} bytes.
     *
     * @throws DdsException.Conflict if others have held some of the keys locked all the time: nothing was set
     */
    public void putAllAtomically(Map<? extends K, ? extends V> entries) {
        MiniTransaction all = new MiniTransaction(invoker, options);
        entries.forEach((key, value) -> all.set(this, key, value));
        all.commitOrThrow();
    }

    /** Replaces each value with what the function makes of it, each atomically; the function may be called several times for a key. */
    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        Pipeline.run(invoker, options, pipeline -> {
            for (Iterator<Row> rows = rows(false); rows.hasNext(); ) {
                Row row = rows.next();
                K key = decodeKey(row.key());
                Bytes replacement = encodeValue(function.apply(key, decodeValue(row)));
                pipeline.send(operations.replaceIf(row.key(), row.value(), replacement), replaced -> {
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
                invoker, options, initial, WALK_WINDOW, position -> operations.count(position), PartitionCount::next);
    }

    /** Removes page by page; what is put meanwhile may stay or go. */
    @Override
    public void clear() {
        new FenceWalk<>(
                        invoker,
                        options,
                        initial,
                        WALK_WINDOW,
                        position -> operations.clearPage(position),
                        ClearedPage::next)
                .run((position, page) -> true);
    }

    @Override
    public Set<K> keySet() {
        return new MapViews.Keys<>(this);
    }

    @Override
    public Collection<V> values() {
        return new MapViews.Values<>(this);
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new MapViews.Entries<>(this);
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
        return new OptimisticUpdate<>(invoker, options, operations, key, name, attempts);
    }

    /** The step from the value that was read to the one that shall be there; null is none. */
    private Attempt<V> attempt(Bytes key, Optional<Bytes> current, @Nullable V value) {
        if (value == null) {
            return new Attempt<>(current.isEmpty() ? null : operations.removeIf(key, current.get()), null);
        }
        Bytes encoded = encodeValue(value);
        return new Attempt<>(
                current.isEmpty() ? operations.insert(key, encoded) : operations.replaceIf(key, current.get(), encoded),
                value);
    }

    /** All records, still encoded; weakly consistent, and never more than a page of them at a time. */
    protected Iterator<Row> rows(boolean keysOnly) {
        return new RowIterator(this, keysOnly);
    }

    /** Whether the key has just this value, as encoded. */
    boolean containsMapping(Object key, Object value) {
        Optional<Bytes> encodedKey = soughtKey(key);
        Optional<Bytes> encodedValue = soughtValue(value);
        return encodedKey.isPresent()
                && encodedValue.isPresent()
                && call(operations.get(encodedKey.get())).equals(encodedValue);
    }

    /** Whether the key was there to be removed. */
    boolean removeKey(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isPresent() && call(operations.remove(encoded.get())).isPresent();
    }

    /** Removes one key with this value, if there is one. */
    boolean removeValue(Object value) {
        Optional<Bytes> encoded = soughtValue(value);
        if (encoded.isPresent()) {
            for (Iterator<Row> rows = rows(false); rows.hasNext(); ) {
                Row row = rows.next();
                if (row.value().equals(encoded.get()) && call(operations.removeIf(row.key(), row.value()))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How the cluster knows the map. */
    public StructureInfo info() {
        return operations.structure();
    }

    /** The key of the record that the key's value is kept in. */
    Bytes recordKey(K key) {
        Bytes encoded = encodeKey(key);
        operations.checkSizes(encoded, Bytes.EMPTY);
        return operations.placement().recordKey(encoded);
    }

    Bytes storedValue(V value) {
        Bytes encoded = encodeValue(value);
        operations.checkSizes(Bytes.EMPTY, encoded);
        return encoded;
    }

    protected MapOperations operations() {
        return operations;
    }

    protected PartitionMap initialPartitions() {
        return initial;
    }

    protected Codec<K> keyCodec() {
        return keys;
    }

    protected Codec<V> valueCodec() {
        return values;
    }

    protected Invoker invoker() {
        return invoker;
    }

    /** What is asked of its calls. */
    public CallOptions options() {
        return options;
    }

    protected <R> R call(Operation<R> operation) {
        return invoker.invoke(operation, options).await();
    }

    protected Bytes encodeKey(@Nullable K key) {
        return encode(keys, "key", key);
    }

    protected Bytes encodeValue(@Nullable V value) {
        return encode(values, "value", value);
    }

    /** A key that is looked for; empty if it is of another class, so that it cannot be there. */
    protected Optional<Bytes> soughtKey(@Nullable Object key) {
        return sought(keys, "key", key);
    }

    /** A value that is looked for; empty if it is of another class, so that it cannot be there. */
    protected Optional<Bytes> soughtValue(@Nullable Object value) {
        return sought(values, "value", value);
    }

    protected K decodeKey(Bytes key) {
        return decode(keys, "a key", key, key);
    }

    protected V decodeValue(Row row) {
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
            throw new ClassCastException("a %s of %s is a %s, not a %s"
                    .formatted(
                            what,
                            operations.describe(),
                            codec.type().getName(),
                            object.getClass().getName()));
        }
        return encodeWithin(codec, what, object);
    }

    /** Codecs stop at the limit of a value and do not know for whom they encode. */
    private <T> Bytes encodeWithin(Codec<T> codec, String what, T object) {
        try {
            return codec.encode(object);
        } catch (DdsException.TooLarge large) {
            throw large.of(
                    "a " + what + " of " + operations.describe(),
                    what.equals("key") ? Limits.KEY_BYTES : Limits.VALUE_BYTES);
        }
    }

    private <T> Optional<Bytes> sought(Codec<T> codec, String what, @Nullable Object object) {
        if (object == null) {
            throw new NullPointerException(aNull(what));
        }
        return codec.type().isInstance(object)
                ? Optional.of(encodeWithin(codec, what, codec.type().cast(object)))
                : Optional.empty();
    }

    private <T> T decode(Codec<T> codec, String what, @Nullable Bytes key, Bytes bytes) {
        try {
            return codec.decode(bytes);
        } catch (MalformedException e) {
            throw new DdsException.Corrupted("%s of %s%s is not what codec %s writes: %s"
                    .formatted(
                            what,
                            operations.describe(),
                            key == null ? "" : " (key bytes " + key + ")",
                            codec.name(),
                            e.getMessage()));
        }
    }

    private String aNull(String what) {
        return "a " + what + " of " + operations.describe() + " is null";
    }
}
