package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.DdsException.Happened;
import io.brickwork.core.ReadMode;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.map.MapOperations.Row;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
 * Every method that concerns one key is linearizable, and takes effect once however often it is sent. The conditional
 * ones ({@code putIfAbsent}, {@code replace}, {@code remove(key, value)}) are decided by the partition's primary, which
 * compares <em>encoded</em> values: two values are the same if their codec gives the same bytes for both.
 * {@link #compute}, {@link #computeIfAbsent}, {@link #computeIfPresent} and {@link #merge} read, call the function, and
 * put the result in place if the value is still what was read; otherwise they begin again. They are atomic, but the
 * function may be called several times, so it should have no effects; the whole takes no longer than the timeout (after
 * that: {@link DdsException.Conflict}).
 *
 * <p>If the old value that {@link #put}, {@link #replace} or {@link #remove} tell cannot be decoded, they have been
 * done, and say so: {@link DdsException.UnreadableAnswer}, which holds its bytes. Where nothing was changed, a value
 * that cannot be decoded is {@link DdsException.Corrupted}.
 *
 * <p>Methods that concern many keys are many operations. {@link #size} and {@link #isEmpty} are no snapshot.
 * {@link #putAll}, {@link #clear}, {@link #replaceAll} and {@code removeIf}, {@code removeAll} and {@code retainAll} of
 * the views work in pages or pipelines; if they fail, a part may be done: then {@link DdsException.PartlyDone} says so,
 * unless the map's user has thrown something. Views are live; iterators are weakly consistent and hold at most a page.
 * The timeout is for each operation of these.
 *
 * <p>Keys and values are never null ({@link NullPointerException}), and what comes out is never the object that went
 * in: changing it changes nothing here. A key or value of another class than the map's is a {@link ClassCastException}
 * where something would be stored, and simply not there where something is looked for. A key over
 * {@link io.brickwork.core.Limits#KEY_BYTES} or a value over {@link io.brickwork.core.Limits#VALUE_BYTES} is
 * {@link DdsException.TooLarge}, before anything is sent. As a map key an array counts by its content, unlike in
 * {@code java.util}.
 *
 * <p>{@link #set} and {@link #delete} do not tell the old value and are the cheap way: an old value must be kept until
 * its caller is known to have it.
 *
 * <p>All methods may be called from any thread, virtual ones included, and block until the outcome is known or the
 * timeout is over; failures are {@link DdsException}. {@link #async} does not block.
 */
public abstract class DdsMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    private final Invoker invoker;
    private final MapOperations operations;
    private final PartitionMap initial;
    private final MapCodec<K> keys;
    private final MapCodec<V> values;
    private final CallOptions options;
    private final Computations<K, V> computations = new Computations<>(this);
    private final BulkMethods<K, V> bulk = new BulkMethods<>(this);

    /** @param initial the partitions that the map began with */
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
        this.keys = MapCodec.ofKeys(keys.forKeys(), operations);
        this.values = MapCodec.ofValues(values, operations);
        this.options = options;
        invoker.onOpened(operations.structure(), keys, values);
    }

    /**
     * Finds the structure; creates it if there is none of this name.
     *
     * @param fences where the partitions of a new one begin, but the first; empty for what its type says
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
        return encoded.isEmpty() ? null : call(getting(encoded.get()));
    }

    @Override
    public boolean containsKey(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isPresent() && call(operations.containsKey(encoded.get()));
    }

    /** Goes through the whole map. */
    @Override
    public boolean containsValue(Object value) {
        return bulk.containsValue(value);
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
        return call(putting(encodeKey(key), encodeValue(value)));
    }

    @Override
    public @Nullable V remove(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isEmpty() ? null : call(removing(encoded.get()));
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return call(puttingIfAbsent(encodeKey(key), encodeValue(value)));
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return call(replacing(encodeKey(key), encodeValue(value)));
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        Bytes encodedKey = encodeKey(key);
        Bytes replacement = encodeValue(newValue);
        return ifHolds(
                encodedKey, encodeValue(oldValue), expected -> operations.replaceIf(encodedKey, expected, replacement));
    }

    @Override
    public boolean remove(Object key, Object value) {
        Optional<Bytes> encodedKey = soughtKey(key);
        Optional<Bytes> encodedValue = soughtValue(value);
        return encodedKey.isPresent()
                && encodedValue.isPresent()
                && ifHolds(
                        encodedKey.get(),
                        encodedValue.get(),
                        expected -> operations.removeIf(encodedKey.get(), expected));
    }

    /** Carries out an operation that compares bytes: with those that are stored, if they stand for the same value. */
    private boolean ifHolds(Bytes key, Bytes value, Function<Bytes, Operation<Boolean>> operation) {
        Bytes expected = value;
        while (!call(operation.apply(expected))) {
            Optional<Bytes> stored = valuesMayHaveOtherBytes()
                    ? invoker.invoke(operations.get(key), options.withReads(ReadMode.LINEARIZABLE))
                            .await()
                    : Optional.empty();
            if (stored.isEmpty() || stored.get().equals(expected) || !isSameValue(stored.get(), value)) {
                return false;
            }
            expected = stored.get();
        }
        return true;
    }

    boolean valuesMayHaveOtherBytes() {
        return values.codec().mayHaveOtherBytes();
    }

    /** Whether the bytes that are stored stand for a value, given as it would be stored. */
    boolean isSameValue(Bytes stored, Bytes value) {
        return values.isSame(stored, value);
    }

    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        return computations.compute(key, function).await();
    }

    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        return computations.computeIfAbsent(key, function).await();
    }

    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        return computations.computeIfPresent(key, function).await();
    }

    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        return computations.merge(key, value, function).await();
    }

    /**
     * Sets all of these, in any order, some at a time. If it fails, any of them may be set.
     *
     * @throws DdsException.PartlyDone if some were set
     */
    @Override
    public void putAll(Map<? extends K, ? extends V> entries) {
        bulk.putAll(entries);
    }

    /**
     * Sets all of these, or none if it fails, at one moment: nobody sees some of them without the others. For at most
     * {@link io.brickwork.core.Limits#TRANSACTION_ITEMS} entries and {@link io.brickwork.core.Limits#TRANSACTION_BYTES}
     * bytes.
     *
     * @throws DdsException.Conflict if others have held some of the keys locked all the time: nothing was set
     */
    public void putAllAtomically(Map<? extends K, ? extends V> entries) {
        MiniTransaction all = new MiniTransaction(invoker, options);
        entries.forEach((key, value) -> all.set(this, key, value));
        all.commitOrThrow();
    }

    /** Replaces each value atomically with what the function makes of it; it may be called several times for a key. */
    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        bulk.replaceAll(function);
    }

    /** The live records of all partitions, counted one after the other; at most {@link Integer#MAX_VALUE}. */
    @Override
    public int size() {
        return (int) Math.min(mappingCount(), Integer.MAX_VALUE);
    }

    /** As {@link #size}, without its limit. */
    public long mappingCount() {
        return bulk.count();
    }

    @Override
    public boolean isEmpty() {
        return bulk.isEmpty();
    }

    /**
     * Removes page by page; what is put meanwhile may stay or go.
     *
     * @throws DdsException.PartlyDone if it failed when some had been removed
     */
    @Override
    public void clear() {
        bulk.clear();
    }

    @Override
    public Set<K> keySet() {
        return new MapKeys<>(this);
    }

    @Override
    public Collection<V> values() {
        return new MapViews.Values<>(this);
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new MapViews.Entries<>(this);
    }

    Computations<K, V> computations() {
        return computations;
    }

    BulkMethods<K, V> bulk() {
        return bulk;
    }

    /** All records, still encoded; weakly consistent, and never more than a page of them at a time. */
    protected Iterator<Row> rows(boolean keysOnly) {
        return stretch().rows(keysOnly);
    }

    /** All of the map. */
    protected RowStretch stretch() {
        return new HashedStretch(this, Bytes.EMPTY, null);
    }

    /** Whether rows come in the order of their keys. */
    protected boolean isOrdered() {
        return false;
    }

    /** The order of the keys, if they have one; null for the natural one. */
    protected @Nullable Comparator<? super K> keyOrder() {
        return null;
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
    protected boolean removeKey(Object key) {
        Optional<Bytes> encoded = soughtKey(key);
        return encoded.isPresent() && call(operations.remove(encoded.get())).isPresent();
    }

    // ---- operations whose answer is a value

    Operation<@Nullable V> getting(Bytes key) {
        return telling(key, operations.get(key));
    }

    Operation<@Nullable V> putting(Bytes key, Bytes value) {
        return displacing(key, operations.put(key, value));
    }

    Operation<@Nullable V> removing(Bytes key) {
        return displacing(key, operations.remove(key));
    }

    Operation<@Nullable V> replacing(Bytes key, Bytes value) {
        return displacing(key, operations.replace(key, value));
    }

    /** If there is a value to be told, nothing was put. */
    Operation<@Nullable V> puttingIfAbsent(Bytes key, Bytes value) {
        return telling(key, operations.putIfAbsent(key, value));
    }

    /** The value that there is, told by an operation that has left it there. */
    private Operation<@Nullable V> telling(Bytes key, Operation<Optional<Bytes>> operation) {
        return operation.map(found -> found.isEmpty() ? null : decodeValue(key, found.get()));
    }

    /** The value that there was, told by an operation that has removed or replaced it. */
    private Operation<@Nullable V> displacing(Bytes key, Operation<Optional<Bytes>> operation) {
        return operation.map(
                old -> old.isEmpty() ? null : displaced(operation.name(), new Row(key, old.get()), this::decodeValue));
    }

    /**
     * Decodes a record that is in the map no more.
     *
     * @param name of the operation that has removed or replaced it
     * @throws DdsException.UnreadableAnswer if it cannot be decoded: it says that the operation was done, and holds the
     *     record's bytes
     */
    @SuppressWarnings("CatchingUnchecked") // whatever a codec throws, the operation was done
    protected <T> T displaced(String name, Row row, Function<Row, T> decoding) {
        try {
            return decoding.apply(row);
        } catch (Throwable unreadable) {
            throw new DdsException.UnreadableAnswer(
                    "'%s' on %s was done, but what was there before cannot be read; this exception holds its bytes: %s"
                            .formatted(
                                    name,
                                    operations.describe(),
                                    unreadable instanceof DdsException told ? told.getMessage() : unreadable),
                    Happened.EVERYTHING,
                    unreadable,
                    row.key(),
                    row.value());
        }
    }

    /** Counts the operations that one method consists of. */
    protected Progress progress(String method) {
        return new Progress(invoker, "'%s' on %s".formatted(method, operations.describe()));
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
        return keys.codec();
    }

    protected Codec<V> valueCodec() {
        return values.codec();
    }

    protected Invoker invoker() {
        return invoker;
    }

    /** What is asked of its calls. */
    public CallOptions options() {
        return options;
    }

    protected <R> R call(Operation<R> operation) {
        if (!operation.read()) {
            invoker.checkMayBlock();
        }
        return invoker.invoke(operation, options).await();
    }

    protected Bytes encodeKey(@Nullable K key) {
        return keys.encode(key);
    }

    /** A key whose value is computed: it may lie outside of what this map shows, where none can be put. */
    protected Bytes computedKey(@Nullable K key) {
        return encodeKey(key);
    }

    /** Why nothing can be put under the key; null if something can. */
    protected @Nullable RuntimeException refusal(Bytes key) {
        return null;
    }

    protected Bytes encodeValue(@Nullable V value) {
        return values.encode(value);
    }

    /** A key that is looked for; empty if it is of another class, so that it cannot be there. */
    protected Optional<Bytes> soughtKey(@Nullable Object key) {
        return keys.sought(key);
    }

    /** A value that is looked for; empty if it is of another class, so that it cannot be there. */
    protected Optional<Bytes> soughtValue(@Nullable Object value) {
        return values.sought(value);
    }

    protected K decodeKey(Bytes key) {
        return keys.decode(key, key);
    }

    protected V decodeValue(Row row) {
        return decodeValue(row.key(), row.value());
    }

    private V decodeValue(Bytes key, Bytes value) {
        return values.decode(key, value);
    }
}
