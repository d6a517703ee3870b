package io.brickwork.client.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.esotericsoftware.kryo.kryo5.util.Util;
import com.sun.management.ThreadMXBean;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.map.InMemoryInvoker;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class CodecRegistryTest {
    private static final HexFormat HEX = HexFormat.of();

    enum Kind {
        SMALL,
        LARGE {
            @Override
            public String toString() {
                return "large one";
            }
        }
    }

    /** Has no constructor without arguments, final fields, and a field that may hold anything. */
    static class Order {
        private final String id;
        private final List<Line> lines;
        private final Kind kind;
        private Object note;
        private transient int cached = 7;

        Order(String id, List<Line> lines, Kind kind, Object note) {
            this.id = id;
            this.lines = lines;
            this.kind = kind;
            this.note = note;
        }

        @Override
        public boolean equals(Object object) {
            return object instanceof Order other
                    && id.equals(other.id)
                    && lines.equals(other.lines)
                    && kind == other.kind
                    && Objects.equals(note, other.note);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }

        @Override
        public String toString() {
            return "Order " + id + " " + lines + " " + kind + " " + note;
        }
    }

    record Line(String item, int quantity, BigDecimal price) {}

    record Positive(List<Integer> values) {
        Positive {
            if (values.stream().anyMatch(value -> value <= 0)) {
                throw new IllegalArgumentException("not positive");
            }
        }
    }

    interface Shape {}

    record Circle(double radius, List<String> tags) implements Shape {}

    record Square(double side, List<String> tags) implements Shape {}

    static final class Node {
        Node next;
        List<Node> children = new ArrayList<>();
    }

    static final class Holder {
        Object content;

        Holder(Object content) {
            this.content = content;
        }
    }

    static final class Stranger {}

    /** All public, which Kryo treats in a way of its own. */
    public static class Open {
        public int number = 5;
        public String text = "t";
        public Object anything = List.of(1);
    }

    static class Derived extends Open {
        long more = 1L << 40;
        boolean[] flags = {true, false};
    }

    static class Hiding extends Derived {
        int more;
    }

    private final CodecRegistry registry = CodecRegistry.builder()
            .register(Order.class, 101)
            .register(Line.class, 102)
            .register(Kind.class, 103)
            .register(Node.class, 104)
            .register(Holder.class, 105)
            .register(Circle.class, 106)
            .register(Square.class, 107)
            .register(Positive.class, 108)
            .build();

    @Test
    void theBuiltInCodecComesFirst() {
        assertThat(registry.codecFor(String.class)).isSameAs(Codecs.string());
        assertThat(registry.codecFor(Kind.class).name()).startsWith("enum:");
        assertThat(registry.codecFor(long.class).name()).isEqualTo("long/1");
    }

    @Test
    void unsafeAccessIsOff() {
        registry.codecFor(Order.class).encode(order("x", "note"));
        assertThat(Util.unsafe).isFalse();
    }

    @Test
    void anObjectComesBackEqualAndWithoutSharing() {
        Codec<Order> codec = registry.codecFor(Order.class);
        assertThat(codec.name()).isEqualTo("kryo/1:#101");
        assertThat(codec.type()).isEqualTo(Order.class);
        Order order = order("o-1", "text");
        Order back = codec.decode(codec.encode(order));
        assertThat(back).isEqualTo(order).isNotSameAs(order);
        assertThat(codec.encode(back)).isEqualTo(codec.encode(order));
    }

    @Test
    void aFieldMayHoldObjectsOfDifferentClassesOneAfterTheOther() {
        Codec<Order> codec = registry.codecFor(Order.class);
        for (Object note : Arrays.asList(
                "text", 17, null, new Line("i", 1, BigDecimal.ONE), List.of("a"), "text again", Kind.LARGE, 5L)) {
            Order order = order("x", note);
            Bytes bytes = codec.encode(order);
            assertThat(codec.decode(bytes)).isEqualTo(order);
            assertThat(codec.encode(order))
                    .as("the same bytes whatever was encoded before")
                    .isEqualTo(bytes);
        }
    }

    @Test
    void publicFieldsAndThoseOfSuperclassesAreKept() {
        CodecRegistry open = CodecRegistry.builder()
                .register(Open.class, 200)
                .register(Derived.class, 201)
                .build();
        Derived object = new Derived();
        object.number = -7;
        object.text = null;
        object.more = 9;
        Open back = open.codecFor(Open.class).decode(open.codecFor(Open.class).encode(object));
        assertThat(back).isInstanceOf(Derived.class).usingRecursiveComparison().isEqualTo(object);
    }

    @Test
    void aFieldThatHidesOneOfASuperclassIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CodecRegistry.builder().register(Hiding.class, 200))
                .withMessage("field more of class " + Derived.class.getName() + " is hidden by that of "
                        + Hiding.class.getName() + "; give one of them another name");
    }

    @Test
    void theUsualClassesOfTheJdkNeedNoRegistration() {
        Codec<Holder> codec = registry.codecFor(Holder.class);
        BitSet bits = new BitSet();
        bits.set(77);
        for (Object content : List.of(
                new ArrayList<>(List.of(1, "b")),
                new ArrayDeque<>(List.of(1, 2)).peekFirst(),
                new TreeMap<>(Map.of("k", List.of())),
                new LinkedHashMap<>(Map.of("k", 1)),
                List.of(),
                List.of(1),
                List.of(1, 2, 3),
                List.of(1, 2, 3).subList(1, 3),
                Set.of(1),
                Set.of(1, 2, 3),
                Map.of(),
                Map.of(1, 2),
                Map.of(1, 2, 3, 4),
                Arrays.asList(1, null),
                Collections.emptyList(),
                Collections.emptyMap(),
                Collections.emptySet(),
                Collections.singletonList(1),
                Collections.singletonMap(1, 2),
                Collections.singleton(1),
                UUID.fromString("00000000-0000-0001-0000-000000000002"),
                Instant.ofEpochSecond(1, 999_999_999),
                Duration.ofDays(-3).plusNanos(5),
                LocalDate.of(2024, 2, 29),
                ZonedDateTime.ofInstant(Instant.EPOCH, ZoneId.of("Asia/Tokyo")),
                new BigDecimal("12345678901234567890.5"),
                Optional.of("x"),
                Optional.empty(),
                bits,
                "ASCII",
                "h\u00e9llo \ud83d\ude00",
                'c',
                (byte) 1,
                Double.NaN)) {
            Bytes bytes = codec.encode(new Holder(content));
            assertThat(codec.decode(bytes).content)
                    .as(content.getClass().getName())
                    .isEqualTo(content);
        }
        for (Object array : List.of(
                new byte[] {1}, new int[] {300, -1}, new long[] {1L << 40}, new String[] {"a", null}, new double[] {1
                })) {
            assertThat(codec.decode(codec.encode(new Holder(array))).content).isEqualTo(array);
        }
    }

    @Test
    void aClassThatIsNotRegisteredIsRefusedWithTheLineToAdd() {
        assertThatExceptionOfType(DdsException.Unregistered.class)
                .isThrownBy(() -> registry.codecFor(Stranger.class))
                .withMessage("class " + Stranger.class.getName()
                        + " is not registered; add o.register(CodecRegistryTest.Stranger.class, 109)");
        assertThatExceptionOfType(DdsException.Unregistered.class)
                .isThrownBy(() -> CodecRegistry.builder().build().codecFor(Order.class))
                .withMessageEndingWith("add o.register(CodecRegistryTest.Order.class, 100)");
    }

    @Test
    void soIsOneFoundInsideOfAnother() {
        assertThatExceptionOfType(DdsException.Unregistered.class)
                .isThrownBy(() -> registry.codecFor(Holder.class)
                        .encode(new Holder(new ArrayList<>(List.of(Map.of("k", new Stranger()))))))
                .withMessageContaining("o.register(CodecRegistryTest.Stranger.class, 109)");
        assertThatExceptionOfType(DdsException.Unregistered.class)
                .isThrownBy(() -> registry.codecFor(Holder.class).encode(new Holder(new Stranger[0])))
                .withMessageContaining("o.register(CodecRegistryTest.Stranger[].class, 109)");
        assertThatExceptionOfType(DdsException.Unregistered.class)
                .isThrownBy(() -> registry.codecFor(Holder.class).encode(new Holder(new Object() {})))
                .withMessageContaining("make it a named class");
    }

    @Test
    void registrationsThatContradictEachOtherAreRefused() {
        CodecRegistry.Builder builder = CodecRegistry.builder().register(Order.class, 101);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.register(Line.class, 101))
                .withMessageContaining("id 101 is given to class " + Order.class.getName());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.register(Order.class, 102))
                .withMessageContaining("registered twice, as 101 and 102");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.register(Line.class, 99))
                .withMessageContaining("id 99")
                .withMessageContaining("from 100 to 65535");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.register(Shape.class, 102))
                .withMessageContaining("register the classes that do");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.register(ArrayList.class, 102))
                .withMessageContaining("registered from the start");
    }

    @Test
    void anInterfaceTakesObjectsOfAnyRegisteredClassBelowIt() {
        Codec<Shape> codec = registry.codecFor(Shape.class);
        for (Shape shape : List.of(new Circle(1, List.of("a")), new Square(2, List.of()))) {
            assertThat(codec.decode(codec.encode(shape))).isEqualTo(shape);
        }
        Bytes line = registry.codecFor(Line.class).encode(new Line("i", 1, BigDecimal.TEN));
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> codec.decode(line))
                .withMessageContaining("not an object of class " + Shape.class.getName());
    }

    /** The same class before and after it changed: both are given id 101, as one class would keep its own. */
    static final class Before {
        String name = "n";
        int dropped = 3;
        List<String> tags = List.of("t");
    }

    static final class After {
        List<String> tags;
        String name;
        Instant added = Instant.EPOCH;
    }

    @Test
    void fieldsMayComeAndGoWhileObjectsAreStored() {
        Bytes stored = CodecRegistry.builder()
                .register(Before.class, 101)
                .build()
                .codecFor(Before.class)
                .encode(new Before());
        After read = CodecRegistry.builder()
                .register(After.class, 101)
                .build()
                .codecFor(After.class)
                .decode(stored);
        assertThat(read.name).isEqualTo("n");
        assertThat(read.tags).containsExactly("t");
        assertThat(read.added).as("made without a constructor").isNull();
    }

    @Test
    void anObjectThatContainsItselfIsRefused() {
        Node node = new Node();
        node.next = node;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.codecFor(Node.class).encode(node))
                .withMessageContaining("does it contain itself?");
    }

    @Test
    void anObjectMetTwiceIsWrittenTwiceSoThatEqualObjectsHaveEqualBytes() {
        Codec<Holder> codec = registry.codecFor(Holder.class);
        List<Integer> one = new ArrayList<>(List.of(1000, 2000));
        List<Integer> other = new ArrayList<>(one);
        assertThat(codec.encode(new Holder(new ArrayList<>(List.of(one, one)))))
                .isEqualTo(codec.encode(new Holder(new ArrayList<>(List.of(one, other)))));
    }

    @Test
    void aCraftedLengthOfTwoGigabytesIsRefusedBeforeItIsAllocated() {
        Codec<Holder> codec = registry.codecFor(Holder.class);
        byte[] head = codec.encode(new Holder(null)).toArray();
        // Holder, one field "content", then the field's class in place of null, then a length.
        String prefix = HEX.formatHex(head, 0, head.length - 1);
        String twoGigabytes = "ffffffff07";
        List<String> claims = new ArrayList<>();
        for (int id : List.of(10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 70, 77)) {
            claims.add("%02x".formatted(id + 2) + twoGigabytes);
        }
        for (int id : List.of(20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 31, 32, 33, 34, 35, 36, 40)) {
            // With either value of the flag that shares the first byte with the length.
            claims.add("%02x".formatted(id + 2) + "7fffffff0f");
            claims.add("%02x".formatted(id + 2) + "ffffffff0f");
        }
        // A string of 2^31 - 2 characters that are not ASCII, and one whose length is negative.
        claims.add("03" + "ffffffff0f");
        claims.add("03" + "ffffffff1f");
        for (String claim : claims) {
            Bytes bytes = Bytes.wrap(HEX.parseHex(prefix + claim));
            long before = allocatedBytes();
            assertThatExceptionOfType(MalformedException.class).as(claim).isThrownBy(() -> codec.decode(bytes));
            assertThat(allocatedBytes() - before).as("allocated for %s", claim).isLessThan(8 << 20);
        }
    }

    @Test
    void manySmallLiesAreRefusedAsOneLargeOne() {
        // Arrays within arrays, each of which claims as many elements as there are bytes: together they would take
        // gigabytes.
        Codec<Holder> codec = registry.codecFor(Holder.class);
        byte[] head = codec.encode(new Holder(null)).toArray();
        StringBuilder nested = new StringBuilder(HEX.formatHex(head, 0, head.length - 1));
        for (int i = 0; i < 200; i++) {
            nested.append("15").append("808004"); // Object[] of 65,535
        }
        nested.append("00".repeat(60_000));
        Bytes bytes = Bytes.wrap(HEX.parseHex(nested));
        long before = allocatedBytes();
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> codec.decode(bytes))
                .withMessageContaining("claimed");
        assertThat(allocatedBytes() - before).isLessThan(8 << 20);
    }

    @Test
    void mangledBytesAreMalformedOrReadAsAnObject() {
        Codec<Order> codec = registry.codecFor(Order.class);
        SplittableRandom random = new SplittableRandom(3);
        byte[] whole = codec.encode(order("o-1", new ArrayList<>(List.of("n", 1, Map.of("k", 2L)))))
                .toArray();
        int refused = 0;
        for (int round = 0; round < 1_000; round++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(3) == 0 ? random.nextInt(bytes.length) : bytes.length;
            try {
                codec.decode(Bytes.wrap(bytes, 0, length));
            } catch (MalformedException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(500);
        assertThat(codec.encode(codec.decode(Bytes.wrap(whole))))
                .as("none of it did harm")
                .isEqualTo(Bytes.wrap(whole));
    }

    @Test
    void everyPrefixIsMalformed() {
        Codec<Order> codec = registry.codecFor(Order.class);
        Bytes whole = codec.encode(order("o-1", "note"));
        for (int length = 0; length < whole.length(); length++) {
            Bytes prefix = whole.slice(0, length);
            assertThatExceptionOfType(MalformedException.class)
                    .as("%d of %d", length, whole.length())
                    .isThrownBy(() -> codec.decode(prefix));
        }
    }

    @Test
    void whatARecordRefusesIsMalformed() {
        Codec<Positive> codec = registry.codecFor(Positive.class);
        byte[] bytes = codec.encode(new Positive(List.of(1))).toArray();
        bytes[bytes.length - 1] = 0;
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> codec.decode(Bytes.wrap(bytes)));
    }

    @Test
    void nothingIsEncodedThatCouldNotBeDecoded() {
        Codec<Holder> codec = registry.codecFor(Holder.class);
        List<Object> nulls = new ArrayList<>(Collections.nCopies(4_000, null));
        assertThat(codec.decode(codec.encode(new Holder(nulls))).content).isEqualTo(nulls);
        nulls.addAll(Collections.nCopies(4_000, null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.encode(new Holder(nulls)))
                .withMessageContaining("8000 elements");
        List<Object> large = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            large.add(i % 3 == 0 ? "h\u00e9" : i);
        }
        assertThat(codec.decode(codec.encode(new Holder(large))).content).isEqualTo(large);
    }

    @Test
    void manyVirtualThreadsMayUseOneCodec() throws Exception {
        Codec<Order> codec = registry.codecFor(Order.class);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int task = 0; task < 200; task++) {
                Order order = order("o-" + task, task % 2 == 0 ? "text" : (Object) task);
                tasks.add(() -> {
                    for (int i = 0; i < 20; i++) {
                        if (!codec.decode(codec.encode(order)).equals(order)) {
                            return false;
                        }
                        Thread.yield();
                    }
                    return true;
                });
            }
            for (Future<Boolean> outcome : executor.invokeAll(tasks)) {
                assertThat(outcome.get()).isTrue();
            }
        }
    }

    @Test
    void theBytesOnDiskNeverChange() {
        Codec<Line> codec = registry.codecFor(Line.class);
        Line line = new Line("tea", 2, new BigDecimal("3.50"));
        // As the first version wrote it: the number of the class, the components in the order of their names.
        Bytes first = Bytes.wrap(HEX.parseHex("68" + "7465e1" + "49" + "03015e04" + "04"));
        // The mark, one schema: of class 102, 25 bytes, the hash of "Line", three columns; then the number of the
        // class,
        // and the components: class, length and text; class, length and decimal; the number.
        Bytes second = Bytes.wrap(HEX.parseHex("01" + "01" + "66" + "19" + "14242400" + "03" + "697465ed" + "4c"
                + "70726963e5" + "4c" + "7175616e746974f9" + "49" + "68" + "03" + "03" + "7465e1" + "49" + "04"
                + "03015e04" + "04"));
        assertThat(codec.encode(line)).isEqualTo(second);
        assertThat(codec.forKeys().encode(line)).isEqualTo(first);
        for (Bytes bytes : List.of(first, second)) {
            assertThat(codec.decode(bytes)).isEqualTo(line);
            assertThat(codec.forKeys().decode(bytes)).isEqualTo(line);
        }
    }

    @Test
    void aHashTableHoldsSuchObjects() {
        DdsHashTable<String, Order> orders = DdsHashTable.open(
                new InMemoryInvoker(HashTableType.INSTANCE),
                TableSpec.of("orders", registry.codecFor(String.class), registry.codecFor(Order.class)),
                CallOptions.DEFAULT);
        orders.put("o-1", order("o-1", "new"));
        assertThat(orders.replace("o-1", order("o-1", "new"), order("o-1", "paid")))
                .isTrue();
        assertThat(orders.compute("o-1", (id, order) -> order(order.id, order.note + ", sent")))
                .isEqualTo(order("o-1", "paid, sent"));
        Order mine = orders.get("o-1");
        mine.note = "changed here only";
        assertThat(orders.get("o-1").note).isEqualTo("paid, sent");
        assertThat(mine.cached).as("transient").isZero();
    }

    @Test
    void aValueInTheBytesOfTheFirstFormatIsRecognized() throws Exception {
        InMemoryInvoker invoker = new InMemoryInvoker(HashTableType.INSTANCE);
        Codec<Order> codec = registry.codecFor(Order.class);
        DdsHashTable<String, Order> old = DdsHashTable.open(
                invoker, TableSpec.of("orders", Codecs.string(), codec.forKeys()), CallOptions.DEFAULT);
        DdsHashTable<String, Order> orders =
                DdsHashTable.open(invoker, TableSpec.of("orders", Codecs.string(), codec), CallOptions.DEFAULT);
        for (String key : List.of("a", "b", "c", "d", "e")) {
            old.put(key, order(key, "new"));
        }
        assertThat(orders.replace("a", order("a", "other"), order("a", "paid"))).isFalse();
        assertThat(orders.replace("a", order("a", "new"), order("a", "paid"))).isTrue();
        assertThat(orders.remove("b", order("b", "other"))).isFalse();
        assertThat(orders.remove("b", order("b", "new"))).isTrue();
        assertThat(orders.containsValue(order("c", "new"))).isTrue();
        assertThat(orders.async()
                        .replace("c", order("c", "new"), order("c", "paid"))
                        .toCompletableFuture()
                        .get())
                .isTrue();
        assertThat(orders.async()
                        .remove("d", order("d", "other"))
                        .toCompletableFuture()
                        .get())
                .isFalse();
        assertThat(orders.async()
                        .remove("d", order("d", "new"))
                        .toCompletableFuture()
                        .get())
                .isTrue();
        assertThat(orders.values().remove(order("e", "new"))).isTrue();
        assertThat(orders).containsOnlyKeys("a", "c").containsEntry("a", order("a", "paid"));
    }

    @Test
    void aKeyThatTheFirstVersionStoredIsFound() {
        InMemoryInvoker invoker = new InMemoryInvoker(HashTableType.INSTANCE);
        Codec<Order> codec = registry.codecFor(Order.class);
        DdsHashTable<Order, String> table =
                DdsHashTable.open(invoker, TableSpec.of("t", codec, Codecs.string()), CallOptions.DEFAULT);
        table.put(order("k", "n"), "v");
        assertThat(codec.forKeys().encode(order("k", "n")).at(0)).isEqualTo((byte) (101 + 2));
        assertThat(table).containsEntry(order("k", "n"), "v");
        assertThat(table.keySet()).containsExactly(order("k", "n"));
    }

    private static Order order(String id, Object note) {
        return new Order(
                id,
                List.of(new Line("tea", 2, new BigDecimal("3.50")), new Line("pot", 1, BigDecimal.TEN)),
                Kind.LARGE,
                note);
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
