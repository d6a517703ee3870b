package io.brickwork.btree;

import io.brickwork.btree.Bounds.End;
import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.map.DdsMap;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.map.Progress;
import io.brickwork.map.RowStretch;
import io.brickwork.map.transaction.Transactional;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An ordered tree on a cluster of bricks, as a {@link ConcurrentNavigableMap}; or a view of one that shows a range of
 * it, or has the order reversed. What is promised of single keys: {@link DdsMap}.
 *
 * <p>Keys stand in the order of their {@link io.brickwork.core.codec.OrderedCodec}. Views are live, and are trees
 * themselves: they have all methods, and bounds count for all of them. What is outside of a view's bounds is not there
 * for it, and cannot be put through it ({@link IllegalArgumentException}).
 *
 * <p>Those that look for the next key ({@link #ceilingEntry}, {@link #firstEntry}, …) and {@link #pollFirstEntry} go
 * from partition to partition until one has it: each is atomic in a partition, and weakly consistent across several.
 * {@link #size}, {@link #mappingCount}, {@link #clear} and the iterators go part by part. {@link #scan} streams.
 */
public final class DdsTree<K, V> extends DdsMap<K, V>
        implements ConcurrentNavigableMap<K, V>, Transactional<DdsTree<K, V>> {
    private final TreeSpec<K, V> spec;
    private final TreeOperations ranges;
    private final Bounds bounds;
    private final Span span;
    private final boolean descending;

    private DdsTree(
            Invoker invoker,
            StructureInfo info,
            PartitionMap initial,
            TreeSpec<K, V> spec,
            CallOptions options,
            Bounds bounds,
            boolean descending) {
        super(invoker, TreeType.operations(info), initial, spec.keys(), spec.values(), options);
        this.spec = spec;
        this.ranges = new TreeOperations(info);
        this.bounds = bounds;
        this.span = bounds.span();
        this.descending = descending;
    }

    /**
     * Opens the tree; creates it if there is none of this name.
     *
     * @param options for opening, and for all calls until they are changed
     * @throws DdsException.WrongType if there is a structure of this name with other types or settings
     */
    public static <K, V> DdsTree<K, V> open(Invoker invoker, TreeSpec<K, V> spec, CallOptions options) {
        StructureInfo info = openStructure(invoker, spec.name(), spec.structureSpec(), spec.fences(), options);
        return new DdsTree<>(
                invoker,
                info,
                TreeType.INSTANCE.initialPartitions(info.spec()),
                spec.fitted(info),
                options,
                Bounds.NONE,
                false);
    }

    /** The same tree, or view, with another timeout; this one keeps its own. */
    public DdsTree<K, V> withTimeout(Duration timeout) {
        return new DdsTree<>(
                invoker(), info(), initialPartitions(), spec, options().withTimeout(timeout), bounds, descending);
    }

    /** The same tree, or view, with reads that promise something else; this one keeps its own. */
    public DdsTree<K, V> withReads(ReadMode reads) {
        return new DdsTree<>(
                invoker(), info(), initialPartitions(), spec, options().withReads(reads), bounds, descending);
    }

    @Override
    public DdsTree<K, V> over(Invoker other) {
        return new DdsTree<>(other, info(), PartitionMap.WHOLE, spec, options(), bounds, descending);
    }

    @Override
    public AsyncTree<K, V> async() {
        return new AsyncTree<>(this);
    }

    // ---- order

    @Override
    public @Nullable Comparator<? super K> comparator() {
        Comparator<? super K> order = spec.keys().comparator();
        return descending ? Collections.reverseOrder(order) : order;
    }

    @Override
    public K firstKey() {
        return present(search(ending(false, this::keyIn)));
    }

    @Override
    public K lastKey() {
        return present(search(ending(true, this::keyIn)));
    }

    @Override
    public Map.@Nullable Entry<K, V> firstEntry() {
        return search(ending(false, this::presentEntry));
    }

    @Override
    public Map.@Nullable Entry<K, V> lastEntry() {
        return search(ending(true, this::presentEntry));
    }

    @Override
    public @Nullable K lowerKey(K key) {
        return search(near(key, false, false, this::keyIn));
    }

    @Override
    public @Nullable K floorKey(K key) {
        return search(near(key, false, true, this::keyIn));
    }

    @Override
    public @Nullable K ceilingKey(K key) {
        return search(near(key, true, true, this::keyIn));
    }

    @Override
    public @Nullable K higherKey(K key) {
        return search(near(key, true, false, this::keyIn));
    }

    @Override
    public Map.@Nullable Entry<K, V> lowerEntry(K key) {
        return search(near(key, false, false, this::presentEntry));
    }

    @Override
    public Map.@Nullable Entry<K, V> floorEntry(K key) {
        return search(near(key, false, true, this::presentEntry));
    }

    @Override
    public Map.@Nullable Entry<K, V> ceilingEntry(K key) {
        return search(near(key, true, true, this::presentEntry));
    }

    @Override
    public Map.@Nullable Entry<K, V> higherEntry(K key) {
        return search(near(key, true, false, this::presentEntry));
    }

    /**
     * Removes the first entry: at once, so no two callers get the same.
     *
     * @throws DdsException.UnreadableAnswer if it was removed, and cannot be decoded: its bytes are in the exception
     */
    @Override
    public Map.@Nullable Entry<K, V> pollFirstEntry() {
        return search(polling(false, this::presentEntry));
    }

    /** Removes the last entry, as {@link #pollFirstEntry} does the first. */
    @Override
    public Map.@Nullable Entry<K, V> pollLastEntry() {
        return search(polling(true, this::presentEntry));
    }

    /** As {@link #pollFirstEntry} or {@link #pollLastEntry}, but the value is not looked at. */
    @Nullable
    K pollKey(boolean isLast) {
        return search(polling(isLast, this::keyIn));
    }

    // ---- views

    @Override
    public DdsTree<K, V> subMap(K from, boolean fromInclusive, K to, boolean toInclusive) {
        Bytes first = plainKey(from);
        Bytes last = plainKey(to);
        int order = first.compareTo(last);
        if (descending ? order < 0 : order > 0) {
            throw new IllegalArgumentException(
                    "a range of tree '%s' from %s to %s, which comes before it".formatted(name(), from, to));
        }
        End begin = new End(first, fromInclusive);
        End end = new End(last, toInclusive);
        return descending ? view(bounded(end, begin), true) : view(bounded(begin, end), false);
    }

    @Override
    public DdsTree<K, V> headMap(K to, boolean inclusive) {
        End end = new End(plainKey(to), inclusive);
        return descending ? view(bounded(end, null), true) : view(bounded(null, end), false);
    }

    @Override
    public DdsTree<K, V> tailMap(K from, boolean inclusive) {
        End begin = new End(plainKey(from), inclusive);
        return descending ? view(bounded(null, begin), true) : view(bounded(begin, null), false);
    }

    @Override
    public DdsTree<K, V> subMap(K from, K to) {
        return subMap(from, true, to, false);
    }

    @Override
    public DdsTree<K, V> headMap(K to) {
        return headMap(to, false);
    }

    @Override
    public DdsTree<K, V> tailMap(K from) {
        return tailMap(from, true);
    }

    @Override
    public DdsTree<K, V> descendingMap() {
        return view(bounds, !descending);
    }

    /**
     * The keys of this view that begin with this: for text its first characters, for a record its first components.
     *
     * @throws IllegalArgumentException if keys have no such leading parts
     */
    public DdsTree<K, V> prefixMap(@Nullable Object... leading) {
        return within(Span.prefixed(spec.keys().prefix(leading)));
    }

    /** This view's part that lies in the span. */
    DdsTree<K, V> within(Span other) {
        return view(Bounds.of(other).intersection(bounds), descending);
    }

    private DdsTree<K, V> view(Bounds of, boolean isDescending) {
        return new DdsTree<>(invoker(), info(), initialPartitions(), spec, options(), of, isDescending);
    }

    /** This view's part between two ends, where null is its own. */
    private Bounds bounded(@Nullable End low, @Nullable End high) {
        for (End end : new End[] {low, high}) {
            if (end != null && !bounds.admits(end)) {
                throw outOfRange(decodeKey(end.key()));
            }
        }
        return new Bounds(low == null ? bounds.low() : low, high == null ? bounds.high() : high);
    }

    @Override
    public NavigableSet<K> keySet() {
        return new TreeKeys<>(this);
    }

    @Override
    public NavigableSet<K> navigableKeySet() {
        return keySet();
    }

    @Override
    public NavigableSet<K> descendingKeySet() {
        return descendingMap().keySet();
    }

    // ---- many keys

    /** Everything in this view, in its order, streamed; to be closed. */
    public Scan<Map.Entry<K, V>> scan(ScanOptions how) {
        return new Scan<>(new RowWalk(this, false, how, true), this::presentEntry);
    }

    /** The keys in this view, in its order, streamed; to be closed. Values are not sent. */
    public Scan<K> scanKeys(ScanOptions how) {
        return new Scan<>(new RowWalk(this, true, how, true), row -> decodeKey(row.key()));
    }

    /** The records of this view, counted part by part: no snapshot. */
    @Override
    public long mappingCount() {
        return span.equals(Span.ALL) ? super.mappingCount() : total(ranges::count, counted -> {});
    }

    @Override
    public boolean isEmpty() {
        return search(new Search<>(span, descending, ranges::firstKey)) == null;
    }

    /** As {@link #removeRange}. */
    @Override
    public void clear() {
        removeRange();
    }

    /**
     * Removes everything in this view, part by part; what is put meanwhile may stay or go. Returns how many that were.
     *
     * @throws DdsException.PartlyDone if it failed when some had been removed
     */
    public long removeRange() {
        Progress progress = progress("removeRange");
        return progress.guard(() -> total(ranges::remove, removed -> progress.countDone(removed == 0 ? 0 : 1)));
    }

    /**
     * Puts entries whose keys ascend, many at a time: the fast way to fill a tree. Each part takes effect at once.
     *
     * @return how many there were
     * @throws DdsException.PartlyDone if it failed when some were there
     * @throws IllegalArgumentException if a key does not come after the one before it
     */
    public long load(Iterator<? extends Map.Entry<? extends K, ? extends V>> ascending) {
        return new SortedLoad<>(this).run(ascending);
    }

    @Override
    protected RowStretch stretch() {
        return new OrderedStretch(this, null);
    }

    @Override
    protected boolean isOrdered() {
        return true;
    }

    @Override
    protected @Nullable Comparator<? super K> keyOrder() {
        return comparator();
    }

    private long total(Function<KeyRange, Operation<Part<Long>>> operation, LongConsumer each) {
        long total = 0;
        Optional<KeyRange> rest = span.isEmpty() ? Optional.empty() : Optional.of(span.range());
        while (rest.isPresent()) {
            Part<Long> part = call(operation.apply(rest.get()));
            each.accept(part.result());
            total += part.result();
            rest = part.rest();
        }
        return total;
    }

    // ---- keys

    /** A key that is to be stored: it must lie in this view. */
    @Override
    protected Bytes encodeKey(@Nullable K key) {
        Bytes encoded = super.encodeKey(key);
        if (!span.contains(encoded)) {
            throw outOfRange(key);
        }
        return encoded;
    }

    /** A key that is looked for, and perhaps put: only what is stored must lie in this view. */
    @Override
    protected Bytes computedKey(@Nullable K key) {
        return super.encodeKey(key);
    }

    @Override
    protected @Nullable RuntimeException refusal(Bytes key) {
        return span.contains(key) ? null : outOfRange(decodeKey(key));
    }

    /** A key that is looked for: what lies outside of this view is not there. */
    @Override
    protected Optional<Bytes> soughtKey(@Nullable Object key) {
        return super.soughtKey(key).filter(span::contains);
    }

    /** A key that bounds something: it may lie anywhere. */
    private Bytes plainKey(@Nullable K key) {
        Bytes encoded = super.encodeKey(key);
        operations().checkSizes(encoded, Bytes.EMPTY);
        return encoded;
    }

    private IllegalArgumentException outOfRange(@Nullable Object key) {
        return new IllegalArgumentException(
                "key %s lies outside of this view of tree '%s', which begins at %s and ends before %s"
                        .formatted(
                                key,
                                name(),
                                span.low().isEmpty() ? "its beginning" : "the bytes " + span.low(),
                                span.high() == null ? "its end" : "the bytes " + span.high()));
    }

    // ---- search

    <T> Search<T> ending(boolean isLast, Function<Row, T> shape) {
        return Search.looking(span, isLast != descending, ranges::first, shape);
    }

    /** What cannot be shaped has been removed all the same, and is told so. */
    <T> Search<T> polling(boolean isLast, Function<Row, T> shape) {
        return new Search<>(span, isLast != descending, (range, backward) -> {
            Operation<Part<List<Row>>> poll = ranges.poll(range, backward);
            return poll.map(part -> Part.shaped(part, row -> displaced(poll.name(), row, shape)));
        });
    }

    /** The record nearest to the key: after it in this view's order, or before it. */
    <T> Search<T> near(K key, boolean after, boolean inclusive, Function<Row, T> shape) {
        Bytes at = plainKey(key);
        boolean isUp = after != descending;
        return Search.looking(Search.beyond(at, isUp, inclusive).intersection(span), !isUp, ranges::first, shape);
    }

    <T> @Nullable T search(Search<T> search) {
        Optional<KeyRange> rest = search.span().isEmpty()
                ? Optional.empty()
                : Optional.of(search.span().range());
        while (rest.isPresent()) {
            Part<List<T>> part = call(search.step().operation(rest.get(), search.backward()));
            if (!part.result().isEmpty()) {
                return part.result().getFirst();
            }
            rest = part.rest();
        }
        return null;
    }

    private K keyIn(Row row) {
        return decodeKey(row.key());
    }

    private K present(@Nullable K key) {
        if (key == null) {
            throw new NoSuchElementException("tree '" + name() + "' has no entry in this range");
        }
        return key;
    }

    Map.Entry<K, V> presentEntry(Row row) {
        return Map.entry(decodeKey(row.key()), decodeValue(row));
    }

    // ---- for the package

    Span span() {
        return span;
    }

    boolean isDescending() {
        return descending;
    }

    TreeOperations ranges() {
        return ranges;
    }

    void deleteRow(Row row) {
        call(operations().delete(row.key()));
    }

    Row encodeRow(K key, V value) {
        Row row = new Row(encodeKey(key), encodeValue(value));
        operations().checkSizes(row.key(), row.value());
        return row;
    }

    K keyOf(Bytes encoded) {
        return decodeKey(encoded);
    }

    @Override
    protected Invoker invoker() {
        return super.invoker();
    }

    @Override
    protected Progress progress(String method) {
        return super.progress(method);
    }
}
