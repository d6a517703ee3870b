package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.MalformedException;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecsTest {
    private static final long SEED = 0x5eedc0decL;
    private static final int ROUNDS = 2_000;

    enum Colour {
        RED,
        GREEN {
            @Override
            int weight() {
                return 2;
            }
        },
        Übergrün;

        int weight() {
            return 1;
        }
    }

    record Point(int x, double y) {}

    record Order(String id, @Nullable Point where, Long quantity, Colour colour, byte tag, Instant at, UUID key) {}

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException(value + " is not positive");
            }
        }
    }

    record Chain(String name, @Nullable Chain next) {}

    record Basket(List<String> items) {}

    record Nothing() {}

    record Blob(byte[] content) {}

    /** A codec and values to feed it.. */
    record Sample<T>(Codec<T> codec, Function<SplittableRandom, T> draw) {
        static <T> Sample<T> of(Codec<T> codec, Function<SplittableRandom, T> draw) {
            return new Sample<>(codec, draw);
        }

        @Override
        public String toString() {
            return codec.name();
        }
    }

    static List<Sample<?>> samples() {
        return List.of(
                Sample.of(Codecs.string(), CodecsTest::drawString),
                Sample.of(Codecs.bool(), SplittableRandom::nextBoolean),
                Sample.of(Codecs.int8(), random -> (byte) random.nextInt()),
                Sample.of(Codecs.int16(), random -> (short) random.nextInt()),
                Sample.of(Codecs.int32(), random -> random.nextInt() >> random.nextInt(32)),
                Sample.of(Codecs.int64(), random -> random.nextLong() >> random.nextInt(64)),
                Sample.of(Codecs.float32(), random -> Float.intBitsToFloat(random.nextInt())),
                Sample.of(
                        Codecs.float64(),
                        random -> oneOf(random, 0.0, -0.0, Double.NaN, Double.longBitsToDouble(random.nextLong()))),
                Sample.of(Codecs.character(), random -> (char) random.nextInt()),
                Sample.of(Codecs.uuid(), random -> new UUID(random.nextLong(), random.nextLong())),
                Sample.of(Codecs.instant(), CodecsTest::drawInstant),
                Sample.of(Codecs.enumeration(Colour.class), random -> oneOf(random, Colour.values())),
                Sample.of(Codecs.record(Point.class), CodecsTest::drawPoint),
                Sample.of(Codecs.record(Order.class), CodecsTest::drawOrder),
                Sample.of(Codecs.record(Nothing.class), random -> new Nothing()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T> void whatWasEncodedComesBackAndEqualObjectsHaveEqualBytes(Sample<T> sample) {
        SplittableRandom random = new SplittableRandom(SEED);
        T previous = sample.draw().apply(random);
        for (int round = 0; round < ROUNDS; round++) {
            T value = sample.draw().apply(random);
            Bytes bytes = sample.codec().encode(value);
            T decoded = sample.codec().decode(bytes);
            assertThat(decoded).as("seed %x round %d", SEED, round).isEqualTo(value);
            assertThat(sample.codec().type().isInstance(value)).isTrue();
            assertThat(sample.codec().encode(decoded)).isEqualTo(bytes);
            assertThat(sample.codec().encode(previous).equals(bytes))
                    .as("%s and %s: bytes are equal exactly if the objects are", previous, value)
                    .isEqualTo(previous.equals(value));
            previous = value;
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T> void malformedBytesAreRefusedAsSuchOrReadAsWhatEncodesToThem(Sample<T> sample) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = sample.codec().encode(sample.draw().apply(random)).toArray();
            switch (random.nextInt(4)) {
                case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
                case 2 -> {
                    if (bytes.length > 0) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                    }
                }
                default -> {
                    bytes = new byte[random.nextInt(40)];
                    random.nextBytes(bytes);
                }
            }
            Bytes mangled = Bytes.wrap(bytes);
            try {
                T value = sample.codec().decode(mangled);
                // A length may be spelt in more bytes than it needs, so a record may be read from bytes it does not
                // encode to; it is sound all the same.
                assertThat(sample.codec().decode(sample.codec().encode(value))).isEqualTo(value);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void everyPrefixOfARecordIsMalformed() {
        Codec<Order> codec = Codecs.record(Order.class);
        Bytes whole = codec.encode(drawOrder(new SplittableRandom(SEED)));
        for (int length = 0; length < whole.length(); length++) {
            Bytes prefix = whole.slice(0, length);
            assertThatExceptionOfType(MalformedException.class)
                    .as("%d of %d bytes", length, whole.length())
                    .isThrownBy(() -> codec.decode(prefix));
        }
    }

    @Test
    void anAbsurdLengthInARecordIsRefusedBeforeAnythingIsAllocated() {
        // presence byte, then a string that claims 2^35 - 1 bytes
        Bytes bytes = Bytes.wrap(new byte[] {1, -1, -1, -1, -1, 127});
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> Codecs.record(Order.class).decode(bytes))
                .withMessageContaining("claims 34359738367 bytes");
    }

    @Test
    void zerosOfBothSignsAreTwoKeysAndAllNansAreOneAsInEquals() {
        Codec<Double> doubles = Codecs.float64();
        assertThat(doubles.encode(0.0)).isNotEqualTo(doubles.encode(-0.0));
        assertThat(doubles.encode(Double.longBitsToDouble(0x7ff8_0000_0000_0001L)))
                .isEqualTo(doubles.encode(Double.NaN));
        Codec<Float> floats = Codecs.float32();
        assertThat(floats.encode(0.0f)).isNotEqualTo(floats.encode(-0.0f));
        assertThat(floats.encode(Float.intBitsToFloat(0x7fc0_0001))).isEqualTo(floats.encode(Float.NaN));
    }

    @Test
    void aNanOfAnotherPatternIsMalformed() {
        Bytes odd = Bytes.wrap(new byte[] {0x7f, (byte) 0xf8, 0, 0, 0, 0, 0, 1});
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> Codecs.float64().decode(odd));
    }

    @Test
    void anUnpairedSurrogateIsRefusedInsteadOfTurnedIntoAnotherKey() {
        for (String text : List.of("a\ud800", "\udc00b", "\ud800\ud800\udc00", "\udc00\ud800")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Codecs.string().encode(text))
                    .withMessageContaining("unpaired surrogate")
                    .withMessageContaining("index");
        }
        assertThat(Codecs.string().decode(Codecs.string().encode("\ud83d\ude00 \ufffd")))
                .isEqualTo("\ud83d\ude00 \ufffd");
    }

    @Test
    void bytesThatAreNotUtf8AreMalformed() {
        for (byte[] bytes : List.of(new byte[] {(byte) 0xff}, new byte[] {'a', (byte) 0xc0, (byte) 0x80}, new byte[] {
            (byte) 0xed, (byte) 0xa0, (byte) 0x80
        })) {
            assertThatExceptionOfType(MalformedException.class)
                    .isThrownBy(() -> Codecs.string().decode(Bytes.wrap(bytes)));
        }
    }

    @Test
    void byteArraysAreComparedByContentAndNeverShared() {
        byte[] mine = {1, 2, 3};
        Bytes encoded = Codecs.bytes().encode(mine);
        mine[0] = 9;
        assertThat(encoded).isEqualTo(Codecs.bytes().encode(new byte[] {1, 2, 3}));
        Codecs.bytes().decode(encoded)[1] = 9;
        assertThat(Codecs.bytes().decode(encoded)).containsExactly(1, 2, 3);
        Codec<Blob> blobs = Codecs.record(Blob.class);
        assertThat(blobs.encode(new Blob(new byte[] {1}))).isEqualTo(blobs.encode(new Blob(new byte[] {1})));
    }

    @Test
    void aComponentMayBeNullUnlessItIsPrimitive() {
        Order bare = new Order("x", null, 7L, Colour.RED, (byte) 1, Instant.EPOCH, new UUID(1, 2));
        Codec<Order> codec = Codecs.record(Order.class);
        assertThat(codec.decode(codec.encode(bare))).isEqualTo(bare);
    }

    @Test
    void whatARecordsConstructorRefusesIsMalformed() {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> Codecs.record(Positive.class).decode(Bytes.wrap(new byte[] {-1, -1, -1, -1})))
                .withMessageContaining("-1 is not positive");
    }

    @Test
    void namesIdentifyTheShape() {
        assertThat(Codecs.string().name()).isEqualTo("string/1");
        assertThat(Codecs.int64().name()).isEqualTo("long/1");
        assertThat(Codecs.record(Point.class).name()).isEqualTo("record:(x:!int/1,y:!double/1)/1");
        assertThat(Codecs.enumeration(Colour.class).name()).isEqualTo("enum:(RED,GREEN,Übergrün)/1");
        assertThat(Codecs.record(Order.class).name())
                .isEqualTo(
                        "record:(id:string/1,where:record:(x:!int/1,y:!double/1)/1,quantity:long/1,colour:enum:(RED,GREEN,Übergrün)/1,tag:!byte/1,at:instant/1,key:uuid/1)/1");
    }

    @Test
    void aNameThatWouldBeTooLongIsCutAndToldApartByADigest() {
        Shape first = wide("x".repeat(50));
        Shape second = wide("y".repeat(50));
        assertThat(first.text()).hasSizeGreaterThan(Limits.CODEC_NAME_CHARS);
        assertThat(first.name())
                .hasSizeLessThanOrEqualTo(Limits.CODEC_NAME_CHARS)
                .startsWith("record:#")
                .isEqualTo(wide("x".repeat(50)).name())
                .isNotEqualTo(second.name());
    }

    private static Shape wide(String component) {
        List<Shape.Component> components = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            components.add(new Shape.Component(component + i, List.of(), false, Shape.parse("string/1")));
        }
        return new Shape.Components("Wide", components, List.of());
    }

    @Test
    void whatHasNoBuiltInCodecIsNotFound() {
        assertThat(Codecs.find(Chain.class)).as("contains itself").isEmpty();
        assertThat(Codecs.find(Basket.class)).as("a component is a list").isEmpty();
        assertThat(Codecs.find(BigDecimal.class)).isEmpty();
        assertThat(Codecs.find(Object.class)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Chain.class))
                .withMessageContaining("Chain");
    }

    @Test
    void whatHasOneIsFoundByItsClass() {
        for (Class<?> type : List.of(
                String.class,
                int.class,
                Integer.class,
                boolean.class,
                Character.class,
                byte[].class,
                UUID.class,
                Instant.class,
                DayOfWeek.class,
                Point.class)) {
            assertThat(Codecs.find(type)).as(type.getName()).isPresent();
        }
        Optional<Codec<Integer>> ints = Codecs.find(int.class);
        assertThat(ints.orElseThrow().encode(1)).isEqualTo(Bytes.wrap(new byte[] {0, 0, 0, 1}));
    }

    @Test
    void anUnknownConstantNamesTheEnumAndTheText() {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> Codecs.enumeration(Colour.class).decode(Bytes.utf8("BLUE")))
                .withMessageContaining("Colour")
                .withMessageContaining("BLUE");
    }

    @Test
    void theBytesOnDiskNeverChange() {
        assertThat(Codecs.string().encode("h\u00e9")).hasToString("68c3a9");
        assertThat(Codecs.int16().encode((short) -2)).hasToString("fffe");
        assertThat(Codecs.int64().encode(258L)).hasToString("0000000000000102");
        assertThat(Codecs.float64().encode(1.5)).hasToString("3ff8000000000000");
        assertThat(Codecs.instant().encode(Instant.ofEpochSecond(-1, 5))).hasToString("ffffffffffffffff00000005");
        assertThat(Codecs.enumeration(Colour.class).encode(Colour.GREEN)).hasToString("475245454e");
        assertThat(Codecs.record(Order.class)
                        .encode(new Order(
                                "a", new Point(1, 2), null, Colour.RED, (byte) 7, Instant.EPOCH, new UUID(1, 2))))
                .isEqualTo(Bytes.wrap(HexFormat.of()
                        .parseHex("010161" + "01000000014000000000000000" + "00" + "0103524544" + "07"
                                + "01000000000000000000000000" + "0100000000000000010000000000000002")));
    }

    private static String drawString(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            int codePoint = random.nextInt(oneOf(random, 0x80, 0x800, 0x10000, 0x110000));
            boolean isSurrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
            text.appendCodePoint(isSurrogate ? 'x' : codePoint);
        }
        return text.toString();
    }

    private static Instant drawInstant(SplittableRandom random) {
        return oneOf(
                random,
                Instant.MIN,
                Instant.MAX,
                Instant.ofEpochSecond(random.nextLong(-1L << 34, 1L << 34), random.nextInt(1_000_000_000)));
    }

    private static Point drawPoint(SplittableRandom random) {
        return new Point(random.nextInt(3), oneOf(random, 0.0, -0.0, Double.NaN));
    }

    private static Order drawOrder(SplittableRandom random) {
        return new Order(
                drawString(random),
                random.nextBoolean() ? drawPoint(random) : null,
                random.nextLong(),
                oneOf(random, Colour.values()),
                (byte) random.nextInt(),
                drawInstant(random),
                new UUID(random.nextLong(), random.nextLong()));
    }

    @SafeVarargs
    private static <T> T oneOf(SplittableRandom random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
