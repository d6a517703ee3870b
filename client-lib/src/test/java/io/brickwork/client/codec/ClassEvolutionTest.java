package io.brickwork.client.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A registered class changes while its objects are stored: what one version of a program stores, another reads.
 * Versions of a class are nested classes of the same simple name, registered under the same number in two registries.
 */
class ClassEvolutionTest {
    private static final int ID = 100;

    enum Kind {
        SMALL,
        LARGE
    }

    record Part(String name, List<String> tags) {}

    static class Line {
        String item = "tea";
        List<Part> parts = List.of(new Part("p", List.of("x", "y")));
    }

    /** Registered by the programs that store these, and by no others. */
    private static CodecRegistry.Builder withParts() {
        return CodecRegistry.builder()
                .register(Kind.class, 101)
                .register(Part.class, 102)
                .register(Line.class, 103)
                .register(Part[].class, 104)
                .register(int[][].class, 105);
    }

    static final class Many {
        static class Order {
            String id = "o-1";
            boolean flag = true;
            byte small = 1;
            char letter = 'x';
            short shorter = 2;
            int number = 3;
            long large = 4;
            float single = 5;
            double real = 6;
            String text = "text";
            Integer boxed = 7;
            BigDecimal decimal = BigDecimal.TEN;
            Instant when = Instant.MAX;
            List<String> names = new ArrayList<>(Arrays.asList("a", null, "\u20ac"));
            List<String> immutableNames = List.of("a", "b");
            List<Integer> numbers = List.of(1, 2, 3);
            Set<String> set = Set.of("a", "b");
            Map<String, Integer> map = new TreeMap<>(Map.of("a", 1, "b", 2));
            Map<String, List<Part>> deepMap = new LinkedHashMap<>(Map.of("a", List.of(new Part("p", List.of()))));
            Optional<String> optional = Optional.of("x");
            int[] ints = {1, 2};
            int[][] deepInts = {{1}, {2, 3}};
            String[] texts = {"a", null};
            Part[] parts = {new Part("p", List.of("t"))};
            Object anything = new ArrayList<>(List.of(new Part("p", List.of("t")), Kind.SMALL));
            Kind kind = Kind.LARGE;
            List<Kind> kinds = List.of(Kind.SMALL, Kind.LARGE);
            EnumSet<Kind> kindSet = EnumSet.allOf(Kind.class);
            EnumMap<Kind, Part> kindMap = new EnumMap<>(Map.of(Kind.SMALL, new Part("p", null)));
            Part part = new Part("p", List.of("t"));
            Line line = new Line();
            List<Line> lines = List.of(new Line(), new Line());
            Object none = null;
            String zLast = "last";
        }
    }

    static final class Few {
        static class Order {
            String id = "unset";
            String zLast = "unset";
        }

        record Entry(String id, String zLast) {}
    }

    static final class Records {
        record Order(
                String id,
                int number,
                List<String> names,
                Map<String, Integer> map,
                Part part,
                Kind kind,
                Optional<List<Part>> parts,
                String zLast) {}
    }

    @Test
    void aFieldOfAnyTypeMayBeDroppedEvenIfTheReaderKnowsNoneOfItsClasses() {
        Bytes stored = encode(withParts(), new Many.Order());
        Few.Order read = decode(CodecRegistry.builder(), Few.Order.class, stored);
        assertThat(read.id).isEqualTo("o-1");
        assertThat(read.zLast).isEqualTo("last");
    }

    @Test
    void eachFieldMayBeAddedToAClassAndIsNullOrZeroInOldObjects() {
        Few.Order old = new Few.Order();
        old.id = "o-2";
        Many.Order read = decode(withParts(), Many.Order.class, encode(CodecRegistry.builder(), old));
        assertThat(read.id).isEqualTo("o-2");
        assertThat(read.names).isNull();
        assertThat(read.number).isZero();
        assertThat(read.flag).isFalse();
        assertThat(read.kindMap).isNull();
    }

