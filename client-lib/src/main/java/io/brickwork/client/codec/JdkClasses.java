package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Serializer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Month;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's classes of the second format: how each is stored, and what is said of those that are not.
 *
 * <p>An object comes back as one of the same class, equal in all that it shows, but: what wraps a collection
 * ({@code unmodifiableList}, {@code synchronizedMap}) holds an {@code ArrayList}, {@code LinkedHashSet},
 * {@code LinkedHashMap}, {@code TreeSet} or {@code TreeMap} afterwards; {@code NaN} is one value; capacities, load
 * factors, fairness and access order are those of a new collection.
 */
final class JdkClasses {
    /** A class and its number, which is on disk. */
    record Entry(int id, Class<?> type, Serializer<?> serializer) {}

    /** Numbers below those of users, for what is common; one byte each. */
    private static final int FIRST_SHORT_ID = 81;
    /** Numbers above those of users, for all others. */
    private static final int FIRST_LONG_ID = 65_600;

    private static final List<Entry> ENTRIES = entries();

    private static final Map<Class<?>, Entry> BY_TYPE = byType();

    private JdkClasses() {}

    /** All classes, by number. Entries may be appended, and never be moved or removed. */
    static List<Entry> all() {
        return ENTRIES;
    }

    static @Nullable Serializer<?> serializer(Class<?> type) {
        Entry entry = BY_TYPE.get(type);
        return entry == null ? null : entry.serializer();
    }

    static boolean isJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    /**
     * The registered class that an object's own class is stored as, where that is one of the JDK's own; null if there
     * is none.
     */
    static @Nullable Class<?> standIn(Class<?> type) {
        if (EnumSet.class.isAssignableFrom(type)) {
            return EnumSet.class;
        }
        if (isJdk(type)) {
            for (Class<?> general : List.of(Path.class, Charset.class, TimeZone.class)) {
                if (general.isAssignableFrom(type)) {
                    return general;
                }
            }
        }
        return null;
    }

    private static Map<Class<?>, Entry> byType() {
        Map<Class<?>, Entry> entries = new LinkedHashMap<>();
        for (Entry entry : ENTRIES) {
            Entry other = entries.put(entry.type(), entry);
            if (other != null) {
                throw new IllegalStateException(entry + " and " + other);
            }
        }
        return Map.copyOf(entries);
    }

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        Numbers common = new Numbers(entries, FIRST_SHORT_ID);
        common.add(EnumSet.class, JdkCollections.enumSet());
        common.add(EnumMap.class, JdkCollections.enumMap());
        addSql(common);
        common.add(
                ConcurrentHashMap.class,
                JdkCollections.map(map -> null, order -> new ConcurrentHashMap<>(), map -> map));
        common.add(ConcurrentHashMap.KeySetView.class, JdkSerializer.collection(JdkCollections::keySet));
        common.add(CopyOnWriteArrayList.class, JdkSerializer.collection(CopyOnWriteArrayList::new));
        common.add(
                PriorityQueue.class,
                JdkSerializer.<PriorityQueue<Object>, Comparator<Object>>collection(
                        PriorityQueue::comparator,
                        (order, elements) -> JdkCollections.filled(new PriorityQueue<>(order), elements)));
        common.add(Vector.class, JdkSerializer.collection(Vector::new));
        common.add(
                Collections.unmodifiableList(new ArrayList<>()).getClass(),
                JdkSerializer.collection(Collections::unmodifiableList));
        common.add(
                Collections.unmodifiableSet(new TreeSet<>()).getClass(),
                JdkSerializer.collection(elements -> Collections.unmodifiableSet(new LinkedHashSet<>(elements))));
        common.add(
                Collections.unmodifiableMap(new TreeMap<>()).getClass(),
                JdkCollections.map(map -> null, order -> new LinkedHashMap<>(), Collections::unmodifiableMap));
        common.add(
                Collections.unmodifiableCollection(new ArrayList<>()).getClass(),
                JdkSerializer.collection(Collections::unmodifiableCollection));
        common.add(
                AtomicLong.class,
                JdkSerializer.of(
                        (kryo, out, number) -> out.writeLong(number.get()),
                        (kryo, in) -> new AtomicLong(in.readLong())));
        common.add(
                AtomicInteger.class,
                JdkSerializer.of(
                        (kryo, out, number) -> out.writeInt(number.get()),
                        (kryo, in) -> new AtomicInteger(in.readInt())));
        common.add(DayOfWeek.class, new EnumNames(DayOfWeek.class));
        common.add(Month.class, new EnumNames(Month.class));
        common.add(
                StringBuilder.class,
                JdkSerializer.of(
                        (kryo, out, text) -> out.writeString(text.toString()),
                        (kryo, in) -> new StringBuilder(JdkSerializer.readText(in))));

        Numbers others = new Numbers(entries, FIRST_LONG_ID);
        JdkCollections.addTo(others);
        JdkTimes.addTo(others);
        JdkValues.addTo(others);
        return List.copyOf(entries);
    }

    /** Gives numbers one after the other; a class that this JDK does not have leaves its number free. */
    static final class Numbers {
        private final List<Entry> entries;
        private int next;

        Numbers(List<Entry> entries, int first) {
            this.entries = entries;
            next = first;
        }

        void add(Class<?> type, Serializer<?> serializer) {
            entries.add(new Entry(next++, type, serializer));
        }

        void skip() {
            next++;
        }
    }

    /** The module {@code java.sql} may be absent. */
    private static void addSql(Numbers numbers) {
        try {
            Class.forName("java.sql.Timestamp");
        } catch (ClassNotFoundException e) {
            for (int i = 0; i < 3; i++) {
                numbers.skip();
            }
            return;
        }
        SqlClasses.ALL.forEach(numbers::add);
    }

    /** Apart, so that the classes are looked for only where they are. */
    private static final class SqlClasses {
        static final Map<Class<?>, Serializer<?>> ALL = all();

        private static Map<Class<?>, Serializer<?>> all() {
            Map<Class<?>, Serializer<?>> all = new LinkedHashMap<>();
            all.put(
                    java.sql.Timestamp.class,
                    JdkSerializer.<java.sql.Timestamp>of(
                            (kryo, out, time) -> {
                                out.writeLong(Math.floorDiv(time.getTime(), 1000L));
                                out.writeInt(time.getNanos(), true);
                            },
                            (kryo, in) -> {
                                java.sql.Timestamp time =
                                        new java.sql.Timestamp(Math.multiplyExact(in.readLong(), 1000L));
                                time.setNanos(in.readInt(true));
                                return time;
                            }));
            all.put(java.sql.Date.class, millis(java.sql.Date::new));
            all.put(java.sql.Time.class, millis(java.sql.Time::new));
            return all;
        }

        private static <T extends Date> JdkSerializer<T> millis(Function<Long, T> make) {
            return JdkSerializer.of(
                    (kryo, out, date) -> out.writeLong(date.getTime()), (kryo, in) -> make.apply(in.readLong()));
        }
    }
}
