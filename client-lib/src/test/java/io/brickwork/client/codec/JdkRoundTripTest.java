package io.brickwork.client.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codec;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.Chronology;
import java.time.chrono.HijrahDate;
import java.time.chrono.IsoEra;
import java.time.chrono.JapaneseDate;
import java.time.chrono.JapaneseEra;
import java.time.chrono.MinguoDate;
import java.time.chrono.ThaiBuddhistDate;
import java.time.chrono.ThaiBuddhistEra;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.SimpleTimeZone;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every kind of value that the JDK has comes back as it was: of the same class, equal, in the same order, with the same
 * comparator; or it is refused when it is stored, with what to do instead. Each is stored inside of another object, in
 * a list and in an array, and as a key.
 */
class JdkRoundTripTest {
    enum Plain {
        A,
        B,
        C
    }

    enum Bodied {
        X {},
        Y
    }

    enum Unregistered {
        Z
    }

    record Box(Object content) {}

    static class Cell {
        Object content;
    }

    private final CodecRegistry registry = CodecRegistry.builder()
            .register(Box.class, 100)
            .register(Cell.class, 101)
            .register(Plain.class, 102)
            .register(Bodied.class, 103)
            .register(int[][].class, 104)
            .register(Integer[].class, 105)
            .register(String[][].class, 106)
            .register(LocalDate[].class, 107)
            .register(Plain[].class, 108)
            .register(Object[][].class, 109)
            .register(Bodied[].class, 110)
            .register(Number[].class, 111)
            .build();
    private final Codec<Box> boxes = registry.codecFor(Box.class);
    private final Codec<Cell> cells = registry.codecFor(Cell.class);

    @Test
    void timesComeBack() {
        for (Instant instant : List.of(
                Instant.MIN,
                Instant.MAX,
                Instant.EPOCH,
                Instant.ofEpochSecond(-1, 1),
                Instant.ofEpochSecond(5, 999_999_999))) {
            comesBack(instant);
        }
        for (Duration duration : List.of(
                Duration.ZERO,
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Duration.ofNanos(-1))) {
            comesBack(duration);
        }
        List<LocalDate> dates = List.of(LocalDate.MIN, LocalDate.MAX, LocalDate.EPOCH, LocalDate.of(-4, 2, 29));
        List<LocalTime> times = List.of(
                LocalTime.MIN,
                LocalTime.MAX,
                LocalTime.NOON,
                LocalTime.of(1, 2),
                LocalTime.of(1, 2, 3),
                LocalTime.of(0, 0, 0, 1));
        List<ZoneOffset> offsets = List.of(
                ZoneOffset.MIN,
                ZoneOffset.MAX,
                ZoneOffset.UTC,
                ZoneOffset.ofTotalSeconds(-3601),
                ZoneOffset.ofHoursMinutes(5, 45));
        for (LocalDate date : dates) {
            comesBack(date);
            comesBack(Year.from(date));
            comesBack(YearMonth.from(date));
            comesBack(MonthDay.from(date));
            for (LocalTime time : times) {
                comesBack(time);
                comesBack(date.atTime(time));
                for (ZoneOffset offset : offsets) {
                    comesBack(offset);
                    comesBack(time.atOffset(offset));
                    comesBack(date.atTime(time).atOffset(offset));
                }
            }
        }
        comesBack(OffsetDateTime.MIN);
        comesBack(OffsetDateTime.MAX);
        comesBack(OffsetTime.MIN);
        comesBack(OffsetTime.MAX);
        comesBack(List.of(YearMonth.of(2024, 1), YearMonth.of(2025, 2), YearMonth.of(2026, 3)));
        comesBack(Stream.iterate(YearMonth.of(-999_999_999, 1), month -> month.plusYears(1_000_000))
                .limit(1000)
                .toList());
        comesBack(List.of(Year.of(Year.MIN_VALUE), Year.of(Year.MAX_VALUE), Year.of(0)));
        for (Period period : List.of(
                Period.ZERO,
                Period.of(1, 2, 3),
                Period.of(Integer.MIN_VALUE, Integer.MAX_VALUE, -1),
                Period.of(Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE))) {
            comesBack(period);
        }
    }

