package io.brickwork.btree;

import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.invoke.Operation;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.map.DdsMap;
import io.brickwork.map.MapOperations.Row;
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
import org.jspecify.annotations.Nullable;

/**
 * An ordered tree on a cluster of bricks, as a {@link ConcurrentNavigableMap}; or a view of one that shows a range of it, or has the order reversed. What is promised of single keys: {@link DdsMap}.
 *
 * <p>Keys stand in the order of their {@link io.brickwork.core.codec.OrderedCodec}. Views are live, and are trees themselves: they have all methods, and bounds count for all of them. What is outside
 * of a view's bounds is not there for it, and cannot be put through it ({@link IllegalArgumentException}).
 *
 * <p>Those that look for the next key ({@link #ceilingEntry}, {@link #firstEntry}, …) and {@link #pollFirstEntry} go from partition to partition until one has it: each is atomic in a partition, and weakly
 * consistent across several. {@link #size}, {@link #mappingCount}, {@link #clear} and the iterators go part by part. {@link #scan} streams.
 */
public final class DdsTree<K, V> extends DdsMap<K, V>
        implements ConcurrentNavigableMap<K, V>, Transactional<DdsTree<K, V>> {
    private final TreeSpec<K, V> spec;
    private final TreeOperations ranges;
    private final Span span;
    private final boolean descending;

    private DdsTree(
            Invoker invoker,
            StructureInfo info,
            PartitionMap initial,
            TreeSpec<K, V> spec,
            CallOptions options,
            Span span,
            boolean descending) {
        super(invoker, TreeType.operations(info), initial, spec.keys(), spec.values(), options);
        this.spec = spec;
        this.ranges = new TreeOperations(info);
        this.span = span;
        this.descending = descending;
    }

    /**
     * Opens the tree; creates it if there is none of this name.
     *
     * @param options for opening, and for all calls until they are changed
     * @throws DdsException.WrongType if there is a structure of this name with other types or settings than the spec asks for
     */
    public static <K, V> DdsTree<K, V> open(Invoker invoker, TreeSpec<K, V> spec, CallOptions options) {
        StructureInfo info = openStructure(invoker, spec.name(), spec.structureSpec(), spec.fences(), options);
        return new DdsTree<>(
                invoker,
                info,
                TreeType.INSTANCE.initialPartitions(info.spec()),
                spec.fitted(info),
                options,
                Span.ALL,
                false);
    }

    /** The same tree, or view, with another timeout; this one keeps its own. */
    public DdsTree<K, V> withTimeout(Duration timeout) {
        return new DdsTree<>(
                invoker(), info(), initialPartitions(), spec, options().withTimeout(timeout), span, descending);
    }

    /** The same tree, or view, with reads that promise something else; this one keeps its own. */
    public DdsTree<K, V> withReads(ReadMode reads) {
        return new DdsTree<>(
                invoker(), info(), initialPartitions(), spec, options().withReads(reads), span, descending);
    }

    @Override
    public DdsTree<K, V> over(Invoker other) {
        return new DdsTree<>(other, info(), PartitionMap.WHOLE, spec, options(), span, descending);
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
        return presentKey(endRow(false));
    }

    @Override
    public K lastKey() {
        return presentKey(endRow(true));
    }

    @Override
    public Map.@Nullable Entry<K, V> firstEntry() {
        return entry(endRow(false));
    }

    @Override
    public Map.@Nullable Entry<K, V> lastEntry() {
        return entry(endRow(true));
    }

    @Override
    public @Nullable K lowerKey(K key) {
        return key(search(near(key, false, false)));
    }

    @Override
    public @Nullable K floorKey(K key) {
        return key(search(near(key, false, true)));
    }

    @Override
    public @Nullable K ceilingKey(K key) {
        return key(search(near(key, true, true)));
    }

    @Override
    public @Nullable K higherKey(K key) {
        return key(search(near(key, true, false)));
    }

    @Override
    public Map.@Nullable Entry<K, V> lowerEntry(K key) {
        return entry(search(near(key, false, false)));
    }

    @Override
    public Map.@Nullable Entry<K, V> floorEntry(K key) {
        return entry(search(near(key, false, true)));
    }

    @Override
    public Map.@Nullable Entry<K, V> ceilingEntry(K key) {
        return entry(search(near(key, true, true)));
    }

    @Override
    public Map.@Nullable Entry<K, V> higherEntry(K key) {
        return entry(search(near(key, true, false)));
    }

    /** Removes the first entry: at once, so no two callers get the same. */
    @Override
    public Map.@Nullable Entry<K, V> pollFirstEntry() {
        return entry(search(polling(false)));
    }

    /** Removes the last entry: at once, so no two callers get the same. */
    @Override
    public Map.@Nullable Entry<K, V> pollLastEntry() {
        return entry(search(polling(true)));
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
        return descending
                ? view(bounded(last, toInclusive, first, fromInclusive), true)
                : view(bounded(first, fromInclusive, last, toInclusive), false);
    }

    @Override
    public DdsTree<K, V> headMap(K to, boolean inclusive) {
        Bytes end = plainKey(to);
        return descending
                ? view(bounded(end, inclusive, null, false), true)
                : view(bounded(null, false, end, inclusive), false);
    }

    @Override
    public DdsTree<K, V> tailMap(K from, boolean inclusive) {
        Bytes begin = plainKey(from);
        return descending
                ? view(bounded(null, false, begin, inclusive), true)
                : view(bounded(begin, inclusive, null, false), false);
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
        return view(span, !descending);
    }

    /**
     * The keys of this view whose leading part is this: for text its first characters, for a record its first components.
     *
     * @throws IllegalArgumentException if keys have no such leading parts
     */
    public DdsTree<K, V> prefixMap(@Nullable Object... leading) {
        return view(Span.prefixed(spec.keys().prefix(leading)).intersection(span), descending);
    }

    private DdsTree<K, V> view(Span of, boolean isDescending) {
        return new DdsTree<>(invoker(), info(), initialPartitions(), spec, options(), of, isDescending);
    }

    /** This view's part between two keys, where null is its own bound. */
    private Span bounded(@Nullable Bytes low, boolean lowInclusive, @Nullable Bytes high, boolean highInclusive) {
        if (low != null) {
            refuseBeyond(low, lowInclusive);
        }
        if (high != null) {
            refuseBeyond(high, highInclusive);
        }
        return new Span(
                low == null ? span.low() : lowInclusive ? low : Span.above(low),
                high == null ? span.high() : highInclusive ? Span.above(high) : high);
    }

    /** A bound lies within the view, or is one that the view excludes and is excluded again. */
    private void refuseBeyond(Bytes bound, boolean isInclusive) {
        boolean isAtEnd = bound.equals(span.high()) || Span.above(bound).equals(span.low());
        if (!span.contains(bound) && (isInclusive || !isAtEnd)) {
            throw outOfRange(decodeKey(bound));
        }
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
        return span.equals(Span.ALL) ? super.mappingCount() : total(ranges::count);
    }

    @Override
    public boolean isEmpty() {
        return search(new Search(span, descending, ranges::firstKey)) == null;
    }

    /** As {@link #removeRange}. */
    @Override
    public void clear() {
        removeRange();
    }

    /** Removes everything in this view, part by part; what is put meanwhile may stay or go. Returns how many that were. */
    public long removeRange() {
        return total(ranges::remove);
    }

    /**
     * Puts entries whose keys ascend, many at a time: the fast way to fill a tree. Each part of it takes effect at once; if it fails, any of them may be there.
     *
     * @return how many there were
     * @throws IllegalArgumentException if a key does not come after the one before it
     */
    public long load(Iterator<? extends Map.Entry<? extends K, ? extends V>> ascending) {
        return new SortedLoad<>(this).run(ascending);
    }

    @Override
    protected Iterator<Row> rows(boolean keysOnly) {
        return new RowWalk(this, keysOnly, ScanOptions.ALL, false);
    }

    private long total(Function<KeyRange, Operation<Part<Long>>> operation) {
        long total = 0;
        Optional<KeyRange> rest = span.isEmpty() ? Optional.empty() : Optional.of(span.range());
        while (rest.isPresent()) {
            Part<Long> part = call(operation.apply(rest.get()));
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

    /**
     * One record, the first in a direction.
     *
     * @param step asks one partition for it
     */
    record Search(Span span, boolean backward, Step step) {
        /** Makes the operation for what is left of the span. */
        @FunctionalInterface
        interface Step {
            Operation<Part<List<Row>>> operation(KeyRange range, boolean backward);
        }
    }

    Search ending(boolean isLast) {
        return new Search(span, isLast != descending, ranges::first);
    }

    Search polling(boolean isLast) {
        return new Search(span, isLast != descending, ranges::poll);
    }

    /** The record nearest to the key: after it in this view's order, or before it. */
    Search near(K key, boolean after, boolean inclusive) {
        Bytes at = plainKey(key);
        boolean isUp = after != descending;
        Span beyond = isUp
                ? new Span(inclusive ? at : Span.above(at), null)
                : new Span(Bytes.EMPTY, inclusive ? Span.above(at) : at);
        return new Search(beyond.intersection(span), !isUp, ranges::first);
    }

    private @Nullable Row endRow(boolean isLast) {
        return search(ending(isLast));
    }

    private @Nullable Row search(Search search) {
        Optional<KeyRange> rest = search.span.isEmpty() ? Optional.empty() : Optional.of(search.span.range());
        while (rest.isPresent()) {
            Part<List<Row>> part = call(search.step.operation(rest.get(), search.backward));
            if (!part.result().isEmpty()) {
                return part.result().getFirst();
            }
            rest = part.rest();
        }
        return null;
    }

    private @Nullable K key(@Nullable Row row) {
        return row == null ? null : decodeKey(row.key());
    }

    private K presentKey(@Nullable Row row) {
        if (row == null) {
            throw new NoSuchElementException("tree '" + name() + "' has no entry in this range");
        }
        return decodeKey(row.key());
    }

    Map.@Nullable Entry<K, V> entry(@Nullable Row row) {
        return row == null ? null : presentEntry(row);
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
}
