package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Keys of three versions of a record in one structure: the same key has the same bytes, their order is that of the
 * newest version, and no version misreads another's.
 */
class EvolvedKeysTest {
    private static final long SEED = 0xe701e5L;
    private static final int ROUNDS = 20_000;

    enum Kind1 {
        LOW,
        HIGH
    }

    enum Kind2 {
        LOW,
        HIGH,
        TOP
    }

    enum Kind3 {
        LOW,
        HIGH,
        TOP,
        BEYOND
    }

    enum Replaced {
        LOW,
        HIGH,
        OTHER
    }

    record First(String site, @Nullable Kind1 kind) {}

    record Second(
            String site, @Nullable Kind2 kind, @Nullable Integer floor) {}

    record Third(
            String site,
            @Nullable Kind3 kind,
            @Nullable Integer floor,
            @Nullable String room,
            boolean isOpen,
            @Nullable Kind3 other) {}

    /** {@code floor} has been taken away, and something else stands there. */
    record Wrong(
            String site, @Nullable Kind2 kind, @Nullable String wing) {}

    record WrongConstant(
            String site, @Nullable Replaced kind, @Nullable Integer floor) {}

    private static final Comparator<Third> ORDER = Comparator.comparing(Third::site, Comparator.<String>naturalOrder())
            .thenComparing(Third::kind, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Third::floor, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Third::room, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Third::isOpen)
            .thenComparing(Third::other, Comparator.nullsFirst(Comparator.naturalOrder()));

    private static <T> Codec<T> fitted(Class<T> type, CodecUse use) {
        return EvolutionTest.fitted(
                EvolutionTest.codec(type, use),
                EvolutionTest.codec(First.class, use).name(),
                use);
    }

    @ParameterizedTest
    @EnumSource(
            value = CodecUse.class,
            names = {"KEY", "ORDERED_KEY"})
    void keysAreOneKeyInAllVersionsAndSortAsTheNewestDoes(CodecUse use) {
        Codec<First> first = fitted(First.class, use);
        Codec<Second> second = fitted(Second.class, use);
        Codec<Third> third = fitted(Third.class, use);
        SplittableRandom random = new SplittableRandom(SEED);
        Third previous = draw(random);
        for (int round = 0; round < ROUNDS; round++) {
            Third key = draw(random);
            Bytes bytes = third.encode(key);
            assertThat(third.decode(bytes)).as("seed %x round %d", SEED, round).isEqualTo(key);
            assertThat(bytes.equals(third.encode(previous))).isEqualTo(key.equals(previous));
            if (use == CodecUse.ORDERED_KEY) {
                assertThat(Integer.signum(bytes.compareTo(third.encode(previous))))
                        .as("%s and %s", key, previous)
                        .isEqualTo(Integer.signum(ORDER.compare(key, previous)));
            }
            readOrRefuse(first, bytes, asFirst(key));
            readOrRefuse(second, bytes, asSecond(key));
            previous = key;
        }
    }

    private static <T> void readOrRefuse(Codec<T> older, Bytes bytes, @Nullable T same) {
        if (same == null) {
            assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> older.decode(bytes));
        } else {
            assertThat(older.decode(bytes)).isEqualTo(same);
            assertThat(older.encode(same)).isEqualTo(bytes);
        }
    }

    /** Null if the first version does not have this key. */
    private static @Nullable First asFirst(Third key) {
        boolean isThere = key.floor() == null
                && key.room() == null
                && !key.isOpen()
                && key.other() == null
                && (key.kind() == null || key.kind().ordinal() < 2);
        return isThere ? new First(key.site(), same(key.kind(), Kind1.values())) : null;
    }

    private static @Nullable Second asSecond(Third key) {
        boolean isThere = key.room() == null
                && !key.isOpen()
                && key.other() == null
                && (key.kind() == null || key.kind().ordinal() < 3);
        return isThere ? new Second(key.site(), same(key.kind(), Kind2.values()), key.floor()) : null;
    }

    private static <E> @Nullable E same(@Nullable Kind3 kind, E[] constants) {
        return kind == null ? null : constants[kind.ordinal()];
    }

    private static Third draw(SplittableRandom random) {
        return new Third(
                List.of("", "a", "a\0", "ab", "b").get(random.nextInt(5)),
                orNull(random, r -> Kind3.values()[r.nextInt(4)]),
                orNull(random, r -> List.of(Integer.MIN_VALUE, -1, 0, 1).get(r.nextInt(4))),
                orNull(random, r -> List.of("", "\0", "x").get(r.nextInt(3))),
                random.nextInt(3) == 0,
                orNull(random, r -> Kind3.values()[r.nextInt(4)]));
    }

    private static <T> @Nullable T orNull(SplittableRandom random, Function<SplittableRandom, T> draw) {
        return random.nextBoolean() ? null : draw.apply(random);
    }

    @ParameterizedTest
    @EnumSource(
            value = CodecUse.class,
            names = {"KEY", "ORDERED_KEY"})
    void whatStandsInAnothersPlaceIsRefused(CodecUse use) {
        Codec<Second> second = fitted(Second.class, use);
        Bytes withFloor = second.encode(new Second("a", Kind2.LOW, 3));
        Bytes withTop = second.encode(new Second("a", Kind2.TOP, null));
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> fitted(Wrong.class, use).decode(withFloor))
                .withMessageContaining(use == CodecUse.KEY ? "floor" : "wing: String");
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> fitted(WrongConstant.class, use).decode(withTop))
                .withMessageContaining(use == CodecUse.KEY ? "TOP" : "OTHER");
    }

    @Test
    void bytesThatNoKeyHasAreRefused() {
        for (CodecUse use : List.of(CodecUse.KEY, CodecUse.ORDERED_KEY)) {
            Codec<Third> third = fitted(Third.class, use);
            SplittableRandom random = new SplittableRandom(SEED);
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = third.encode(draw(random)).toArray();
                switch (random.nextInt(3)) {
                    case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                    case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
                    default -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                Bytes mangled = Bytes.wrap(bytes);
                try {
                    Third key = third.decode(mangled);
                    assertThat(third.decode(third.encode(key))).isEqualTo(key);
                    if (use == CodecUse.ORDERED_KEY) {
                        assertThat(third.encode(key)).isEqualTo(mangled);
                    }
                } catch (MalformedException expected) {
                    assertThat(expected.getMessage()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void leadingPartsOfAKeyAreThoseOfAllVersions() {
        OrderedCodec<Third> third = (OrderedCodec<Third>) fitted(Third.class, CodecUse.ORDERED_KEY);
        Bytes old = fitted(First.class, CodecUse.ORDERED_KEY).encode(new First("a", Kind1.HIGH));
        Bytes onFloor = third.encode(new Third("a", Kind3.HIGH, 2, "x", true, null));
        assertThat(old.startsWith(third.prefix("a"))).isTrue();
        assertThat(old.startsWith(third.prefix("a", Kind3.HIGH))).isTrue();
        assertThat(onFloor.startsWith(third.prefix("a", Kind3.HIGH, 2))).isTrue();
        assertThat(onFloor.startsWith(third.prefix("a", Kind3.HIGH, 2, "x"))).isTrue();
        assertThat(old.startsWith(third.prefix("a", Kind3.HIGH, 2))).isFalse();
        Object[] withNull = {"a", Kind3.HIGH, null};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> third.prefix(withNull))
                .withMessageContaining("floor")
                .withMessageContaining("subMap");
    }
}