    @Test
    void zonedTimesComeBackInHoursThatOccurTwice() {
        int distinct = 0;
        for (String id : List.of(
                "Europe/Paris",
                "America/New_York",
                "Australia/Lord_Howe",
                "America/St_Johns",
                "Africa/Casablanca",
                "Asia/Kolkata",
                "UTC",
                "GMT+2",
                "UTC-03:30",
                "Z",
                "+05:45",
                "Pacific/Apia",
                "Antarctica/Troll")) {
            ZoneId zone = ZoneId.of(id);
            comesBack(zone);
            for (int year : List.of(1850, 1995, 2011, 2024)) {
                var transitions = zone.getRules();
                var next = transitions.nextTransition(
                        LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant());
                for (int i = 0; i < 3 && next != null; i++) {
                    for (int minutes : List.of(-90, -30, -1, 0, 1, 30, 90)) {
                        ZonedDateTime time = next.getInstant()
                                .plus(Duration.ofMinutes(minutes))
                                .atZone(zone);
                        comesBack(time);
                        comesBack(time.withEarlierOffsetAtOverlap());
                        comesBack(time.withLaterOffsetAtOverlap());
                        if (!time.withEarlierOffsetAtOverlap().equals(time.withLaterOffsetAtOverlap())) {
                            distinct++;
                            assertThat(boxes.forKeys().encode(new Box(time.withEarlierOffsetAtOverlap())))
                                    .as("two keys")
                                    .isNotEqualTo(boxes.forKeys().encode(new Box(time.withLaterOffsetAtOverlap())));
                        }
                    }
                    next = transitions.nextTransition(next.getInstant());
                }
            }
        }
        assertThat(distinct).isGreaterThan(100);
        comesBack(ZonedDateTime.of(LocalDateTime.MAX, ZoneOffset.MIN));
        comesBack(ZonedDateTime.of(LocalDateTime.MIN, ZoneOffset.MAX));
    }

    @Test
    void otherCalendarsComeBack() {
        for (long day : List.of(-10_000L, 0L, 20_000L)) {
            comesBack(HijrahDate.from(LocalDate.ofEpochDay(day)));
            comesBack(JapaneseDate.from(LocalDate.ofEpochDay(day)));
            comesBack(MinguoDate.from(LocalDate.ofEpochDay(day)));
            comesBack(ThaiBuddhistDate.from(LocalDate.ofEpochDay(day)));
        }
        Chronology.getAvailableChronologies().forEach(this::comesBack);
        for (Object constant : List.of(
                IsoEra.BCE,
                ThaiBuddhistEra.BE,
                JapaneseEra.HEISEI,
                JapaneseEra.MEIJI,
                DayOfWeek.SUNDAY,
                Month.MAY,
                ChronoUnit.FOREVER,
                TextStyle.FULL,
                TimeUnit.DAYS,
                RoundingMode.HALF_EVEN)) {
            comesBack(constant);
        }
    }

    @Test
    void localesComeBack() {
        for (Locale locale : Locale.getAvailableLocales()) {
            comesBack(locale);
        }
        for (String tag : List.of(
                "zh-Hant-TW", "sr-Latn-RS", "th-TH-u-nu-thai", "de-DE-1996-x-private", "en-u-ca-buddhist-t-es")) {
            comesBack(Locale.forLanguageTag(tag));
        }
        comesBack(Locale.of("de", "CH", "WIN"));
        comesBack(Locale.of("ja", "JP", "JP"));
        comesBack(Locale.of("no", "NO", "NY"));
        comesBack(Locale.ROOT);
    }