    @Test
    void componentsOfARecordMayBeDroppedAndAdded() {
        Records.Order whole = new Records.Order(
                "r",
                5,
                List.of("a"),
                Map.of("k", 1),
                new Part("p", List.of()),
                Kind.SMALL,
                Optional.of(List.of(new Part("q", List.of("x")))),
                "z");
        Few.Order read = decode(CodecRegistry.builder(), Few.Order.class, encode(withParts(), whole));
        assertThat(read.id + read.zLast).isEqualTo("rz");
        assertThat(decode(CodecRegistry.builder(), Few.Entry.class, encode(withParts(), whole)))
                .as("a record that was renamed as well")
                .isEqualTo(new Few.Entry("r", "z"));
        assertThat(decode(withParts(), Records.Order.class, encode(CodecRegistry.builder(), new Few.Entry("i", "l"))))
                .isEqualTo(new Records.Order("i", 0, null, null, null, null, null, "l"));
    }

    @Test
    void droppedFieldsDeepInsideOfOthersArePassedOver() {
        List<Object> stored = new ArrayList<>(List.of(new Many.Order(), new Many.Order()));
        CodecRegistry writer = withParts().register(Many.Order.class, ID).build();
        Bytes bytes = writer.codecFor(List.class).encode(stored);
        CodecRegistry reader =
                CodecRegistry.builder().register(Few.Order.class, ID).build();
        for (Object read : reader.codecFor(List.class).decode(bytes)) {
            assertThat(((Few.Order) read).zLast).isEqualTo("last");
        }
    }

