package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes sort as keys do, and come back as what they were: on values drawn from a seed, and on those at the edges. */
class OrderedCodecsTest {
    private static final long SEED = 0x0bde5L;
    private static final int DRAWN = 300;

    enum Suit {
        SPADES,
        HEARTS,
        CLUBS
    }

    record Name(String last, @Nullable String first, int number) {}

    record Event(Instant at, Name who, byte[] tag) {}

    record Chain(String name, @Nullable Chain next) {}

    record Basket(List<String> items) {}

    /**
     * How one type of keys is tested.
     *
     * @param same whether what came back is what went in
     */
    private record Case<T>(
            Class<T> type, Comparator<T> order, Function<SplittableRandom, T> draw, List<T> edges, Comparator<T> same) {
        @Override
        public String toString() {
            return type.getSimpleName();
        }
    }

    private static <T extends Comparable<? super T>> Case<T> natural(
            Class<T> type, Function<SplittableRandom, T> draw, List<T> edges) {
        return new Case<>(type, Comparator.naturalOrder(), draw, edges, Comparator.naturalOrder());
    }

    static Stream<Case<?>> cases() {
        Comparator<Name> names = Comparator.comparing(Name::last, OrderedCodecsTest::byCodePoints)
                .thenComparing(Name::first, Comparator.nullsFirst(OrderedCodecsTest::byCodePoints))
                .thenComparingInt(Name::number);
        Comparator<Event> events = Comparator.comparing(Event::at)
                .thenComparing(Event::who, names)
                .thenComparing(Event::tag, Arrays::compareUnsigned);
        return Stream.of(
                natural(Boolean.class, random -> random.nextInt(2) == 0, List.of(true, false)),
                natural(
                        Byte.class,
                        random -> (byte) random.nextInt(),
                        List.of((byte) 0, Byte.MIN_VALUE, Byte.MAX_VALUE)),
                natural(
                        Short.class,
                        random -> (short) random.nextInt(),
                        List.of((short) 0, (short) -1, Short.MIN_VALUE, Short.MAX_VALUE)),
                natural(
                        Integer.class,
                        OrderedCodecsTest::anInt,
                        List.of(0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE)),
                natural(Long.class, OrderedCodecsTest::aLong, List.of(0L, -1L, 1L, Long.MIN_VALUE, Long.MAX_VALUE)),
                natural(
                        Float.class,
                        random -> Float.intBitsToFloat(random.nextInt()),
                        List.of(
                                0f,
                                -0f,
                                1f,
                                -1f,
                                Float.NaN,
                                Float.MIN_VALUE,
                                -Float.MIN_VALUE,
                                Float.NEGATIVE_INFINITY,
                                Float.POSITIVE_INFINITY)),
                natural(
                        Double.class,
                        random -> Double.longBitsToDouble(random.nextLong()),
                        List.of(
                                0.0,
                                -0.0,
                                1.0,
                                -1.0,
                                Double.NaN,
                                Double.MIN_VALUE,
                                -Double.MIN_VALUE,
                                Double.NEGATIVE_INFINITY,
                                Double.POSITIVE_INFINITY)),
                natural(Character.class, random -> (char) random.nextInt(), List.of('\0', 'a', '\uFFFF')),
                natural(
                        UUID.class,
                        random -> new UUID(aLong(random), aLong(random)),
                        List.of(new UUID(0, 0), new UUID(-1, 0), new UUID(0, -1))),
                natural(
                        Instant.class,
                        random -> Instant.ofEpochSecond(
                                random.nextLong(-10_000_000_000L, 10_000_000_000L), random.nextInt(1_000_000_000)),
                        List.of(Instant.EPOCH, Instant.MIN, Instant.MAX, Instant.ofEpochSecond(-1, 999_999_999))),
                natural(
                        LocalDate.class,
                        random -> LocalDate.ofEpochDay(random.nextLong(-1_000_000, 1_000_000)),
                        List.of(LocalDate.EPOCH, LocalDate.MIN, LocalDate.MAX)),
                natural(
                        LocalTime.class,
                        random -> LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000_000L)),
                        List.of(LocalTime.MIN, LocalTime.NOON, LocalTime.MAX)),
                natural(
                        LocalDateTime.class,
                        random -> LocalDate.ofEpochDay(random.nextLong(-9, 9))
                                .atTime(LocalTime.ofNanoOfDay(random.nextLong(9))),
                        List.of(LocalDateTime.MIN, LocalDateTime.MAX)),
                natural(
                        BigInteger.class,
                        random -> new BigInteger(bytes(random, 12)),
                        List.of(
                                BigInteger.ZERO,
                                BigInteger.ONE,
                                BigInteger.ONE.negate(),
                                BigInteger.ONE.shiftLeft(2_000),
                                BigInteger.valueOf(255),
                                BigInteger.valueOf(256),
                                BigInteger.valueOf(-256))),
                natural(
                        BigDecimal.class,
                        random -> new BigDecimal(new BigInteger(bytes(random, 4)), random.nextInt(-6, 6)),
                        List.of(
                                BigDecimal.ZERO,
                                new BigDecimal("0.00"),
                                new BigDecimal("1.0"),
                                new BigDecimal("1.00"),
                                new BigDecimal("-0.1"),
                                new BigDecimal("-0.10001"),
                                new BigDecimal("1e300"),
                                new BigDecimal("1e-300"),
                                new BigDecimal("-1e300"))),
                natural(Suit.class, random -> Suit.values()[random.nextInt(3)], List.of(Suit.values())),
                new Case<>(
                        String.class,
                        OrderedCodecsTest::byCodePoints,
                        OrderedCodecsTest::text,
                        List.of("", "\0", "\0\0", "a", "a\0", "a\0b", "ab", "\uE000", "\uFFFF", "\uD83D\uDE00"),
                        Comparator.naturalOrder()),
                new Case<>(
                        byte[].class,
                        Arrays::compareUnsigned,
                        random -> bytes(random, 3),
                        List.of(new byte[0], new byte[1], new byte[2], new byte[] {-1}),
                        Arrays::compare),
                new Case<>(
                        Name.class,
                        names,
                        OrderedCodecsTest::name,
                        List.of(
                                new Name("", null, 0),
                                new Name("", "", 0),
                                new Name("a", "b", 0),
                                new Name("ab", "", 0),
                                new Name("a\0", "", 0)),
                        names),
                new Case<>(
                        Event.class,
                        events,
                        random -> new Event(Instant.ofEpochSecond(random.nextInt(2)), name(random), bytes(random, 2)),
                        List.of(),
                        events));
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void bytesSortAsKeysDoAndComeBack(Case<T> one) {
        OrderedCodec<T> codec = OrderedCodecs.of(one.type);
        SplittableRandom random = new SplittableRandom(SEED);
        List<T> values = new ArrayList<>(one.edges);
        for (int i = 0; i < DRAWN; i++) {
            values.add(one.draw.apply(random));
        }
        Comparator<? super T> declared = codec.comparator();
        for (T a : values) {
            Bytes encoded = codec.encode(a);
            assertThat(one.same.compare(codec.decode(encoded), a))
                    .as("%s comes back", a)
                    .isZero();
            for (T b : values) {
                int order = Integer.signum(one.order.compare(a, b));
                assertThat(Integer.signum(encoded.compareTo(codec.encode(b))))
                        .as("%s and %s", a, b)
                        .isEqualTo(order);
                if (declared != null) {
                    assertThat(Integer.signum(declared.compare(a, b)))
                            .as("%s and %s", a, b)
                            .isEqualTo(order);
                }
            }
        }
    }

    /** Whatever bytes there are, they are a key that encodes to them, or refused. */
    @ParameterizedTest
    @MethodSource("cases")
    <T> void otherBytesAreRefused(Case<T> one) {
        OrderedCodec<T> codec = OrderedCodecs.of(one.type);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 2_000; i++) {
            Bytes drawn = Bytes.wrap(bytes(random, 20));
            try {
                assertThat(codec.encode(codec.decode(drawn))).isEqualTo(drawn);
            } catch (MalformedException refused) {
                assertThat(refused).isNotNull(); // and nothing else is thrown
            }
        }
    }

    @Test
    void prefixesAreThoseOfKeysThatBeginWithThem() {
        OrderedCodec<Name> names = OrderedCodecs.of(Name.class);
        Bytes prefix = names.prefix("smith");
        assertThat(names.encode(new Name("smith", "ann", 1)).startsWith(prefix)).isTrue();
        assertThat(names.encode(new Name("smithson", "ann", 1)).startsWith(prefix))
                .isFalse();
        assertThat(names.encode(new Name("smith", "ann", 7)).startsWith(names.prefix("smith", "ann")))
                .isTrue();
        assertThat(names.encode(new Name("smith", null, 7)).startsWith(names.prefix("smith", null)))
                .isTrue();
        assertThat(OrderedCodecs.string()
                        .encode("cluster")
                        .startsWith(OrderedCodecs.string().prefix("clu")))
                .isTrue();
        assertThat(names.prefix()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void prefixesOfOtherTypesAreRefused() {
        assertThatThrownBy(() -> OrderedCodecs.of(Name.class).prefix(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component last is a java.lang.String; 1 is not");
        assertThatThrownBy(() -> OrderedCodecs.of(Name.class).prefix("a", "b", 3, 4))
                .hasMessageContaining("has 3 components, not 4");
        assertThatThrownBy(() -> OrderedCodecs.int64().prefix(1L)).hasMessageContaining("have no leading parts");
    }

    @Test
    void aTypeWithoutAnOrderIsRefusedWithWhatToDo() {
        for (Class<?> type : List.of(Object.class, List.class, Basket.class, Chain.class)) {
            assertThatThrownBy(() -> OrderedCodecs.of(type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(type.getName())
                    .hasMessageContaining("implement io.brickwork.core.codec.OrderedCodec");
        }
    }

    @Test
    void namesAreOnDiskAndNeverChange() {
        assertThat(OrderedCodecs.of(Suit.class).name()).isEqualTo("ordered-enum:(SPADES,HEARTS,CLUBS)/1");
        assertThat(OrderedCodecs.of(int.class).name()).isEqualTo("ordered-int/1");
        assertThat(OrderedCodecs.string().name()).isEqualTo("ordered-string/1");
        assertThat(OrderedCodecs.of(Name.class).name())
                .isEqualTo("record:(last:ordered-string/1,first:ordered-string/1,number:!ordered-int/1)/1");
    }

    @Test
    void bytesAreOnDiskAndNeverChange() {
        assertThat(OrderedCodecs.int32().encode(-2)).hasToString("7ffffffe");
        assertThat(OrderedCodecs.of(double.class).encode(-1.0)).hasToString("400fffffffffffff");
        assertThat(OrderedCodecs.of(BigInteger.class).encode(BigInteger.valueOf(-256)))
                .hasToString("00fffdfeff");
        assertThat(OrderedCodecs.of(BigDecimal.class).encode(new BigDecimal("12.50")))
                .hasToString("028000000202030600");
        assertThat(OrderedCodecs.of(Name.class).encode(new Name("a\0", null, 1)))
                .hasToString("016100ff00000080000001");
    }

    private static int byCodePoints(String a, String b) {
        return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
    }

    private static Name name(SplittableRandom random) {
        String first = random.nextInt(3) == 0 ? null : text(random);
        return new Name(text(random), first, anInt(random));
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(4); left > 0; left--) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> random.nextInt('a', 'd');
                        case 2 -> random.nextInt(0xE000, 0x10000);
                        default -> random.nextInt(0x10000, 0x10FFFF);
                    });
        }
        return text.toString();
    }

    private static byte[] bytes(SplittableRandom random, int most) {
        byte[] bytes = new byte[random.nextInt(most) + 1];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(-1, 1) : random.nextInt());
        }
        return bytes;
    }

    private static int anInt(SplittableRandom random) {
        return random.nextInt() >> random.nextInt(32);
    }

    private static long aLong(SplittableRandom random) {
        return random.nextLong() >> random.nextInt(64);
    }
}
