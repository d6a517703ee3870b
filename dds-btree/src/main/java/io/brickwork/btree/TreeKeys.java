package io.brickwork.btree;

import io.brickwork.map.MapOperations.Row;
import java.util.AbstractSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/** The keys of a tree, or of a view of one: live, nothing is held here. Iterators ask for keys only. */
final class TreeKeys<K> extends AbstractSet<K> implements NavigableSet<K> {
    private final DdsTree<K, ?> tree;

    TreeKeys(DdsTree<K, ?> tree) {
        this.tree = tree;
    }

    @Override
    public Iterator<K> iterator() {
        Iterator<Row> rows = tree.rows(true);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public K next() {
                return tree.keyOf(rows.next().key());
            }

            @Override
            public void remove() {
                rows.remove();
            }
        };
    }

    @Override
    public Iterator<K> descendingIterator() {
        return tree.descendingMap().keySet().iterator();
    }

    /** Not {@code SIZED}: the tree may grow while it is walked through. */
    @Override
    public Spliterator<K> spliterator() {
        return Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.DISTINCT | Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.CONCURRENT);
    }

    @Override
    public int size() {
        return tree.size();
    }

    @Override
    public boolean isEmpty() {
        return tree.isEmpty();
    }

    @Override
    public boolean contains(Object key) {
        return tree.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
        return tree.remove(key) != null;
    }

    @Override
    public void clear() {
        tree.clear();
    }

    @Override
    public @Nullable Comparator<? super K> comparator() {
        return tree.comparator();
    }

    @Override
    public K first() {
        return tree.firstKey();
    }

    @Override
    public K last() {
        return tree.lastKey();
    }

    @Override
    public @Nullable K lower(K key) {
        return tree.lowerKey(key);
    }

    @Override
    public @Nullable K floor(K key) {
        return tree.floorKey(key);
    }

    @Override
    public @Nullable K ceiling(K key) {
        return tree.ceilingKey(key);
    }

    @Override
    public @Nullable K higher(K key) {
        return tree.higherKey(key);
    }

    @Override
    public @Nullable K pollFirst() {
        Map.Entry<K, ?> first = tree.pollFirstEntry();
        return first == null ? null : first.getKey();
    }

    @Override
    public @Nullable K pollLast() {
        Map.Entry<K, ?> last = tree.pollLastEntry();
        return last == null ? null : last.getKey();
    }

    @Override
    public NavigableSet<K> descendingSet() {
        return tree.descendingMap().keySet();
    }

    @Override
    public NavigableSet<K> subSet(K from, boolean fromInclusive, K to, boolean toInclusive) {
        return tree.subMap(from, fromInclusive, to, toInclusive).keySet();
    }

    @Override
    public NavigableSet<K> headSet(K to, boolean inclusive) {
        return tree.headMap(to, inclusive).keySet();
    }

    @Override
    public NavigableSet<K> tailSet(K from, boolean inclusive) {
        return tree.tailMap(from, inclusive).keySet();
    }

    @Override
    public NavigableSet<K> subSet(K from, K to) {
        return subSet(from, true, to, false);
    }

    @Override
    public NavigableSet<K> headSet(K to) {
        return headSet(to, false);
    }

    @Override
    public NavigableSet<K> tailSet(K from) {
        return tailSet(from, true);
    }
}
