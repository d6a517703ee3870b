package io.brickwork.client.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Objects of which the bytes in {@code first-format.txt} were made by the first version of the codecs: whatever is
 * changed, those bytes must be read as these objects.
 */
final class FirstFormat {
    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "a green one";
            }
        }
    }

    enum Size {
        SMALL,
        LARGE
    }

    record Money(BigDecimal amount, Currency currency) {}

    record Wide(
            int number,
            long large,
            double real,
            boolean flag,
            char letter,
            String text,
            Integer boxed,
            Size size,
            List<String> names,
            Map<String, Integer> counts,
            Money price,
            Object anything,
            byte[] bytes,
            Optional<String> maybe) {
        @Override
        public boolean equals(Object object) {
            return object instanceof Wide other && toString().equals(other.toString());
        }

        @Override
        public int hashCode() {
            return toString().hashCode();
        }

        @Override
        public String toString() {
            return Arrays.asList(number, large, real, flag, letter, text, boxed, size, names, counts, price, anything)
                    + Arrays.toString(bytes)
                    + maybe;
        }
    }

    static class Base {
        int inherited = 11;
        protected String label = "l\u00e4bel";

        @Override
        public boolean equals(Object object) {
            return object != null
                    && object.getClass() == getClass()
                    && toString().equals(object.toString());
        }

        @Override
        public int hashCode() {
            return toString().hashCode();
        }

        @Override
        public String toString() {
            return inherited + label;
        }
    }

    static class Everything extends Base {
        boolean flag = true;
        byte small = -3;
        short shorter = -300;
        char letter = '\u20ac';
        int number = -70_000;
        long large = Long.MIN_VALUE;
        float single = 1.5f;
        double real = -0.0;
        String text = "text";
        String none = null;
        Integer boxed = 300;
        Long boxedLong = 5L;
        Size size = Size.LARGE;
        Colour colour = Colour.GREEN;
        List<String> names = new ArrayList<>(Arrays.asList("a", "b", null));
        List<Money> prices = List.of(new Money(new BigDecimal("3.50"), Currency.getInstance("EUR")));
        Map<String, List<Integer>> map = new TreeMap<>(Map.of("k", List.of(1, 2), "l", List.of()));
        Set<Size> sizes = new HashSet<>(Set.of(Size.SMALL));
        Money price = new Money(BigDecimal.TEN, Currency.getInstance("USD"));
        Object anything = new LinkedHashMap<>(Map.of("k", 1));
        int[] ints = {1, -1};
        String[] texts = {"x", null};
        Instant when = Instant.ofEpochSecond(77, 5);
        Optional<Instant> maybe = Optional.of(Instant.EPOCH);
        Base nested = new Base();

        @Override
        public String toString() {
            return Arrays.asList(
                            inherited, label, flag, small, shorter, letter, number, large, single, real, text, none,
                            boxed, boxedLong, size, colour, names, prices, map, sizes, price, anything)
                    + Arrays.toString(ints)
                    + Arrays.toString(texts)
                    + when
                    + maybe
                    + nested;
        }
    }

    static final class Holder {
        Object content;

        Holder(Object content) {
            this.content = content;
        }
    }

    /** The registrations of the program that wrote the bytes. */
    static CodecRegistry registry() {
        return CodecRegistry.builder()
                .register(Holder.class, 100)
                .register(Everything.class, 101)
                .register(Base.class, 102)
                .register(Money.class, 103)
                .register(Wide.class, 104)
                .register(Size.class, 105)
                .register(Colour.class, 106)
                .register(Vector.class, 110)
                .register(PriorityQueue.class, 111)
                .register(ConcurrentHashMap.class, 112)
                .register(ConcurrentSkipListMap.class, 113)
                .register(CopyOnWriteArrayList.class, 114)
                .register(StringBuilder.class, 115)
                .register(java.sql.Timestamp.class, 116)
                .register(java.sql.Date.class, 117)
                .register(Money[].class, 118)
                .register(int[][].class, 119)
                .register(java.time.DayOfWeek.class, 120)
                .build();
    }

    /** By name, in the order of the file. */
    static Map<String, Object> objects() {
        Map<String, Object> objects = new LinkedHashMap<>();
        objects.put("everything", new Everything());
        objects.put("everything twice", new ArrayList<>(List.of(new Everything(), new Everything(), new Base())));
        objects.put(
                "wide",
                new Wide(
                        1,
                        -1L << 40,
                        Math.PI,
                        true,
                        'x',
                        "t",
                        null,
                        Size.SMALL,
                        List.of("n"),
                        new TreeMap<>(Map.of("c", 1)),
                        new Money(BigDecimal.ONE, Currency.getInstance("JPY")),
                        5L,
                        new byte[] {1, 2},
                        Optional.empty()));
        objects.put("money", new Money(new BigDecimal("-12345678901234567890.123"), Currency.getInstance("EUR")));
        objects.put("enum", Size.LARGE);
        objects.put("enum with body", Colour.GREEN);
        objects.put("array list", new ArrayList<>(Arrays.asList(1, "b", null, 2L)));
        objects.put("linked list", new LinkedList<>(List.of("a", "b")));
        objects.put("array deque", new ArrayList<>(new ArrayDeque<>(List.of(1, 2))));
        objects.put("hash set", new HashSet<>(List.of("a")));
        objects.put("linked hash set", new LinkedHashSet<>(List.of("b", "a")));
        objects.put("tree set", new TreeSet<>(List.of(3, 1, 2)));
        objects.put("hash map", new HashMap<>(Map.of("k", 1)));
        objects.put("linked hash map", new LinkedHashMap<>(Map.of(Size.SMALL, List.of(1))));
        objects.put("tree map", new TreeMap<>(Map.of("a", 1, "b", 2)));
        objects.put("list of 0", List.of());
        objects.put("list of 1", List.of("x"));
        objects.put("list of 3", List.of(1, 2, 3));
        objects.put("sub list", List.of(1, 2, 3, 4).subList(1, 3));
        objects.put("set of 0", Set.of());
        objects.put("set of 1", Set.of(5));
        objects.put("map of 0", Map.of());
        objects.put("map of 1", Map.of("k", "v"));
        objects.put("as list", Arrays.asList("a", "b"));
        objects.put("empty list", Collections.emptyList());
        objects.put("empty set", Collections.emptySet());
        objects.put("empty map", Collections.emptyMap());
        objects.put("singleton list", Collections.singletonList("s"));
        objects.put("singleton", Collections.singleton("s"));
        objects.put("singleton map", Collections.singletonMap("k", "v"));
        objects.put("uuid", new UUID(1, 2));
        objects.put("instant", Instant.ofEpochSecond(-5, 999_999_999));
        objects.put("duration", Duration.ofSeconds(-7, 3));
        objects.put("local date", LocalDate.of(-4, 2, 29));
        objects.put("local time", LocalTime.of(23, 59, 59, 999));
        objects.put("local date time", LocalDateTime.of(2024, 2, 29, 12, 0));
        objects.put("offset date time", OffsetDateTime.of(2024, 2, 29, 12, 0, 0, 5, ZoneOffset.ofTotalSeconds(3601)));
        objects.put("zoned date time", ZonedDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneId.of("Europe/Paris")));
        objects.put("zone offset", ZoneOffset.ofHours(-8));
        objects.put("zone region", ZoneId.of("Asia/Tokyo"));
        objects.put("year", java.time.Year.of(2024));
        objects.put("year month", java.time.YearMonth.of(2024, 2));
        objects.put("month day", MonthDay.of(2, 29));
        objects.put("period", java.time.Period.of(1, 2, 3));
        objects.put("offset time", OffsetTime.of(1, 2, 3, 4, ZoneOffset.UTC));
        objects.put("big integer", BigInteger.ONE.shiftLeft(100).negate());
        objects.put("big decimal", new BigDecimal("1E+400"));
        objects.put("optional", Optional.of("o"));
        objects.put("optional int", OptionalInt.of(-5));
        objects.put("optional long", OptionalLong.of(1L << 50));
        objects.put("optional double", OptionalDouble.empty());
        objects.put("date", new Date(-1_234_567));
        objects.put("bit set", BitSet.valueOf(new long[] {5, 1L << 63}));
        objects.put("currency", Currency.getInstance("CHF"));
        objects.put(
                "locale", new Locale.Builder().setLanguage("de").setRegion("CH").build());
        objects.put("uri", URI.create("http://example.org/a?b#c"));
        objects.put(
                "nested",
                List.of(Map.of("k", Optional.of(List.of(new Money(BigDecimal.ZERO, Currency.getInstance("EUR")))))));
        objects.put("vector", new Vector<>(List.of("a", 1)));
        objects.put("priority queue", new PriorityQueue<>(List.of(3, 1, 2)));
        objects.put("concurrent map", new ConcurrentHashMap<>(Map.of("k", 1)));
        objects.put("skip list map", new ConcurrentSkipListMap<>(Map.of("k", 1, "l", 2)));
        objects.put("copy on write list", new CopyOnWriteArrayList<>(List.of("a", 1)));
        objects.put("string builder", new StringBuilder("b\u00fcilt"));
        objects.put("sql timestamp", new java.sql.Timestamp(1_700_000_000_123L));
        objects.put("sql date", new java.sql.Date(1_700_000_000_000L));
        objects.put("day of week", java.time.DayOfWeek.FRIDAY);
        return objects;
    }

    private FirstFormat() {}
}
