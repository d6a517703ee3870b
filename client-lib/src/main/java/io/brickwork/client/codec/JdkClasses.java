package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.chrono.Chronology;
import java.time.chrono.HijrahChronology;
import java.time.chrono.HijrahDate;
import java.time.chrono.HijrahEra;
import java.time.chrono.IsoChronology;
import java.time.chrono.IsoEra;
import java.time.chrono.JapaneseChronology;
import java.time.chrono.JapaneseDate;
import java.time.chrono.JapaneseEra;
import java.time.chrono.MinguoChronology;
import java.time.chrono.MinguoDate;
import java.time.chrono.MinguoEra;
import java.time.chrono.ThaiBuddhistChronology;
import java.time.chrono.ThaiBuddhistDate;
import java.time.chrono.ThaiBuddhistEra;
import java.time.format.FormatStyle;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's classes of the second format: how each is stored, and what is said of those that are not.
 *
 * <p>An object comes back as one of the same class, equal in all that it shows, but: what wraps a collection ({@code unmodifiableList}, {@code synchronizedMap}) holds an {@code ArrayList}, {@code LinkedHashSet},
 * {@code LinkedHashMap}, {@code TreeSet} or {@code TreeMap} afterwards; {@code NaN} is one value; capacities, load factors, fairness and access order are those of a new collection.
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

    /** The registered class that an object's own class is stored as, where that is one of the JDK's own; null if there is none. */
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

    /** Why objects of a class cannot be stored whatever is registered, and what to do instead; null if registering may help. */
    static @Nullable String refusal(Class<?> type) {
        String name = "objects of class " + type.getName() + " cannot be stored: ";
        if (Proxy.isProxyClass(type)) {
            return name + "it is a proxy; store what it stands for, as an object of a class of yours";
        }
        if (type.isHidden() || type.isSynthetic()) {
            return name + "it is a lambda or generated; make it a constant of an enum, or a class of yours with a name";
        }
        if (!type.isEnum() && Enum.class.isAssignableFrom(type) && type != Enum.class) {
            return name + "it is the class of one constant; register its enum "
                    + type.getSuperclass().getName();
        }
        if (type.isArray()) {
            Class<?> element = type;
            while (element.isArray()) {
                element = element.getComponentType();
            }
            boolean isPublic = !isJdk(element) || Modifier.isPublic(element.getModifiers());
            return isPublic ? null : refusal(element);
        }
        if (Throwable.class.isAssignableFrom(type)) {
            return name + "it is an exception, and the JDK hides its fields;"
                    + " store its class's name, message and stack trace as text, in a class of yours";
        }
        if (!isJdk(type) || type.isEnum() || BY_TYPE.containsKey(type) || StrictKryo.isReserved(type)) {
            return null;
        }
        return name + remedy(type);
    }

    private static String remedy(Class<?> type) {
        if (SortedSet.class.isAssignableFrom(type)) {
            return "store a copy, new TreeSet<>(set)";
        }
        if (Set.class.isAssignableFrom(type)) {
            return "store a copy, new LinkedHashSet<>(set)";
        }
        if (SortedMap.class.isAssignableFrom(type)) {
            return "store a copy, new TreeMap<>(map)";
        }
        if (type.getName().equals("java.util.IdentityHashMap") || type.getName().equals("java.util.WeakHashMap")) {
            return "it goes by the identity of objects, and those that are read are others;"
                    + " store a copy, new LinkedHashMap<>(map)";
        }
        if (Map.class.isAssignableFrom(type)) {
            return "store a copy, new LinkedHashMap<>(map)";
        }
        if (List.class.isAssignableFrom(type)) {
            return "store a copy, new ArrayList<>(list)";
        }
        if (Queue.class.isAssignableFrom(type)) {
            return "store a copy, new LinkedList<>(queue)";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "store a copy, new ArrayList<>(collection)";
        }
        if (Comparator.class.isAssignableFrom(type)) {
            return "make the comparator a constant of an enum, or a record of yours that implements Comparator";
        }
        if (type == Class.class) {
            return "store its name";
        }
        if (type == Object.class) {
            return "it holds nothing";
        }
        if (Calendar.class.isAssignableFrom(type)) {
            return "store its instant and its zone, or a java.time.ZonedDateTime";
        }
        return "it belongs to the JDK, which hides its fields;"
                + " store what it is made of, in a class of yours or as text";
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
        common.add(EnumSet.class, enumSet());
        common.add(EnumMap.class, enumMap());
        addSql(common);
        common.add(ConcurrentHashMap.class, map(map -> null, order -> new ConcurrentHashMap<>(), map -> map));
        common.add(ConcurrentHashMap.KeySetView.class, JdkSerializer.collection(JdkClasses::keySet));
        common.add(CopyOnWriteArrayList.class, JdkSerializer.collection(CopyOnWriteArrayList::new));
        common.add(
                PriorityQueue.class,
                JdkSerializer.<PriorityQueue<Object>, Comparator<Object>>collection(
                        PriorityQueue::comparator, (order, elements) -> filled(new PriorityQueue<>(order), elements)));
        common.add(Vector.class, JdkSerializer.collection(Vector::new));
        common.add(
                Collections.unmodifiableList(new ArrayList<>()).getClass(),
                JdkSerializer.collection(Collections::unmodifiableList));
        common.add(
                Collections.unmodifiableSet(new TreeSet<>()).getClass(),
                JdkSerializer.collection(elements -> Collections.unmodifiableSet(new LinkedHashSet<>(elements))));
        common.add(
                Collections.unmodifiableMap(new TreeMap<>()).getClass(),
                map(map -> null, order -> new LinkedHashMap<>(), Collections::unmodifiableMap));
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
        addCollections(others);
        addTimes(others);
        addValues(others);
        return List.copyOf(entries);
    }

    /** Gives numbers one after the other; a class that this JDK does not have leaves its number free. */
    private static final class Numbers {
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

    private static void addCollections(Numbers numbers) {
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
                        (capacity, elements) -> filled(new LinkedBlockingQueue<>(present(capacity)), elements)));
        numbers.add(
                LinkedBlockingDeque.class,
                JdkSerializer.<LinkedBlockingDeque<Object>, Integer>collection(
                        queue -> capacity(queue.remainingCapacity(), queue.size()),
                        (capacity, elements) -> filled(new LinkedBlockingDeque<>(present(capacity)), elements)));
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
                        (kryo, in) ->
                                Collections.reverseOrder(cast(present((Comparator<?>) kryo.readClassAndObject(in))))));
        numbers.add(String.CASE_INSENSITIVE_ORDER.getClass(), constant(String.CASE_INSENSITIVE_ORDER));
        numbers.add(Comparator.naturalOrder().getClass(), constant(Comparator.<Integer>naturalOrder()));

        numbers.add(Map.entry(1, 1).getClass(), entry((key, value) -> Map.entry(present(key), present(value))));
        numbers.add(AbstractMap.SimpleEntry.class, entry(AbstractMap.SimpleEntry::new));
        numbers.add(AbstractMap.SimpleImmutableEntry.class, entry(AbstractMap.SimpleImmutableEntry::new));
    }

    private static void addTimes(Numbers numbers) {
        numbers.add(
                HijrahDate.class,
                JdkSerializer.<HijrahDate>of(
                        (kryo, out, date) -> {
                            if (!date.getChronology().equals(HijrahChronology.INSTANCE)) {
                                throw new IllegalArgumentException(date + " is of a variant of its chronology that"
                                        + " cannot be stored; store a java.time.LocalDate");
                            }
                            out.writeLong(date.toEpochDay());
                        },
                        (kryo, in) -> HijrahChronology.INSTANCE.dateEpochDay(in.readLong())));
        numbers.add(
                JapaneseDate.class,
                JdkSerializer.<JapaneseDate>of(
                        (kryo, out, date) -> out.writeLong(date.toEpochDay()),
                        (kryo, in) -> JapaneseChronology.INSTANCE.dateEpochDay(in.readLong())));
        numbers.add(
                MinguoDate.class,
                JdkSerializer.<MinguoDate>of(
                        (kryo, out, date) -> out.writeLong(date.toEpochDay()),
                        (kryo, in) -> MinguoChronology.INSTANCE.dateEpochDay(in.readLong())));
        numbers.add(
                ThaiBuddhistDate.class,
                JdkSerializer.<ThaiBuddhistDate>of(
                        (kryo, out, date) -> out.writeLong(date.toEpochDay()),
                        (kryo, in) -> ThaiBuddhistChronology.INSTANCE.dateEpochDay(in.readLong())));
        for (Class<?> chronology : List.of(
                IsoChronology.class,
                HijrahChronology.class,
                JapaneseChronology.class,
                MinguoChronology.class,
                ThaiBuddhistChronology.class)) {
            numbers.add(
                    chronology,
                    JdkSerializer.<Chronology>text(
                            Chronology::getId,
                            Chronology::of,
                            Object::equals,
                            "store the name of one that the JDK has"));
        }
        numbers.add(
                JapaneseEra.class,
                JdkSerializer.<JapaneseEra>of(
                        (kryo, out, era) -> out.writeInt(era.getValue(), false),
                        (kryo, in) -> JapaneseEra.of(in.readInt(false))));
        for (Class<?> type : List.of(
                IsoEra.class,
                HijrahEra.class,
                MinguoEra.class,
                ThaiBuddhistEra.class,
                ChronoUnit.class,
                ChronoField.class,
                TextStyle.class,
                FormatStyle.class,
                TimeUnit.class,
                RoundingMode.class)) {
            numbers.add(type, new EnumNames(type));
        }
        numbers.add(
                TimeZone.class,
                JdkSerializer.<TimeZone>text(
                        TimeZone::getID,
                        TimeZone::getTimeZone,
                        Object::equals,
                        "its rules are not those of a zone with its id; store the id of a zone that has them"));
        numbers.add(GregorianCalendar.class, calendar());
    }

    private static void addValues(Numbers numbers) {
        numbers.add(
                AtomicBoolean.class,
                JdkSerializer.<AtomicBoolean>of(
                        (kryo, out, flag) -> out.writeBoolean(flag.get()),
                        (kryo, in) -> new AtomicBoolean(in.readBoolean())));
        numbers.add(
                AtomicReference.class,
                JdkSerializer.<AtomicReference<?>>of(
                        (kryo, out, reference) -> kryo.writeClassAndObject(out, reference.get()),
                        (kryo, in) -> new AtomicReference<>(kryo.readClassAndObject(in))));
        numbers.add(
                AtomicIntegerArray.class,
                JdkSerializer.<AtomicIntegerArray>of(
                        (kryo, out, array) -> {
                            int[] numbersOf = new int[array.length()];
                            java.util.Arrays.setAll(numbersOf, array::get);
                            kryo.writeClassAndObject(out, numbersOf);
                        },
                        (kryo, in) -> new AtomicIntegerArray((int[]) present(kryo.readClassAndObject(in)))));
        numbers.add(
                AtomicLongArray.class,
                JdkSerializer.<AtomicLongArray>of(
                        (kryo, out, array) -> {
                            long[] numbersOf = new long[array.length()];
                            java.util.Arrays.setAll(numbersOf, array::get);
                            kryo.writeClassAndObject(out, numbersOf);
                        },
                        (kryo, in) -> new AtomicLongArray((long[]) present(kryo.readClassAndObject(in)))));
        numbers.add(
                LongAdder.class,
                JdkSerializer.<LongAdder>of((kryo, out, adder) -> out.writeLong(adder.sum()), (kryo, in) -> {
                    LongAdder adder = new LongAdder();
                    adder.add(in.readLong());
                    return adder;
                }));
        numbers.add(
                DoubleAdder.class,
                JdkSerializer.<DoubleAdder>of((kryo, out, adder) -> out.writeDouble(adder.sum()), (kryo, in) -> {
                    DoubleAdder adder = new DoubleAdder();
                    adder.add(in.readDouble());
                    return adder;
                }));
        numbers.add(
                StringBuffer.class,
                JdkSerializer.<StringBuffer>of(
                        (kryo, out, text) -> out.writeString(text.toString()),
                        (kryo, in) -> new StringBuffer(JdkSerializer.readText(in))));
        numbers.add(
                MathContext.class,
                JdkSerializer.<MathContext>of(
                        (kryo, out, context) -> {
                            out.writeInt(context.getPrecision(), true);
                            out.writeString(context.getRoundingMode().name());
                        },
                        (kryo, in) -> new MathContext(in.readInt(true), (RoundingMode)
                                EnumNames.constant(RoundingMode.class, in.readString()))));
        numbers.add(
                Pattern.class,
                JdkSerializer.<Pattern>of(
                        (kryo, out, pattern) -> {
                            out.writeString(pattern.pattern());
                            out.writeInt(pattern.flags(), true);
                        },
                        (kryo, in) -> Pattern.compile(JdkSerializer.readText(in), in.readInt(true))));
        numbers.add(
                Charset.class,
                JdkSerializer.<Charset>text(
                        Charset::name, Charset::forName, Object::equals, "store the name of one that the JDK has"));
        numbers.add(
                Path.class,
                JdkSerializer.<Path>text(
                        Path::toString,
                        Path::of,
                        Object::equals,
                        "it is not of the default file system; store it as text"));
        numbers.add(
                URL.class,
                JdkSerializer.<URL>text(
                        URL::toExternalForm,
                        text -> new URI(text).toURL(),
                        (url, read) -> url.toExternalForm().equals(((URL) read).toExternalForm()),
                        "it is no URI, or its protocol is unknown; store it as text"));
        numbers.add(Inet4Address.class, JdkSerializer.<Inet4Address>of(JdkClasses::writeAddress, (kryo, in) -> {
            String host = in.readString();
            return (Inet4Address) InetAddress.getByAddress(host, in.readBytes(4));
        }));
        numbers.add(
                Inet6Address.class,
                JdkSerializer.<Inet6Address>of(
                        (kryo, out, address) -> {
                            writeAddress(kryo, out, address);
                            out.writeInt(address.getScopeId(), true);
                        },
                        (kryo, in) -> {
                            String host = in.readString();
                            byte[] bytes = in.readBytes(16);
                            int scope = in.readInt(true);
                            return Inet6Address.getByAddress(host, bytes, scope == 0 ? -1 : scope);
                        }));
        numbers.add(
                InetSocketAddress.class,
                JdkSerializer.<InetSocketAddress>of(
                        (kryo, out, address) -> {
                            kryo.writeClassAndObject(out, address.getAddress());
                            if (address.isUnresolved()) {
                                out.writeString(address.getHostString());
                            }
                            out.writeInt(address.getPort(), true);
                        },
                        (kryo, in) -> {
                            InetAddress address = (InetAddress) kryo.readClassAndObject(in);
                            return address == null
                                    ? InetSocketAddress.createUnresolved(JdkSerializer.readText(in), in.readInt(true))
                                    : new InetSocketAddress(address, in.readInt(true));
                        }));
    }

    /** The element type of an empty one is found by what it takes. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static JdkSerializer<EnumSet<?>> enumSet() {
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
    private static JdkSerializer<EnumMap<?, ?>> enumMap() {
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

    private static JdkSerializer<GregorianCalendar> calendar() {
        return JdkSerializer.of(
                (kryo, out, original) -> {
                    GregorianCalendar calendar =
                            (GregorianCalendar) original.clone(); // asking for its time may change it
                    kryo.writeClassAndObject(out, calendar.getTimeZone());
                    out.writeLong(calendar.getTimeInMillis());
                    out.writeBoolean(calendar.isLenient());
                    out.writeInt(calendar.getFirstDayOfWeek(), true);
                    out.writeInt(calendar.getMinimalDaysInFirstWeek(), true);
                    out.writeLong(calendar.getGregorianChange().getTime());
                },
                (kryo, in) -> {
                    GregorianCalendar calendar =
                            new GregorianCalendar(present((TimeZone) kryo.readClassAndObject(in)), Locale.ROOT);
                    long millis = in.readLong();
                    calendar.setLenient(in.readBoolean());
                    calendar.setFirstDayOfWeek(in.readInt(true));
                    calendar.setMinimalDaysInFirstWeek(in.readInt(true));
                    calendar.setGregorianChange(new Date(in.readLong()));
                    calendar.setTimeInMillis(millis);
                    calendar.getTime();
                    return calendar;
                });
    }

    private static Class<?> enumClass(@Nullable Registration registration) {
        if (registration == null || !registration.getType().isEnum()) {
            throw new KryoException("the elements are of no enum");
        }
        return registration.getType();
    }

    private static Collection<Object> keySet(List<Object> elements) {
        ConcurrentHashMap.KeySetView<Object, Boolean> set = ConcurrentHashMap.newKeySet();
        set.addAll(elements);
        return set;
    }

    private static void writeAddress(StrictKryo kryo, BoundedOutput out, InetAddress address) {
        String text = address.toString();
        int slash = text.lastIndexOf('/');
        out.writeString(slash <= 0 ? null : text.substring(0, slash));
        out.writeBytes(address.getAddress());
    }

    private static <C extends Collection<Object>> C filled(C collection, List<Object> elements) {
        collection.addAll(elements);
        return collection;
    }

    private static int capacity(int remaining, int size) {
        return (int) Math.min((long) remaining + size, Integer.MAX_VALUE);
    }

    private static JdkSerializer<SortedSet<Object>> sortedSet(
            Function<NavigableSet<Object>, ? extends SortedSet<Object>> wrap) {
        return JdkSerializer.<SortedSet<Object>, Comparator<? super Object>>collection(
                SortedSet::comparator, (order, elements) -> wrap.apply(filled(new TreeSet<>(order), elements)));
    }

    private static JdkSerializer<SortedMap<Object, Object>> sortedMap(
            Function<NavigableMap<Object, Object>, ? extends SortedMap<Object, Object>> wrap) {
        return JdkSerializer.map(
                SortedMap::comparator,
                order -> new TreeMap<>(cast(order)),
                map -> wrap.apply((TreeMap<Object, Object>) map));
    }

    private static <M extends Map<?, ?>> JdkSerializer<M> map(
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

    private static <T> T present(@Nullable T object) {
        if (object == null) {
            throw new KryoException("an object is missing");
        }
        return object;
    }

    @SuppressWarnings("unchecked")
    private static <T> @Nullable Comparator<T> cast(@Nullable Comparator<?> comparator) {
        return (Comparator<T>) comparator;
    }
}