    @Test
    void numbersAndTextsComeBack() {
        for (String text : List.of(
                "",
                "a",
                "h\u00e9",
                "\u0000",
                "\ud83d\ude00",
                "\ud800",
                "x\udfffy",
                "\uffff",
                "a".repeat(100),
                "\u20ac".repeat(70))) {
            comesBack(text);
            comesBack(new StringBuilder(text));
            comesBack(new StringBuffer(text));
        }
        for (Object number : List.of(
                0,
                -1,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                (byte) -128,
                Short.MIN_VALUE,
                'x',
                '\ud800',
                '\uffff',
                0f,
                -0f,
                Float.MIN_VALUE,
                Float.NaN,
                Float.NEGATIVE_INFINITY,
                0d,
                -0d,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                Double.NaN,
                true,
                false)) {
            comesBack(number);
        }
        for (String number : List.of(
                "0",
                "0.0",
                "0E+10",
                "1",
                "1.0",
                "10",
                "-9223372036854775808",
                "9223372036854775808",
                "1E-2147483647",
                "-1E+2147483647",
                "123456789012345678901234567890.12345")) {
            comesBack(new BigDecimal(number));
        }
        for (int shift : List.of(0, 7, 8, 63, 64, 1000)) {
            comesBack(BigInteger.ONE.shiftLeft(shift));
            comesBack(BigInteger.ONE.shiftLeft(shift).negate());
        }
        comesBack(BigInteger.ZERO);
        comesBack(MathContext.DECIMAL128);
        comesBack(new AtomicInteger(-5));
        comesBack(new AtomicLong(Long.MIN_VALUE));
        comesBack(new AtomicBoolean(true));
        comesBack(new AtomicReference<>(List.of("x")));
        comesBack(new AtomicReference<>());
        comesBack(new AtomicIntegerArray(new int[] {1, -1}));
        comesBack(new AtomicLongArray(new long[] {1, -1}));
        LongAdder longs = new LongAdder();
        longs.add(7);
        comesBack(longs);
        DoubleAdder doubles = new DoubleAdder();
        doubles.add(1.5);
        comesBack(doubles);
        for (Object optional : List.of(
                Optional.empty(),
                Optional.of(Optional.of("x")),
                OptionalInt.empty(),
                OptionalInt.of(Integer.MIN_VALUE),
                OptionalLong.of(-1),
                OptionalDouble.of(-0.0),
                OptionalDouble.empty())) {
            comesBack(optional);
        }
    }

