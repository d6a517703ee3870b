package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.map.MapOperations.Row;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The live views of a map: nothing is held here, every method asks the map. Iterators and streams are weakly consistent
 * and go page by page; {@code removeIf} removes what it looked at only if its value is still the one it saw.
 */
final class MapViews {
    private MapViews() {}

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
            return MapViews.spliterator(map, false, map::decodeValue, 0, null);
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
            return map.bulk().removeValue(value);
        }

        @Override
        public boolean removeIf(Predicate<? super V> filter) {
            Objects.requireNonNull(filter, "filter");
            return removeRowsIf(map, row -> filter.test(map.decodeValue(row)));
        }

        /** Values are the same if they are encoded the same, or if the other collection says so. */
        @Override
        public boolean removeAll(Collection<?> values) {
            Predicate<Row> sought = isAmong(values);
            return removeRowsIf(map, sought);
        }

        @Override
        public boolean retainAll(Collection<?> values) {
            Predicate<Row> sought = isAmong(values);
            return removeRowsIf(map, sought.negate());
        }

        private Predicate<Row> isAmong(Collection<?> values) {
            Set<Bytes> encoded = new HashSet<>();
            for (Object value : values) {
                if (value != null) {
                    map.soughtValue(value).ifPresent(encoded::add);
                }
            }
            return row -> encoded.contains(row.value()) || values.contains(map.decodeValue(row));
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
            if (!map.isOrdered()) {
                return MapViews.spliterator(map, false, this::entry, Spliterator.DISTINCT, null);
            }
            Comparator<? super K> keys = map.keyOrder();
            return MapViews.spliterator(
                    map,
                    false,
                    this::entry,
                    Spliterator.DISTINCT | Spliterator.SORTED,
                    Map.Entry.comparingByKey(keys == null ? natural() : keys));
        }

        @SuppressWarnings("unchecked") // keys whose order is the natural one have one
        private static <K> Comparator<K> natural() {
            return (Comparator<K>) Comparator.naturalOrder();
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

        /**
         * Entries are the same if their keys and values are encoded the same, whatever the other collection says of
         * them.
         */
        @Override
        public boolean removeAll(Collection<?> entries) {
            return removeEach(map, entries, this);
        }

        @Override
        public boolean retainAll(Collection<?> entries) {
            Set<Row> kept = new HashSet<>();
            for (Object object : entries) {
                if (object instanceof Map.Entry<?, ?> entry && entry.getKey() != null && entry.getValue() != null) {
                    map.soughtKey(entry.getKey())
                            .ifPresent(key -> map.soughtValue(entry.getValue())
                                    .ifPresent(value -> kept.add(new Row(key, value))));
                }
            }
            return removeRowsIf(map, row -> !kept.contains(row) && !entries.contains(entry(row)));
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

    /** Removes what the filter takes, if it still has the value that the filter has seen. */
    static boolean removeRowsIf(DdsMap<?, ?> map, Predicate<Row> filter) {
        return removeIf(map, false, filter, row -> map.call(map.operations().removeIf(row.key(), row.value())));
    }

    /** Removes the keys that the filter takes. It sees rows without values. */
    static boolean removeKeysIf(DdsMap<?, ?> map, Predicate<Row> filter) {
        return removeIf(map, true, filter, row -> {
            map.call(map.operations().delete(row.key()));
            return true;
        });
    }

    private static boolean removeIf(DdsMap<?, ?> map, boolean keysOnly, Predicate<Row> filter, Predicate<Row> removal) {
        Progress progress = map.progress("removeIf");
        return progress.guard(() -> {
            boolean isChanged = false;
            for (Iterator<Row> rows = map.rows(keysOnly); rows.hasNext(); ) {
                Row row = rows.next();
                if (filter.test(row) && removal.test(row)) {
                    progress.countDone(1);
                    isChanged = true;
                }
            }
            return isChanged;
        });
    }

    /** Removes each of the objects from the view, one after the other; null is in none. */
    static boolean removeEach(DdsMap<?, ?> map, Collection<?> objects, Collection<?> view) {
        Objects.requireNonNull(objects, "objects");
        Progress progress = map.progress("removeAll");
        return progress.guard(() -> {
            boolean isChanged = false;
            for (Object object : objects) {
                if (object != null && view.remove(object)) {
                    progress.countDone(1);
                    isChanged = true;
                }
            }
            return isChanged;
        });
    }

    static <T> Iterator<T> shaped(Iterator<Row> rows, Function<Row, T> shape) {
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

    /**
     * @param characteristics beside those that all views of the map have
     * @param order if they have {@code SORTED}
     */
    static <T> Spliterator<T> spliterator(
            DdsMap<?, ?> map,
            boolean keysOnly,
            Function<Row, T> shape,
            int characteristics,
            @Nullable Comparator<? super T> order) {
        return new RowSpliterator<>(
                map.stretch(),
                keysOnly,
                !map.invoker().isProvisional(),
                shape,
                characteristics | (map.isOrdered() ? Spliterator.ORDERED : 0),
                order);
    }
}
