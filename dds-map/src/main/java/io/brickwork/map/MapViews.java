package io.brickwork.map;

import io.brickwork.map.MapOperations.Row;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The live views of a map: nothing is held here, every method asks the map. Iterators and streams are weakly consistent and go page by page; {@code removeIf} removes what it looked at only
 * if its value is still the one it saw.
 */
final class MapViews {
    private MapViews() {}

    /** All keys. Iterators ask for keys only. */
    static final class Keys<K> extends AbstractSet<K> {
        private final DdsMap<K, ?> map;

        Keys(DdsMap<K, ?> map) {
            this.map = map;
        }

        @Override
        public Iterator<K> iterator() {
            return shaped(map.rows(true), row -> map.decodeKey(row.key()));
        }

        @Override
        public Spliterator<K> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
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
        public void clear() {
            map.clear();
        }
    }

    /** All values. */
    static final class Values<V> extends AbstractCollection<V> {
        private final DdsMap<?, V> map;

        Values(DdsMap<?, V> map) {
            this.map = map;
        }

        @Override
        public Iterator<V> iterator() {
            return shaped(map.rows(false), map::decodeValue);
        }

        @Override
        public Spliterator<V> spliterator() {
            return unsized(iterator(), 0);
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
        public boolean contains(Object value) {
            return map.containsValue(value);
        }

        /** Removes one key that has the value, if there is one. */
        @Override
        public boolean remove(Object value) {
            return map.removeValue(value);
        }

        @Override
        public boolean removeIf(Predicate<? super V> filter) {
            Objects.requireNonNull(filter, "filter");
            return removeRowsIf(map, row -> filter.test(map.decodeValue(row)));
        }

        @Override
        public boolean removeAll(Collection<?> values) {
            Objects.requireNonNull(values, "values");
            return removeIf(values::contains);
        }

        @Override
        public boolean retainAll(Collection<?> values) {
            Objects.requireNonNull(values, "values");
            return removeIf(value -> !values.contains(value));
        }

        @Override
        public void clear() {
            map.clear();
        }
    }

    /** All entries. {@code setValue} writes through. */
    static final class Entries<K, V> extends AbstractSet<Map.Entry<K, V>> {
        private final DdsMap<K, V> map;

        Entries(DdsMap<K, V> map) {
            this.map = map;
        }

        @Override
        public Iterator<Map.Entry<K, V>> iterator() {
            return shaped(map.rows(false), this::entry);
        }

        @Override
        public Spliterator<Map.Entry<K, V>> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return map.size();
        }

        @Override
        public boolean isEmpty() {
            return map.isEmpty();
        }

        /** Whether the key has just this value, as encoded. */
        @Override
        public boolean contains(Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && map.containsMapping(entry.getKey(), entry.getValue());
        }

        @Override
        public boolean remove(Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && map.remove(entry.getKey(), entry.getValue());
        }

        @Override
        public boolean removeIf(Predicate<? super Map.Entry<K, V>> filter) {
            Objects.requireNonNull(filter, "filter");
            return removeRowsIf(map, row -> filter.test(entry(row)));
        }

        @Override
        public void clear() {
            map.clear();
        }

        private Map.Entry<K, V> entry(Row row) {
            return new WritingEntry<>(map, map.decodeKey(row.key()), map.decodeValue(row));
        }
    }

    /** An entry as it was read; setting its value sets it in the map, too. */
    private static final class WritingEntry<K, V> extends AbstractMap.SimpleEntry<K, V> {
        private static final long serialVersionUID = 1L;

        private final transient DdsMap<K, V> map;

        WritingEntry(DdsMap<K, V> map, K key, V value) {
            super(key, value);
            this.map = map;
        }

        /** Returns the value that this entry had, which the map may not have had any more. */
        @Override
        public V setValue(V value) {
            map.set(getKey(), value);
            return super.setValue(value);
        }
    }

    private static boolean removeRowsIf(DdsMap<?, ?> map, Predicate<Row> filter) {
        boolean removed = false;
        Iterator<Row> rows = map.rows(false);
        while (rows.hasNext()) {
            Row row = rows.next();
            if (filter.test(row)) {
                removed |= map.call(map.operations().removeIf(row.key(), row.value()));
            }
        }
        return removed;
    }

    private static <T> Iterator<T> shaped(Iterator<Row> rows, Function<Row, T> shape) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public T next() {
                return shape.apply(rows.next());
            }

            @Override
            public void remove() {
                rows.remove();
            }
        };
    }

    /** Not {@code SIZED}: the map may grow while it is walked through. */
    private static <T> Spliterator<T> unsized(Iterator<T> iterator, int characteristics) {
        return Spliterators.spliteratorUnknownSize(
                iterator, characteristics | Spliterator.NONNULL | Spliterator.CONCURRENT);
    }
}
