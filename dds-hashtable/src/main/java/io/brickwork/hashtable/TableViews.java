package io.brickwork.hashtable;

import io.brickwork.hashtable.HashTableOperations.Row;
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
 * The live views of a hash table: nothing is held here, every method asks the table. Iterators and streams are weakly consistent and go page by page; {@code removeIf} removes what it looked at only
 * if its value is still the one it saw.
 */
final class TableViews {
    private TableViews() {}

    /** All keys. Iterators ask for keys only. */
    static final class Keys<K> extends AbstractSet<K> {
        private final DdsHashTable<K, ?> table;

        Keys(DdsHashTable<K, ?> table) {
            this.table = table;
        }

        @Override
        public Iterator<K> iterator() {
            return new RowIterator<>(table, true, row -> table.decodeKey(row.key()));
        }

        @Override
        public Spliterator<K> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return table.size();
        }

        @Override
        public boolean isEmpty() {
            return table.isEmpty();
        }

        @Override
        public boolean contains(Object key) {
            return table.containsKey(key);
        }

        @Override
        public boolean remove(Object key) {
            return table.removeKey(key);
        }

        @Override
        public void clear() {
            table.clear();
        }
    }

    /** All values. */
    static final class Values<V> extends AbstractCollection<V> {
        private final DdsHashTable<?, V> table;

        Values(DdsHashTable<?, V> table) {
            this.table = table;
        }

        @Override
        public Iterator<V> iterator() {
            return new RowIterator<>(table, false, table::decodeValue);
        }

        @Override
        public Spliterator<V> spliterator() {
            return unsized(iterator(), 0);
        }

        @Override
        public int size() {
            return table.size();
        }

        @Override
        public boolean isEmpty() {
            return table.isEmpty();
        }

        @Override
        public boolean contains(Object value) {
            return table.containsValue(value);
        }

        /** Removes one key that has the value, if there is one. */
        @Override
        public boolean remove(Object value) {
            return table.removeValue(value);
        }

        @Override
        public boolean removeIf(Predicate<? super V> filter) {
            Objects.requireNonNull(filter, "filter");
            return removeRowsIf(table, row -> filter.test(table.decodeValue(row)));
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
            table.clear();
        }
    }

    /** All entries. {@code setValue} writes through. */
    static final class Entries<K, V> extends AbstractSet<Map.Entry<K, V>> {
        private final DdsHashTable<K, V> table;

        Entries(DdsHashTable<K, V> table) {
            this.table = table;
        }

        @Override
        public Iterator<Map.Entry<K, V>> iterator() {
            return new RowIterator<>(table, false, this::entry);
        }

        @Override
        public Spliterator<Map.Entry<K, V>> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return table.size();
        }

        @Override
        public boolean isEmpty() {
            return table.isEmpty();
        }

        /** Whether the key has just this value, as encoded. */
        @Override
        public boolean contains(Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && table.containsMapping(entry.getKey(), entry.getValue());
        }

        @Override
        public boolean remove(Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && table.remove(entry.getKey(), entry.getValue());
        }

        @Override
        public boolean removeIf(Predicate<? super Map.Entry<K, V>> filter) {
            Objects.requireNonNull(filter, "filter");
            return removeRowsIf(table, row -> filter.test(entry(row)));
        }

        @Override
        public void clear() {
            table.clear();
        }

        private Map.Entry<K, V> entry(Row row) {
            return new WritingEntry<>(table, table.decodeKey(row.key()), table.decodeValue(row));
        }
    }

    /** An entry as it was read; setting its value sets it in the table, too. */
    private static final class WritingEntry<K, V> extends AbstractMap.SimpleEntry<K, V> {
        private static final long serialVersionUID = 1L;

        private final transient DdsHashTable<K, V> table;

        WritingEntry(DdsHashTable<K, V> table, K key, V value) {
            super(key, value);
            this.table = table;
        }

        /** Returns the value that this entry had, which the table may not have had any more. */
        @Override
        public V setValue(V value) {
            table.set(getKey(), value);
            return super.setValue(value);
        }
    }

    private static boolean removeRowsIf(DdsHashTable<?, ?> table, Predicate<Row> filter) {
        boolean removed = false;
        Iterator<Row> rows = rows(table);
        while (rows.hasNext()) {
            Row row = rows.next();
            if (filter.test(row)) {
                removed |= table.call(HashTableOperations.removeIf(table.info(), row.key(), row.value()));
            }
        }
        return removed;
    }

    /** All records, still encoded. */
    static Iterator<Row> rows(DdsHashTable<?, ?> table) {
        return new RowIterator<>(table, false, Function.identity());
    }

    /** Not {@code SIZED}: the table may grow while it is walked through. */
    private static <T> Spliterator<T> unsized(Iterator<T> iterator, int characteristics) {
        return Spliterators.spliteratorUnknownSize(
                iterator, characteristics | Spliterator.NONNULL | Spliterator.CONCURRENT);
    }
}
