package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Values of several versions of a record in one structure. */
class EvolvedValuesTest {
    record V1(int id, Inner inner) {}

    record Inner(String a) {}

    record V2(int id, Inner2 inner, @Nullable String currency) {}

    record Inner2(String a, long b) {}

    /**
     * The id was widened; what was {@code currency} has another name; the inner record has got a third component in
     * front.
     */
    record V3(
            long id,
            Inner3 inner,
            @Formerly("currency") @Nullable String money,
            @Nullable Inner3 more) {}

    record Inner3(@Nullable Short c, String a, long b) {}

    record Refusing(int id, Inner inner, String currency) {
        Refusing {
            Objects.requireNonNull(currency, "currency");
        }
    }

    record Defaulting(int id, Inner inner, @Nullable String currency) {
        Defaulting {
            currency = currency == null ? "EUR" : currency;
        }
    }

    private static final String STORED = Codecs.record(V1.class).name();

    private static <T extends Record> Codec<T> fitted(Class<T> type) {
        return EvolutionTest.fitted(Codecs.record(type), STORED, CodecUse.VALUE);
    }

    @Test
    void eachVersionReadsTheOthers() {
        V1 first = new V1(1, new Inner("a"));
        V2 second = new V2(1, new Inner2("a", -4), "EUR");
        V3 third = new V3(1, new Inner3(null, "a", -4), "EUR", null);
        assertThat(fitted(V2.class).decode(fitted(V1.class).encode(first)))
                .isEqualTo(new V2(1, new Inner2("a", 0), null));
        assertThat(fitted(V3.class).decode(fitted(V2.class).encode(second))).isEqualTo(third);
        assertThat(fitted(V2.class).decode(fitted(V3.class).encode(third))).isEqualTo(second);
        assertThat(fitted(V1.class).decode(fitted(V3.class).encode(third))).isEqualTo(first);
        assertThat(fitted(V3.class).encode(third)).isEqualTo(fitted(V2.class).encode(second));
    }

    @Test
    void recordsThatCameLaterGoOnGrowing() {
        V3 value = new V3(1L << 33, new Inner3((short) 3, "a", 7), null, new Inner3((short) 0, "", 0));
        Bytes bytes = fitted(V3.class).encode(value);
        assertThat(fitted(V3.class).decode(bytes)).isEqualTo(value);
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> fitted(V2.class).decode(bytes))
                .withMessageContaining("component id was stored as Long 8589934592, which is no Integer");
    }

    @Test
    void aConstructorDecidesAboutWhatWasNotStored() {
        Bytes stored = Codecs.record(V1.class).encode(new V1(1, new Inner("a")));
        assertThat(fitted(Defaulting.class).decode(stored)).isEqualTo(new Defaulting(1, new Inner("a"), "EUR"));
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> fitted(Refusing.class).decode(stored))
                .withMessageContaining("it was stored without currency");
    }

    @Test
    void mangledExtrasAreRefusedAsSuch() {
        byte[] bytes = fitted(V3.class)
                .encode(new V3(1L << 33, new Inner3((short) 3, "a", 7), "x", new Inner3((short) 0, "", 0)))
                .toArray();
        for (int at = 0; at < bytes.length; at++) {
            for (int flip = 1; flip < 256; flip <<= 1) {
                byte[] mangled = bytes.clone();
                mangled[at] ^= (byte) flip;
                try {
                    assertThat(fitted(V3.class).decode(Bytes.wrap(mangled))).isNotNull();
                } catch (MalformedException expected) {
                    assertThat(expected.getMessage()).isNotEmpty();
                }
            }
        }
    }

    // ---- names that were cut

    record Wide1(
            String theFirstOfManyComponents,
            int theSecondOfManyComponents,
            StoredValues.Colour theThird,
            double theFourth) {}

    record Wide2(
            String theFirstOfManyComponents,
            @Nullable Integer added,
            long theSecondOfManyComponents,
            StoredValues.Colour theThird,
            @Formerly("theFourth") double renamed) {}

    @Test
    void aClassThatGrewFromOneWithACutNameIsFoundByItsDigest() {
        Codec<Wide1> before = Codecs.record(Wide1.class);
        String storedName = ((PlainCodec<Wide1>) before).shape().nameWithClass();
        assertThat(storedName).contains("Wide1#");
        Codec<Wide2> after = EvolutionTest.fitted(Codecs.record(Wide2.class), storedName, CodecUse.VALUE);
        Bytes stored = before.encode(new Wide1("f", 2, StoredValues.Colour.BLUE, 0.5));
        Wide2 read = new Wide2("f", null, 2, StoredValues.Colour.BLUE, 0.5);
        assertThat(after.decode(stored)).isEqualTo(read);
        assertThat(after.encode(read)).isEqualTo(stored);
    }

    @Test
    void aDigestThatIsOfNoPartOfTheClassIsRefusedWithWhatToDo() {
        String storedName =
                ((PlainCodec<Wide2>) Codecs.record(Wide2.class)).shape().nameWithClass();
        assertThat(Codecs.record(Wide1.class).compatibility(storedName, CodecUse.VALUE))
                .isInstanceOfSatisfying(
                        Compatibility.Refused.class,
                        refused -> assertThat(refused.reason()).contains("only a digest", "copy into a new structure"));
    }

    @Test
    void anEnumOfManyConstantsMayGrow() {
        Shape.Constants before = constants(300);
        Shape.Constants after = constants(301);
        assertThat(before.name()).startsWith("ordered-enum:#");
        assertThat(CutNames.whole((Shape.Cut) Shape.parse(before.name()), after))
                .contains(before);
        assertThat(CutNames.whole((Shape.Cut) Shape.parse(after.name()), before))
                .isEmpty();
    }

    private static Shape.Constants constants(int count) {
        List<Shape.Constant> constants = IntStream.range(0, count)
                .mapToObj(i -> new Shape.Constant("CONSTANT_" + i, List.of()))
                .toList();
        return new Shape.Constants(true, "Many", constants);
    }

    @Test
    void namesAreReadBackAsTheShapeThatTheyAreOf() {
        for (StoredValues.Sample<?> sample : StoredValues.all()) {
            String name = sample.codec().name();
            assertThat(Shape.parse(name).name()).isEqualTo(name);
        }
        for (String foreign : List.of(
                "",
                "kryo/1:#100",
                "record:(",
                "record:(a)/1",
                "record:(a:int/2)/1",
                "enum:(A,)/1",
                "long/1x",
                "record:()/1/1")) {
            assertThat(Shape.parse(foreign)).isEqualTo(new Shape.Foreign(foreign));
        }
    }
}
