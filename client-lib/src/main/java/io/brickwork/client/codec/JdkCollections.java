package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Properties;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How the JDK's collections, entries and comparators are stored. */
final class JdkCollections {
    private JdkCollections() {}

    /** Adds those that are less common. Nothing may be appended here: the numbers of {@link JdkTimes} follow. */
    static void addTo(JdkClasses.Numbers numbers) {
        numbers.add(Stack.class, JdkSerializer.collection(elements -> filled(new Stack<>(), elements)));
        numbers.add(Hashtable.class, map(map -> null, order -> new Hashtable<>(), map -> map));
        numbers.add(Properties.class, properties());
        numbers.add(
                ConcurrentSkipListMap.class,
                map(
                        (ConcurrentSkipListMap<?, ?> map) -> map.comparator(),
                        order -> new ConcurrentSkipListMap<>(cast(order)),
                        map -> map));
        numbers.add(
                ConcurrentSkipListSet.class,
                JdkSerializer.<ConcurrentSkipListSet<Object>, Comparator<? super Object>>collection(
                        ConcurrentSkipListSet::comparator,
                        (order, elements) -> filled(new ConcurrentSkipListSet<>(order), elements)));
        numbers.add(
                CopyOnWriteArraySet.class,
                JdkSerializer.<CopyOnWriteArraySet<Object>>collection(CopyOnWriteArraySet::new));
        numbers.add(ConcurrentLinkedQueue.class, JdkSerializer.collection(ConcurrentLinkedQueue::new));
        numbers.add(ConcurrentLinkedDeque.class, JdkSerializer.collection(ConcurrentLinkedDeque::new));
        numbers.add(LinkedTransferQueue.class, JdkSerializer.collection(LinkedTransferQueue::new));
        numbers.add(
                LinkedBlockingQueue.class,
                JdkSerializer.<LinkedBlockingQueue<Object>, Integer>collection(
                        queue -> capacity(queue.remainingCapacity(), queue.size()),
                        (capacity, elements) ->
                                filled(new LinkedBlockingQueue<>(JdkSerializer.present(capacity)), elements)));
        numbers.add(
                LinkedBlockingDeque.class,
                JdkSerializer.<LinkedBlockingDeque<Object>, Integer>collection(
                        queue -> capacity(queue.remainingCapacity(), queue.size()),
                        (capacity, elements) ->
                                filled(new LinkedBlockingDeque<>(JdkSerializer.present(capacity)), elements)));
        numbers.add(
                PriorityBlockingQueue.class,
                JdkSerializer.<PriorityBlockingQueue<Object>, Comparator<? super Object>>collection(
                        PriorityBlockingQueue::comparator,
                        (order, elements) ->
                                filled(new PriorityBlockingQueue<>(Math.max(1, elements.size()), order), elements)));

        numbers.add(
                Collections.unmodifiableList(new LinkedList<>()).getClass(),
                JdkSerializer.collection(elements -> Collections.unmodifiableList(new LinkedList<>(elements))));
        numbers.add(
                Collections.unmodifiableSortedSet(new TreeSet<>()).getClass(),
                sortedSet(Collections::unmodifiableSortedSet));
        numbers.add(
                Collections.unmodifiableNavigableSet(new TreeSet<>()).getClass(),
                sortedSet(Collections::unmodifiableNavigableSet));
        numbers.add(Collections.emptySortedSet().getClass(), sortedSet(set -> Collections.emptySortedSet()));
        numbers.add(
                Collections.unmodifiableSortedMap(new TreeMap<>()).getClass(),
                sortedMap(Collections::unmodifiableSortedMap));
        numbers.add(
                Collections.unmodifiableNavigableMap(new TreeMap<>()).getClass(),
                sortedMap(Collections::unmodifiableNavigableMap));
        numbers.add(Collections.emptySortedMap().getClass(), sortedMap(map -> Collections.emptySortedMap()));
        numbers.add(
                Collections.unmodifiableSequencedCollection(new ArrayDeque<>()).getClass(),
                JdkSerializer.collection(
                        elements -> Collections.unmodifiableSequencedCollection(new ArrayList<>(elements))));
        numbers.add(
                Collections.unmodifiableSequencedSet(new LinkedHashSet<>()).getClass(),
                JdkSerializer.collection(
                        elements -> Collections.unmodifiableSequencedSet(new LinkedHashSet<>(elements))));
        numbers.add(
                Collections.unmodifiableSequencedMap(new LinkedHashMap<>()).getClass(),
                map(
                        map -> null,
                        order -> new LinkedHashMap<>(),
                        map -> Collections.unmodifiableSequencedMap((LinkedHashMap<Object, Object>) map)));

        numbers.add(
                Collections.synchronizedList(new ArrayList<>()).getClass(),
                JdkSerializer.collection(Collections::synchronizedList));
        numbers.add(
                Collections.synchronizedList(new LinkedList<>()).getClass(),
                JdkSerializer.collection(elements -> Collections.synchronizedList(new LinkedList<>(elements))));
        numbers.add(
                Collections.synchronizedCollection(new ArrayList<>()).getClass(),
                JdkSerializer.collection(Collections::synchronizedCollection));
        numbers.add(
                Collections.synchronizedSet(new TreeSet<>()).getClass(),
                JdkSerializer.collection(elements -> Collections.synchronizedSet(new LinkedHashSet<>(elements))));
        numbers.add(
                Collections.synchronizedSortedSet(new TreeSet<>()).getClass(),
                sortedSet(Collections::synchronizedSortedSet));
        numbers.add(
                Collections.synchronizedNavigableSet(new TreeSet<>()).getClass(),
                sortedSet(Collections::synchronizedNavigableSet));
        numbers.add(
                Collections.synchronizedMap(new TreeMap<>()).getClass(),
                map(map -> null, order -> new LinkedHashMap<>(), Collections::synchronizedMap));
        numbers.add(
                Collections.synchronizedSortedMap(new TreeMap<>()).getClass(),
                sortedMap(Collections::synchronizedSortedMap));
        numbers.add(
                Collections.synchronizedNavigableMap(new TreeMap<>()).getClass(),
                sortedMap(Collections::synchronizedNavigableMap));
        numbers.add(
                Collections.nCopies(1, 1).getClass(),
                JdkSerializer.<List<Object>>of(
                        (kryo, out, copies) -> {
                            out.writeVarInt(copies.size() + 1, true); // a length: as bounded as that of other lists
                            kryo.writeClassAndObject(out, copies.isEmpty() ? null : copies.get(0));
                        },
                        (kryo, in) -> {
                            int count = in.readVarInt(true) - 1;
                            return Collections.nCopies(count, kryo.readClassAndObject(in));
                        }));

        numbers.add(Collections.reverseOrder().getClass(), constant(Collections.reverseOrder()));
        numbers.add(
                Collections.reverseOrder(String.CASE_INSENSITIVE_ORDER).getClass(),
                JdkSerializer.<Comparator<Object>>of(
                        (kryo, out, order) -> kryo.writeClassAndObject(out, Collections.reverseOrder(order)),
                        (kryo, in) -> Collections.reverseOrder(
                                cast(JdkSerializer.present((Comparator<?>) kryo.readClassAndObject(in))))));
        numbers.add(String.CASE_INSENSITIVE_ORDER.getClass(), constant(String.CASE_INSENSITIVE_ORDER));
        numbers.add(Comparator.naturalOrder().getClass(), constant(Comparator.<Integer>naturalOrder()));

        numbers.add(
                Map.entry(1, 1).getClass(),
                entry((key, value) -> Map.entry(JdkSerializer.present(key), JdkSerializer.present(value))));
        numbers.add(AbstractMap.SimpleEntry.class, entry(AbstractMap.SimpleEntry::new));
        numbers.add(AbstractMap.SimpleImmutableEntry.class, entry(AbstractMap.SimpleImmutableEntry::new));
    }