    @Test
    void otherValuesComeBack() throws Exception {
        comesBack(new UUID(Long.MIN_VALUE, -1));
        comesBack(BitSet.valueOf(new long[] {1, 0, Long.MIN_VALUE}));
        comesBack(new BitSet());
        Currency.getAvailableCurrencies().forEach(this::comesBack);
        comesBack(new Date(Long.MIN_VALUE));
        comesBack(new Date(Long.MAX_VALUE));
        for (long millis : List.of(-1L, 0L, 1_700_000_000_123L, -62_135_769_600_000L)) {
            java.sql.Timestamp timestamp = new java.sql.Timestamp(millis);
            comesBack(timestamp);
            timestamp.setNanos(123_456_789);
            comesBack(timestamp);
            comesBack(new java.sql.Date(millis));
            comesBack(new java.sql.Time(millis));
        }
        for (String id : List.of("Europe/Paris", "UTC", "GMT+05:00")) {
            comesBack(TimeZone.getTimeZone(id));
            GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone(id), Locale.GERMANY);
            calendar.setTimeInMillis(-5);
            calendar.setLenient(false);
            calendar.setGregorianChange(new Date(5));
            comesBack(calendar);
        }
        comesBack(URI.create("http://[::1]:80/a%20b?c#d"));
        comesBack(URI.create("mailto:a@b"));
        comesBack(URI.create("http://example.org/a?b#c").toURL());
        comesBack(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        comesBack(InetAddress.getByAddress("host.example", new byte[] {10, 0, 0, 1}));
        comesBack(InetAddress.getByAddress("six", new byte[] {0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
        comesBack(InetSocketAddress.createUnresolved("host", 65_535));
        comesBack(new InetSocketAddress(InetAddress.getByAddress(new byte[] {1, 2, 3, 4}), 80));
        comesBack(Path.of("a/b"));
        comesBack(Path.of(""));
        comesBack(Path.of("/x/../y"));
        comesBack(StandardCharsets.UTF_16LE);
        comesBack(Pattern.compile("a(b|c)*", Pattern.CASE_INSENSITIVE | Pattern.COMMENTS));
        comesBack(Plain.B);
        comesBack(Bodied.X);
        comesBack(Bodied.Y);
        comesBack(Map.entry("k", List.of(1)));
        comesBack(new AbstractMap.SimpleEntry<>("k", null));
        comesBack(new AbstractMap.SimpleImmutableEntry<>(null, 5));
    }

    @Test
    void arraysComeBack() {
        for (Object array : List.of(
                new byte[0],
                new byte[] {-1},
                new short[] {Short.MIN_VALUE},
                new int[] {Integer.MIN_VALUE, 5},
                new long[] {Long.MIN_VALUE},
                new float[] {-0f, Float.NaN},
                new double[] {-0d},
                new boolean[] {true, false},
                new char[] {'\ud800'},
                new String[] {"a", null, ""},
                new Object[] {1, null, "x", new int[] {1}},
                new int[][] {{1}, null, {}},
                new Integer[] {1, null},
                new String[][] {{"a", null}, {}, null},
                new LocalDate[] {LocalDate.MIN, null},
                new Plain[] {Plain.A, null},
                new Bodied[] {Bodied.X, Bodied.Y, null},
                new Object[][] {{1, "x"}, {}},
                new Number[] {1, 2L, null, BigDecimal.ONE})) {
            comesBack(array);
        }
        refused(new Long[] {1L}, "add o.register(Long[].class, 112)");
    }

    @Test
    void collectionsComeBack() {
        List<List<Object>> contents = List.of(
                List.of(),
                List.of("a"),
                List.of("b", "a", "c"),
                List.of(3, 1, 2),
                List.of(YearMonth.of(1, 1), YearMonth.of(0, 2)));
        for (List<Object> content : contents) {
            for (Object collection : List.of(
                    new ArrayList<>(content),
                    new LinkedList<>(content),
                    new ArrayDeque<>(content),
                    new Vector<>(content),
                    stack(content),
                    new HashSet<>(content),
                    new LinkedHashSet<>(content),
                    new TreeSet<>(content),
                    new CopyOnWriteArrayList<>(content),
                    new CopyOnWriteArraySet<>(content),
                    new ConcurrentSkipListSet<>(content),
                    new ConcurrentLinkedQueue<>(content),
                    new ConcurrentLinkedDeque<>(content),
                    new LinkedBlockingQueue<>(content),
                    new LinkedBlockingDeque<>(content),
                    new LinkedTransferQueue<>(content),
                    new PriorityQueue<>(content),
                    new PriorityBlockingQueue<>(content),
                    List.copyOf(content),
                    Set.copyOf(content),
                    content.stream().toList(),
                    Arrays.asList(content.toArray()),
                    Collections.unmodifiableList(new ArrayList<>(content)),
                    Collections.unmodifiableList(new LinkedList<>(content)),
                    Collections.unmodifiableSet(new LinkedHashSet<>(content)),
                    Collections.unmodifiableCollection(content),
                    Collections.unmodifiableSortedSet(new TreeSet<>(content)),
                    Collections.unmodifiableNavigableSet(new TreeSet<>(content)),
                    Collections.unmodifiableSequencedCollection(new ArrayList<>(content)),
                    Collections.unmodifiableSequencedSet(new LinkedHashSet<>(content)),
                    Collections.synchronizedList(new ArrayList<>(content)),
                    Collections.synchronizedList(new LinkedList<>(content)),
                    Collections.synchronizedSet(new LinkedHashSet<>(content)),
                    Collections.synchronizedCollection(new ArrayList<>(content)),
                    Collections.synchronizedSortedSet(new TreeSet<>(content)),
                    Collections.synchronizedNavigableSet(new TreeSet<>(content)),
                    keySet(content))) {
                comesBack(collection);
            }
            for (Map<Object, Object> map : maps(content)) {
                comesBack(map);
            }
        }
        comesBack(Arrays.asList("a", null));
        comesBack(Arrays.asList(null, null));
        comesBack(new ArrayList<>(Arrays.asList(null, 1, "x")));
        comesBack(new LinkedList<>(Arrays.asList("a", null)));
        comesBack(Stream.of("a", null).toList());
        comesBack(Stream.of(null, null).toList());
        comesBack(new HashSet<>(Arrays.asList("a", null)));
        comesBack(new HashMap<>(Collections.singletonMap(null, null)));
        comesBack(Collections.emptyList());
        comesBack(Collections.emptySet());
        comesBack(Collections.emptyMap());
        comesBack(Collections.emptySortedSet());
        comesBack(Collections.emptyNavigableSet());
        comesBack(Collections.emptySortedMap());
        comesBack(Collections.emptyNavigableMap());
        comesBack(Collections.singletonList(null));
        comesBack(Collections.singleton(null));
        comesBack(Collections.singletonMap(null, 1));
        comesBack(Collections.nCopies(5, "x"));
        comesBack(Collections.nCopies(0, "x"));
        comesBack(new LinkedBlockingQueue<>(3));
        comesBack(EnumSet.noneOf(Plain.class));
        comesBack(EnumSet.allOf(Plain.class));
        comesBack(EnumSet.of(Plain.C));
        comesBack(EnumSet.allOf(Bodied.class));
        comesBack(EnumSet.noneOf(DayOfWeek.class));
        comesBack(new EnumMap<>(Plain.class));
        comesBack(new EnumMap<>(Bodied.class));
        comesBack(new EnumMap<>(Map.of(Bodied.X, 1, Bodied.Y, List.of())));
        comesBack(new EnumMap<>(Collections.singletonMap(Plain.A, null)));
        Properties properties = new Properties();
        properties.setProperty("k", "v");
        comesBack(properties);
    }

    @Test
    void emptyEnumCollectionsKeepTheirEnum() {
        EnumSet<Plain> set = back(EnumSet.noneOf(Plain.class));
        set.add(Plain.A);
        EnumMap<Bodied, Object> map = back(new EnumMap<Bodied, Object>(Bodied.class));
        map.put(Bodied.X, 1);
        assertThatThrownBy(() -> back(new EnumMap<>(Unregistered.class)))
                .isInstanceOf(DdsException.Unregistered.class)
                .hasMessageContaining("register the enum")
                .hasMessageContaining("Unregistered");
        assertThatThrownBy(() -> back(EnumSet.noneOf(Unregistered.class)))
                .isInstanceOf(DdsException.Unregistered.class)
                .hasMessageContaining("o.register(JdkRoundTripTest.Unregistered.class, 112)");
    }

    @Test
    void comparatorsComeBack() {
        for (Comparator<String> order : List.<Comparator<String>>of(
                Comparator.reverseOrder(),
                Comparator.naturalOrder(),
                String.CASE_INSENSITIVE_ORDER,
                Collections.reverseOrder(String.CASE_INSENSITIVE_ORDER),
                Collections.reverseOrder())) {
            TreeSet<String> set = new TreeSet<>(order);
            set.addAll(List.of("b", "A", "c"));
            comesBack(set);
            comesBack(Collections.unmodifiableNavigableSet(set));
            TreeMap<String, Object> map = new TreeMap<>(order);
            map.putAll(Map.of("b", 1, "A", 2));
            comesBack(map);
            comesBack(new ConcurrentSkipListMap<>(map));
            comesBack(new ConcurrentSkipListSet<>((SortedSet<String>) set));
            comesBack(new PriorityQueue<>(set));
            comesBack(Collections.synchronizedSortedMap(map));
            comesBack(order);
        }
        refused(new TreeSet<String>((left, right) -> 0), "make it a constant of an enum");
        refused(new PriorityQueue<>(Comparator.comparing(Object::toString)), "make it a constant of an enum");
    }

    @Test
    void whatCannotBeStoredIsRefusedWithWhatToDo() {
        List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
        Map<String, Integer> map = new TreeMap<>(Map.of("k", 1));
        refused(list.subList(0, 1), "new ArrayList<>(list)");
        refused(list.reversed(), "new ArrayList<>(list)");
        refused(Collections.checkedList(list, Integer.class), "new ArrayList<>(list)");
        refused(map.keySet(), "new TreeSet<>(set)");
        refused(new HashMap<>(map).keySet(), "new LinkedHashSet<>(set)");
        refused(map.values(), "new ArrayList<>(collection)");
        refused(map.entrySet(), "new LinkedHashSet<>(set)");
        refused(((NavigableMap<String, Integer>) map).headMap("z"), "new TreeMap<>(map)");
        refused(new IdentityHashMap<>(map), "identity");
        refused(new WeakHashMap<>(map), "identity");
        refused(new ArrayBlockingQueue<>(3), "new LinkedList<>(queue)");
        refused(Collections.newSetFromMap(new ConcurrentHashMap<>()), "new LinkedHashSet<>(set)");
        refused(new IllegalStateException("x", new RuntimeException()), "message and stack trace");
        refused(String.class, "store its name");
        refused(new Random(1), "belongs to the JDK");
        refused(new ReentrantLock(), "belongs to the JDK");
        refused(ByteBuffer.allocate(3), "belongs to the JDK");
        refused(DateTimeFormatter.ISO_DATE, "belongs to the JDK");
        refused(
                LocalDate.EPOCH
                        .atStartOfDay()
                        .atZone(ZoneOffset.UTC)
                        .format(DateTimeFormatter.ISO_DATE)
                        .chars(),
                "belongs to the JDK");
        refused((Runnable) () -> {}, "a lambda");
        refused(
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Runnable.class},
                        (proxy, method, arguments) -> null),
                "a proxy");
        refused(new Object() {}, "make it a named class");
        refused(new SimpleTimeZone(5, "Odd"), "rules are not those");
        Properties defaults = new Properties();
        defaults.setProperty("k", "v");
        refused(new Properties(defaults), "defaults");
        refused(Calendar.getInstance(Locale.forLanguageTag("th-TH-u-ca-buddhist")), "ZonedDateTime");
    }

    @Test
    void whatCannotBeStoredIsRefusedWhenItIsRegistered() {
        for (Class<?> type : List.of(
                Thread.class,
                Exception.class,
                IllegalStateException.class,
                Class.class,
                Random.class,
                ReentrantLock.class,
                MyException.class,
                java.io.File.class,
                ByteBuffer.allocate(1).getClass(),
                Bodied.X.getClass())) {
            assertThatThrownBy(() -> CodecRegistry.builder().register(type, 200))
                    .as(type.getName())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(type.getName());
        }
    }

    static final class MyException extends RuntimeException {
        private static final long serialVersionUID = 1;
        final int code = 5;
    }

    /** Old programs may have given these a number, when there was no other way. */
    @Test
    void classesThatNeedNoNumberMayHaveOne() {
        int id = 200;
        CodecRegistry.Builder builder =
                CodecRegistry.builder().register(Box.class, 100).register(Plain.class, 102);
        for (Class<?> type : List.of(
                EnumMap.class,
                AtomicLong.class,
                ConcurrentHashMap.class,
                ConcurrentHashMap.KeySetView.class,
                java.sql.Timestamp.class,
                Vector.class,
                PriorityQueue.class,
                DayOfWeek.class,
                StringBuilder.class,
                Pattern.class)) {
            builder.register(type, id++);
        }
        Codec<Box> codec = builder.build().codecFor(Box.class);
        java.sql.Timestamp timestamp = new java.sql.Timestamp(5);
        timestamp.setNanos(123);
        for (Object object : List.of(
                new EnumMap<>(Map.of(Plain.A, 1)),
                new EnumMap<>(Plain.class),
                new AtomicLong(5),
                new ConcurrentHashMap<>(Map.of("k", 1)),
                keySet(List.of("a")),
                timestamp,
                new Vector<>(List.of(1)),
                new PriorityQueue<>(List.of(1)),
                DayOfWeek.MONDAY,
                new StringBuilder("x"),
                Pattern.compile("x"))) {
            for (Codec<Box> either : List.of(codec, codec.forKeys())) {
                assertThat(seen(either.decode(either.encode(new Box(object))).content()))
                        .as(object.getClass().getName())
                        .isEqualTo(seen(object));
            }
            // And are read by a program that has given them none, if it was stored by one such.
            assertThat(seen(codec.decode(boxes.encode(new Box(object))).content()))
                    .isEqualTo(seen(object));
        }
    }

    @Test
    void aFailureLeavesNothingBehind() {
        Bytes before = boxes.encode(new Box(List.of(1, "x")));
        for (int i = 0; i < 40; i++) {
            refused(new ArrayList<>(List.of(new Cell(), new Box(new Random(1)))), "belongs to the JDK");
            List<Object> itself = new ArrayList<>();
            itself.add(itself);
            refused(itself, "contain itself");
            assertThat(boxes.encode(new Box(List.of(1, "x")))).isEqualTo(before);
        }
    }

    private void comesBack(Object object) {
        Object expected = seen(object);
        Box box = new Box(object);
        for (Codec<Box> codec : List.of(boxes, boxes.forKeys())) {
            Bytes bytes = codec.encode(box);
            assertThat(seen(codec.decode(bytes).content())).as(named(object)).isEqualTo(expected);
            Box back = codec.decode(bytes);
            if (back.content().getClass() == object.getClass()) {
                assertThat(codec.encode(back)).as("again " + named(object)).isEqualTo(bytes);
            }
        }
        assertThat(seen(back(object))).as(named(object)).isEqualTo(expected);
        List<Object> several = new ArrayList<>(Arrays.asList(object, object, null, object));
        assertThat(seen(back(several))).as("in a list " + named(object)).isEqualTo(seen(several));
        assertThat(seen(back(new Object[] {object}))).as("in an array").isEqualTo(seen(new Object[] {object}));
        assertThat(seen(back(Optional.of(object)))).as("in an optional").isEqualTo(seen(Optional.of(object)));
    }

    private static String named(Object object) {
        return object.getClass().getName();
    }

    @SuppressWarnings("unchecked")
    private <T> T back(T object) {
        Cell cell = new Cell();
        cell.content = object;
        return (T) cells.decode(cells.encode(cell)).content;
    }

    private void refused(Object object, String remedy) {
        for (Codec<Box> codec : List.of(boxes, boxes.forKeys())) {
            assertThatThrownBy(() -> codec.encode(new Box(object)))
                    .as(named(object))
                    .isInstanceOfAny(IllegalArgumentException.class, DdsException.Unregistered.class)
                    .hasMessageContaining(remedy);
        }
    }

    /** All that an object shows: its class and what it holds, in order where there is one. */
    private static Object seen(Object object) {
        if (object == null) {
            return "null";
        }
        List<Object> seen = new ArrayList<>();
        seen.add(object.getClass().getName().replaceAll("ImmutableCollections.*", "ImmutableCollections"));
        if (object.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(object); i++) {
                seen.add(seen(Array.get(object, i)));
            }
            return seen;
        }
        switch (object) {
            case SortedMap<?, ?> map -> seen.add(seen(map.comparator()));
            case SortedSet<?> set -> seen.add(seen(set.comparator()));
            case PriorityQueue<?> queue -> seen.add(seen(queue.comparator()));
            case PriorityBlockingQueue<?> queue -> seen.add(seen(queue.comparator()));
            case BlockingQueue<?> queue -> seen.add(queue.remainingCapacity());
            default -> {}
        }
        boolean isOrdered = !(object instanceof Set<?>)
                || object instanceof SortedSet<?>
                || object instanceof LinkedHashSet<?>
                || object.getClass().getName().contains("nmodifiable");
        switch (object) {
            case Map<?, ?> map -> {
                List<Object> entries = new ArrayList<>();
                map.forEach((key, value) -> entries.add(Arrays.asList(seen(key), seen(value))));
                seen.add(
                        map instanceof SortedMap<?, ?> || map instanceof LinkedHashMap<?, ?>
                                ? entries
                                : new HashSet<>(entries));
            }
            case Collection<?> collection -> {
                List<Object> elements = new ArrayList<>();
                collection.forEach(element -> elements.add(seen(element)));
                seen.add(isOrdered ? elements : new HashSet<>(elements));
            }
            case Map.Entry<?, ?> entry -> seen.add(Arrays.asList(seen(entry.getKey()), seen(entry.getValue())));
            case Optional<?> optional -> seen.add(optional.map(JdkRoundTripTest::seen));
            case AtomicReference<?> reference -> seen.add(seen(reference.get()));
            case Box box -> seen.add(seen(box.content()));
            case Pattern pattern -> seen.add(pattern + "/" + pattern.flags());
            case CharSequence text -> seen.add(text.toString());
            case java.util.concurrent.atomic.AtomicIntegerArray array -> seen.add(array.toString());
            case AtomicLongArray array -> seen.add(array.toString());
            case AtomicBoolean flag -> seen.add(flag.get());
            case InetAddress address -> seen.add(address.toString());
            case java.net.URL url -> seen.add(url.toString());
            case Number number when named(number).contains("atomic") -> seen.add(number.toString());
            case Comparator<?> comparator -> seen.add(comparator.equals(Comparator.naturalOrder()));
            case Calendar calendar -> seen.add(calendar);
            case java.sql.Timestamp timestamp -> seen.add(timestamp.toString() + timestamp.getNanos());
            default -> {
                seen.add(object);
                seen.add(object.toString());
            }
        }
        return seen;
    }

    private static Stack<Object> stack(List<Object> content) {
        Stack<Object> stack = new Stack<>();
        content.forEach(stack::push);
        return stack;
    }

    private static Object keySet(List<Object> content) {
        Set<Object> set = ConcurrentHashMap.newKeySet();
        set.addAll(content);
        return set;
    }

    private static List<Map<Object, Object>> maps(List<Object> keys) {
        Map<Object, Object> map = new LinkedHashMap<>();
        keys.forEach(key -> map.put(key, List.of(key, 1)));
        return List.of(
                map,
                new HashMap<>(map),
                new TreeMap<>(map),
                new ConcurrentHashMap<>(map),
                new ConcurrentSkipListMap<>(map),
                new Hashtable<>(map),
                Map.copyOf(map),
                Collections.unmodifiableMap(new LinkedHashMap<>(map)),
                Collections.unmodifiableSortedMap(new TreeMap<>(map)),
                Collections.unmodifiableNavigableMap(new TreeMap<>(map)),
                Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map)),
                Collections.synchronizedMap(new LinkedHashMap<>(map)),
                Collections.synchronizedSortedMap(new TreeMap<>(map)),
                Collections.synchronizedNavigableMap(new TreeMap<>(map)));
    }
}
