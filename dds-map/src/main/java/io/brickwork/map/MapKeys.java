package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.map.MapOperations.Row;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.function.Predicate;

/**
 * The keys of a map: live, nothing is held here. Iterators ask for keys only. Keys are the same if they are encoded the
 * same, also in {@code removeAll} and {@code retainAll}, whatever the other collection says of them.
 */
public class MapKeys<K> extends AbstractSet<K> {
    private final DdsMap<K, ?> map;

    protected MapKeys(DdsMap<K, ?> map) {
        this.map = map;
    }

    @Override
    public Iterator<K> iterator() {
        return MapViews.shaped(map.rows(true), this::key);
    }

    @Override
    public Spliterator<K> spliterator() {
        return map.isOrdered()
                ? MapViews.spliterator(map, true, this::key, Spliterator.DISTINCT | Spliterator.SORTED, map.keyOrder())
                : MapViews.spliterator(map, true, this::key, Spliterator.DISTINCT, null);
    }

    private K key(Row row) {
        return map.decodeKey(row.key());
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public boolean isEmpty() {
        return map.isEmpty();
    }

    @Override
    public boolean contains(Object key) {
        return map.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
        return map.removeKey(key);
    }

    @Override
    public boolean removeIf(Predicate<? super K> filter) {
        Objects.requireNonNull(filter, "filter");
        return MapViews.removeKeysIf(map, row -> filter.test(key(row)));
    }

    @Override
    public boolean removeAll(Collection<?> keys) {
        return MapViews.removeEach(map, keys, this);
    }

    @Override
    public boolean retainAll(Collection<?> keys) {
        Set<Bytes> kept = new HashSet<>();
        for (Object key : keys) {
            if (key != null) {
                map.soughtKey(key).ifPresent(kept::add);
            }
        }
        return MapViews.removeKeysIf(map, row -> !kept.contains(row.key()) && !keys.contains(key(row)));
    }

    @Override
    public void clear() {
        map.clear();
    }
}
