package io.brickwork.btree;

import io.brickwork.map.MapKeys;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** The keys of a tree, or of a view of one. */
final class TreeKeys<K> extends MapKeys<K> implements NavigableSet<K> {
    private final DdsTree<K, ?> tree;

    TreeKeys(DdsTree<K, ?> tree) {
        super(tree);
        this.tree = tree;
    }

    @Override
    public Iterator<K> descendingIterator() {
        return tree.descendingMap().keySet().iterator();
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
        return tree.pollKey(false);
    }

    @Override
    public @Nullable K pollLast() {
        return tree.pollKey(true);
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