    /** The element type of an empty one is found by what it takes. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static JdkSerializer<EnumSet<?>> enumSet() {
        return JdkSerializer.of(
                (kryo, out, set) -> {
                    EnumSet<?> others = set.isEmpty() ? EnumSet.complementOf(set) : set;
                    if (others.isEmpty()) {
                        throw new IllegalArgumentException(
                                "an EnumSet of an enum without constants cannot be stored; store null or Set.of()");
                    }
                    kryo.writeClass(out, others.iterator().next().getDeclaringClass());
                    out.writeVarInt(set.size() + 1, true);
                    set.forEach(constant -> out.writeString(constant.name()));
                },
                (kryo, in) -> {
                    Class type = enumClass(kryo.readClass(in));
                    EnumSet set = EnumSet.noneOf(type);
                    for (int count = in.readVarInt(true) - 1; count > 0; count--) {
                        set.add(EnumNames.constant(type, in.readString()));
                    }
                    return set;
                });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static JdkSerializer<EnumMap<?, ?>> enumMap() {
        return JdkSerializer.of(
                (kryo, out, map) -> {
                    kryo.writeClass(
                            out,
                            map.isEmpty()
                                    ? kryo.keyTypeOfEmpty(map)
                                    : map.keySet().iterator().next().getDeclaringClass());
                    JdkSerializer.writeEntries(kryo, out, map);
                },
                (kryo, in) -> {
                    EnumMap map = new EnumMap(enumClass(kryo.readClass(in)));
                    JdkSerializer.readEntries(kryo, in, map);
                    return map;
                });
    }

    private static JdkSerializer<Properties> properties() {
        return JdkSerializer.of(
                (kryo, out, properties) -> {
                    for (String name : properties.stringPropertyNames()) {
                        if (!properties.containsKey(name)) {
                            throw new IllegalArgumentException(
                                    "properties with defaults cannot be stored; store a copy:"
                                            + " put all of stringPropertyNames() into a new Properties()");
                        }
                    }
                    JdkSerializer.writeEntries(kryo, out, properties);
                },
                (kryo, in) -> {
                    Properties properties = new Properties();
                    JdkSerializer.readEntries(kryo, in, properties);
                    return properties;
                });
    }

    private static Class<?> enumClass(@Nullable Registration registration) {
        if (registration == null || !registration.getType().isEnum()) {
            throw new KryoException("the elements are of no enum");
        }
        return registration.getType();
    }

    static Collection<Object> keySet(List<Object> elements) {
        ConcurrentHashMap.KeySetView<Object, Boolean> set = ConcurrentHashMap.newKeySet();
        set.addAll(elements);
        return set;
    }

    static <C extends Collection<Object>> C filled(C collection, List<Object> elements) {
        collection.addAll(elements);
        return collection;
    }

    static int capacity(int remaining, int size) {
        return (int) Math.min((long) remaining + size, Integer.MAX_VALUE);
    }

    static JdkSerializer<SortedSet<Object>> sortedSet(
            Function<NavigableSet<Object>, ? extends SortedSet<Object>> wrap) {
        return JdkSerializer.<SortedSet<Object>, Comparator<? super Object>>collection(
                SortedSet::comparator, (order, elements) -> wrap.apply(filled(new TreeSet<>(order), elements)));
    }

    static JdkSerializer<SortedMap<Object, Object>> sortedMap(
            Function<NavigableMap<Object, Object>, ? extends SortedMap<Object, Object>> wrap) {
        return JdkSerializer.map(
                SortedMap::comparator,
                order -> new TreeMap<>(cast(order)),
                map -> wrap.apply((TreeMap<Object, Object>) map));
    }

    static <M extends Map<?, ?>> JdkSerializer<M> map(
            Function<? super M, ? extends @Nullable Comparator<?>> comparator,
            Function<@Nullable Comparator<?>, Map<Object, Object>> make,
            Function<Map<Object, Object>, ? extends Map<?, ?>> finish) {
        return JdkSerializer.map(comparator, make, finish);
    }

    private static <T> JdkSerializer<T> constant(T constant) {
        return JdkSerializer.of((kryo, out, same) -> {}, (kryo, in) -> constant);
    }

    private interface MakeEntry {
        Map.Entry<?, ?> make(@Nullable Object key, @Nullable Object value);
    }

    private static JdkSerializer<Map.Entry<?, ?>> entry(MakeEntry make) {
        return JdkSerializer.of(
                (kryo, out, entry) -> {
                    kryo.writeClassAndObject(out, entry.getKey());
                    kryo.writeClassAndObject(out, entry.getValue());
                },
                (kryo, in) -> {
                    Object key = kryo.readClassAndObject(in);
                    return make.make(key, kryo.readClassAndObject(in));
                });
    }

    @SuppressWarnings("unchecked")
    private static <T> @Nullable Comparator<T> cast(@Nullable Comparator<?> comparator) {
        return (Comparator<T>) comparator;
    }
}