    @Test
    void aFieldThatStaysMustHaveItsClassesRegistered() {
        Bytes stored = encode(withParts(), new Many.Order());
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> decode(CodecRegistry.builder(), Many.Order.class, stored))
                .withMessageMatching(".*no class is registered with id 10\\d.*");
    }

    static final class Number1 {
        static class Sum {
            byte b = -1;
            short s = -2;
            char c = '\uffff';
            int i = Integer.MIN_VALUE;
            float f = 1.5f;
            int boxed = 7;
            Integer unboxed = 8;
            Integer widened = 9;
            String stays = "s";
        }
    }

    static final class Number2 {
        static class Sum {
            short b;
            int s;
            long c;
            long i;
            double f;
            Integer boxed;
            int unboxed;
            Long widened;
            Object stays;
        }
    }

    @Test
    void aNumberMayGetAWiderType() {
        Number2.Sum read =
                decode(CodecRegistry.builder(), Number2.Sum.class, encode(CodecRegistry.builder(), new Number1.Sum()));
        assertThat(List.of(read.b, read.s, read.c, read.i, read.f, read.boxed, read.unboxed, read.widened, read.stays))
                .containsExactly((short) -1, -2, 65_535L, (long) Integer.MIN_VALUE, 1.5d, 7, 8, 9L, "s");
    }

    static final class Long1 {
        static class Cell {
            long content = 5;
            String other = "o";
        }
    }

    static final class Int1 {
        static class Cell {
            int content;
            String other = "o";
        }
    }

    static final class Integer1 {
        static class Cell {
            Integer content = null;
            String other = "o";
        }
    }

    static final class String1 {
        static class Cell {
            String content = "x";
            String other = "o";
        }
    }

    static final class Strings1 {
        static class Cell {
            List<String> content = List.of("x");
            String other = "o";
        }
    }

    static final class Integers1 {
        static class Cell {
            List<Integer> content = List.of(5);
            String other = "o";
        }
    }

    static final class Set1 {
        static class Cell {
            Set<String> content = Set.of("x");
            String other = "o";
        }
    }

    static final class Float1 {
        static class Cell {
            float content;
            String other = "o";
        }
    }

    static final class Deep1 {
        static class Cell {
            Map<String, List<Integer>> content = Map.of("k", List.of(1));
            String other = "o";
        }
    }

    static final class Deep2 {
        static class Cell {
            Map<String, List<Long>> content = Map.of("k", List.of(1L));
            String other = "o";
        }
    }

    @Test
    void anyOtherChangeOfATypeIsRefusedByName() {
        refusesChange(new Long1.Cell(), Int1.Cell.class);
        refusesChange(new Long1.Cell(), Float1.Cell.class);
        refusesChange(new Int1.Cell(), Float1.Cell.class);
        refusesChange(new Integer1.Cell(), Int1.Cell.class);
        refusesChange(new Int1.Cell(), String1.Cell.class);
        refusesChange(new String1.Cell(), Int1.Cell.class);
        refusesChange(new String1.Cell(), Strings1.Cell.class);
        refusesChange(new Strings1.Cell(), String1.Cell.class);
        refusesChange(new Strings1.Cell(), Integers1.Cell.class);
        refusesChange(new Strings1.Cell(), Set1.Cell.class);
        refusesChange(new Deep1.Cell(), Deep2.Cell.class);
    }

    private static void refusesChange(Object stored, Class<?> read) {
        Bytes bytes = encode(CodecRegistry.builder(), stored);
        assertThatExceptionOfType(MalformedException.class)
                .as("%s to %s", stored.getClass(), read)
                .isThrownBy(() -> decode(CodecRegistry.builder(), (Class<?>) read, bytes))
                .withMessageContaining("field content of class " + read.getName());
    }

    static final class Flat {
        static class Item {
            String name = "n";
            int count = 3;
        }
    }

    static final class Raised {
        static class Named {
            String name;
        }

        static class Item extends Named {
            int count;
        }
    }

    static final class AsRecord {
        record Item(int count, String name) {}
    }

    @Test
    void aFieldMayMoveToASuperclassAndAClassBecomeARecord() {
        Bytes stored = encode(CodecRegistry.builder(), new Flat.Item());
        Raised.Item raised = decode(CodecRegistry.builder(), Raised.Item.class, stored);
        assertThat(raised.name + raised.count).isEqualTo("n3");
        assertThat(decode(CodecRegistry.builder(), AsRecord.Item.class, stored)).isEqualTo(new AsRecord.Item(3, "n"));
        Flat.Item flat = decode(
                CodecRegistry.builder(), Flat.Item.class, encode(CodecRegistry.builder(), new AsRecord.Item(9, "m")));
        assertThat(flat.name + flat.count).isEqualTo("m9");
    }

    static final class Renamed {
        static class Item {
            String title;
            int count;
        }
    }

    @Test
    void aFieldThatIsRenamedIsOneDroppedAndOneAdded() {
        Renamed.Item read =
                decode(CodecRegistry.builder(), Renamed.Item.class, encode(CodecRegistry.builder(), new Flat.Item()));
        assertThat(read.title).isNull();
        assertThat(read.count).isEqualTo(3);
    }

    static final class Strict {
        record Item(String name, int count, String required) {
            Item {
                java.util.Objects.requireNonNull(required, "required");
            }
        }
    }

    @Test
    void aConstructorThatRefusesWhatIsMissingIsTold() {
        Bytes stored = encode(CodecRegistry.builder(), new AsRecord.Item(1, "n"));
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> decode(CodecRegistry.builder(), Strict.Item.class, stored))
                .withMessageContaining("which lacks required")
                .withMessageContaining(Strict.Item.class.getName());
    }

    static final class Kinds1 {
        enum Kind {
            A,
            B,
            C
        }
    }

    static final class Kinds2 {
        enum Kind {
            D,
            C {},
            A
        }
    }

    static class Holder {
        Object content;
    }

    @Test
    void constantsOfAnEnumMayBeAddedAndMovedAndOneThatIsGoneIsNamed() {
        CodecRegistry before = CodecRegistry.builder()
                .register(Kinds1.Kind.class, ID)
                .register(Holder.class, 101)
                .build();
        CodecRegistry after = CodecRegistry.builder()
                .register(Kinds2.Kind.class, ID)
                .register(Holder.class, 101)
                .build();
        Holder holder = new Holder();
        for (List<Object> pair : List.<List<Object>>of(
                List.of(Kinds1.Kind.A, Kinds2.Kind.A),
                List.of(List.of(Kinds1.Kind.C), List.of(Kinds2.Kind.C)),
                List.of(EnumSet.of(Kinds1.Kind.A, Kinds1.Kind.C), EnumSet.of(Kinds2.Kind.A, Kinds2.Kind.C)),
                List.of(new EnumMap<>(Map.of(Kinds1.Kind.C, 1)), new EnumMap<>(Map.of(Kinds2.Kind.C, 1))))) {
            holder.content = pair.get(0);
            Bytes stored = before.codecFor(Holder.class).encode(holder);
            assertThat(after.codecFor(Holder.class).decode(stored).content).isEqualTo(pair.get(1));
        }
        for (Object gone : List.of(Kinds1.Kind.B, List.of(Kinds1.Kind.B), EnumSet.of(Kinds1.Kind.B))) {
            holder.content = gone;
            Bytes stored = before.codecFor(Holder.class).encode(holder);
            assertThatExceptionOfType(MalformedException.class)
                    .isThrownBy(() -> after.codecFor(Holder.class).decode(stored))
                    .withMessageContaining("no constant 'B'")
                    .withMessageContaining("must stay");
        }
    }

    record Customer(String name, String street, int age) {}

    static class Person {
        String name = "n";
        String street = "s";
        int age = 5;
        String phone;
    }

    static class Invoice {
        String number = "i";
        BigDecimal total = BigDecimal.ONE;
        String name = "n";
        Instant due = Instant.EPOCH;
    }

    record Point(int x, int y) {}

    @Test
    void theSameNumberForAnotherClassIsRefusedWithTheFieldsOfBoth() {
        for (Object stored : List.of(new Point(1, 2), new Flat.Item())) {
            Bytes bytes = encode(CodecRegistry.builder(), stored);
            for (Class<?> other :
                    List.of(Customer.class, Invoice.class, Few.Order.class, Point.class, Flat.Item.class)) {
                if (other != stored.getClass()) {
                    assertThatExceptionOfType(MalformedException.class)
                            .as("%s as %s", stored, other)
                            .isThrownBy(() -> decode(CodecRegistry.builder(), other, bytes))
                            .withMessageContaining("a number of its own is needed")
                            .withMessageContaining(other.getName());
                }
            }
        }
        // One field in common is not enough.
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> decode(
                        CodecRegistry.builder(),
                        Invoice.class,
                        encode(CodecRegistry.builder(), new Customer("n", "s", 1))))
                .withMessageContaining("[age, name, street]")
                .withMessageContaining("register(Invoice.class, number, \"Former\")");
    }

    @Test
    void aClassThatWasRenamedIsRead() {
        Person read = decode(
                CodecRegistry.builder(), Person.class, encode(CodecRegistry.builder(), new Customer("a", "b", 3)));
        assertThat(read.name + read.street + read.age).isEqualTo("ab3");
        assertThat(decode(CodecRegistry.builder(), Customer.class, encode(CodecRegistry.builder(), new Person())))
                .isEqualTo(new Customer("n", "s", 5));
    }

    @Test
    void aClassThatWasRenamedAndChangedMuchIsReadIfItsFormerNameIsGiven() {
        Bytes stored = encode(CodecRegistry.builder(), new Customer("n", "s", 1));
        Invoice read = decode(CodecRegistry.builder(), Invoice.class, stored, "Shop", "Customer");
        assertThat(read.name).isEqualTo("n");
        assertThat(read.total).isNull();
    }

    /** A field of a final class's collections tells Kryo of the first format how they are stored. */
    static final class Old {
        static class Item {
            String name = "n";
            int count = 3;
            Instant when = Instant.EPOCH;
            List<String> names = List.of("a", "b");
        }
    }

    static final class WithoutWhen {
        static class Item {
            String name;
            List<String> names;
        }
    }

    @Test
    void objectsOfTheFirstFormatAreReadWithoutFieldsThatStandAlone() {
        Bytes stored = encodeFirst(new Old.Item());
        WithoutWhen.Item read = decode(CodecRegistry.builder(), WithoutWhen.Item.class, stored);
        assertThat(read.name).isEqualTo("n");
        assertThat(read.names).containsExactly("a", "b");
    }

    @Test
    void anObjectOfTheFirstFormatThatLacksACollectionSaysWhatToDo() {
        Bytes stored = encodeFirst(new Old.Item());
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> decode(CodecRegistry.builder(), Flat.Item.class, stored))
                .withMessageContaining("lacks the fields [names, when]")
                .withMessageContaining("give it back until the object has been stored anew");
    }

    @Test
    void anotherClassIsRefusedInTheFirstFormat() {
        Bytes stored = encodeFirst(new Flat.Item());
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> decode(CodecRegistry.builder(), Few.Order.class, stored))
                .withMessageContaining("[count, name]")
                .withMessageContaining("a number of its own");
    }

    static class Declared {
        List<String> asList = Arrays.asList("a", null);
        List<String> allNull = Arrays.asList(null, null);
        List<Kind> kinds = Arrays.asList(null, Kind.SMALL);
        Map<String, Integer> map = new LinkedHashMap<>();
        List<List<String>> deep = List.of(Arrays.asList("a", null), List.of("b"));
        Optional<List<String>> optional = Optional.of(Arrays.asList("a", null));
        Map<Kind, List<String>> enumMap = new EnumMap<>(Map.of(Kind.SMALL, Arrays.asList("a", null)));
        Set<String> set = new java.util.concurrent.ConcurrentSkipListSet<>(List.of("a"));
        String[] texts = {"a", null};

        Declared() {
            map.put("a", null);
            map.put(null, 1);
        }
    }

    @Test
    void nullsInDeclaredCollectionsComeBackInBothFormats() {
        Declared whole = new Declared();
        for (Codec<List<Object>> codec : List.of(
                lists(withParts(), Declared.class),
                lists(withParts(), Declared.class).forKeys())) {
            assertThat(codec.decode(codec.encode(List.of(whole))).get(0))
                    .usingRecursiveComparison()
                    .isEqualTo(whole);
        }
    }

    static class Polluted {
        List<Integer> numbers;
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void whatIsNotOfItsDeclaredTypeIsRefusedWhenItIsStored() {
        Polluted polluted = new Polluted();
        polluted.numbers = (List) List.of("text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode(CodecRegistry.builder(), polluted))
                .withMessageContaining("field numbers")
                .withMessageContaining("java.lang.String");
    }

    static class Counted extends ArrayList<String> {
        private static final long serialVersionUID = 1;
        int more = 1;
    }

    static class Sized extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Sized(int size) {
            super(size);
        }
    }

    static class Plainly extends ArrayList<String> {
        private static final long serialVersionUID = 1;
    }

    @Test
    void classesThatWouldLoseSomethingAreRefusedWhenTheyAreStored() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode(CodecRegistry.builder(), new Counted()))
                .withMessageContaining("field more would be lost");
        Sized sized = new Sized(3);
        sized.add("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode(CodecRegistry.builder(), sized))
                .withMessageContaining("constructor without arguments");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode(CodecRegistry.builder(), new InnerOwner().new Inner()))
                .withMessageContaining("make it static");
        Plainly plainly = new Plainly();
        plainly.add("x");
        assertThat(decode(CodecRegistry.builder(), Plainly.class, encode(CodecRegistry.builder(), plainly)))
                .isEqualTo(plainly);
    }

    static class InnerOwner {
        int number = 5;

        class Inner {
            int twice() {
                return 2 * number;
            }
        }
    }

    /** In a list, since some records have a codec of their own. */
    private static Bytes encode(CodecRegistry.Builder builder, Object object) {
        return lists(builder, object.getClass()).encode(List.of(object));
    }

    private static Bytes encodeFirst(Object object) {
        Bytes bytes =
                lists(CodecRegistry.builder(), object.getClass()).forKeys().encode(List.of(object));
        assertThat(bytes.at(0)).as("first format").isNotEqualTo((byte) Schemas.MARK);
        return bytes;
    }

    private static <T> T decode(CodecRegistry.Builder builder, Class<T> type, Bytes bytes, String... formerNames) {
        return type.cast(lists(builder, type, formerNames).decode(bytes).get(0));
    }

    @SuppressWarnings("unchecked")
    private static Codec<List<Object>> lists(CodecRegistry.Builder builder, Class<?> type, String... formerNames) {
        Codec<?> codec = builder.register(type, ID, formerNames).build().codecFor(List.class);
        return (Codec<List<Object>>) codec;
    }
}
