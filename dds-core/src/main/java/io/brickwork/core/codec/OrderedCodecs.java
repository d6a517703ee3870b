package io.brickwork.core.codec;

import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The built-in codecs of keys that keep their order.
 *
 * <p>The order is the natural one, as of {@link Comparable}, with these to be known:
 *
 * <ul>
 *   <li>{@code String}: by Unicode code points, which is how UTF-8 sorts. {@code String.compareTo} differs for
 *       characters beyond U+FFFF, which it puts before U+E000 to U+FFFF.
 *   <li>{@code Float}, {@code Double}: as their {@code compareTo} has it: {@code -0.0} before {@code 0.0}, NaN after
 *       everything; all NaNs are one.
 *   <li>{@code UUID}: as its {@code compareTo} has it, which compares the halves as signed numbers.
 *   <li>{@code byte[]}: by content, bytes unsigned, a prefix first.
 *   <li>{@code BigDecimal}: by value: {@code 1.0} and {@code 1.00} are one key, and what comes back has no trailing
 *       zeros.
 *   <li>Enums: by the order in which the constants are declared. Constants may be appended while keys are stored;
 *       another order is another type.
 *   <li>Records: component after component, nulls first; {@link OrderedCodec#prefix} takes the leading ones.
 * </ul>
 */
public final class OrderedCodecs {
    private static final int SIGN_32 = Integer.MIN_VALUE;
    private static final long SIGN_64 = Long.MIN_VALUE;

    private static final OrderedPlain<Boolean> BOOL =
            fixed("boolean", Boolean.class, 1, (writer, value) -> writer.bool(value), reader -> reader.bool("boolean"));
    private static final OrderedPlain<Byte> INT8 = fixed(
            "byte", Byte.class, 1, (writer, value) -> writer.u8(value ^ 0x80), reader -> (byte) (reader.u8() ^ 0x80));
    private static final OrderedPlain<Short> INT16 =
            fixed("short", Short.class, 2, (writer, value) -> u16(writer, value ^ 0x8000), reader ->
                    (short) (Codecs.u16(reader) ^ 0x8000));
    private static final OrderedPlain<Integer> INT32 = fixed(
            "int",
            Integer.class,
            4,
            (writer, value) -> writer.fixed32(value ^ SIGN_32),
            reader -> reader.fixed32() ^ SIGN_32);
    private static final OrderedPlain<Long> INT64 =
            fixed("long", Long.class, 8, (writer, value) -> writer.fixed64(value ^ SIGN_64), OrderedCodecs::signed);
    private static final OrderedPlain<Float> FLOAT32 =
            fixed("float", Float.class, 4, OrderedCodecs::writeFloat, OrderedCodecs::readFloat);
    private static final OrderedPlain<Double> FLOAT64 =
            fixed("double", Double.class, 8, OrderedCodecs::writeDouble, OrderedCodecs::readDouble);
    private static final OrderedPlain<Character> CHARACTER = fixed(
            "char", Character.class, 2, (writer, value) -> u16(writer, value), reader -> (char) Codecs.u16(reader));
    private static final OrderedPlain<UUID> UUIDS = fixed(
            "uuid",
            UUID.class,
            16,
            (writer, value) -> writer.fixed64(value.getMostSignificantBits() ^ SIGN_64)
                    .fixed64(value.getLeastSignificantBits() ^ SIGN_64),
            reader -> new UUID(signed(reader), signed(reader)));
    private static final OrderedPlain<Instant> INSTANT = fixed(
            "instant",
            Instant.class,
            12,
            (writer, value) -> writer.fixed64(value.getEpochSecond() ^ SIGN_64).fixed32(value.getNano()),
            OrderedCodecs::readInstant);
    private static final OrderedPlain<LocalDate> DATE = fixed(
            "date",
            LocalDate.class,
            8,
            (writer, value) -> writer.fixed64(value.toEpochDay() ^ SIGN_64),
            OrderedCodecs::readDate);
    private static final OrderedPlain<LocalTime> TIME = fixed(
            "time",
            LocalTime.class,
            8,
            (writer, value) -> writer.fixed64(value.toNanoOfDay()),
            reader -> readTime(reader));
    private static final OrderedPlain<LocalDateTime> DATE_TIME = fixed(
            "datetime",
            LocalDateTime.class,
            16,
            (writer, value) -> writer.fixed64(value.toLocalDate().toEpochDay() ^ SIGN_64)
                    .fixed64(value.toLocalTime().toNanoOfDay()),
            reader -> LocalDateTime.of(readDate(reader), readTime(reader)));
    private static final OrderedPlain<String> STRING =
            new OrderedPlain<>(new PlainCodec.Terminated<>("ordered-string/1", StringCodec.INSTANCE), false);
    private static final OrderedPlain<byte[]> BYTES =
            new OrderedPlain<>(new PlainCodec.Terminated<>("ordered-bytes/1", Codecs.plainBytes()), false);
    private static final OrderedPlain<BigInteger> BIG_INTEGER =
            new OrderedPlain<>(OrderedNumbers.Integers.INSTANCE, true);
    private static final OrderedPlain<BigDecimal> BIG_DECIMAL =
            new OrderedPlain<>(OrderedNumbers.Decimals.INSTANCE, true);

    /** By class name. */
    private static final TreeMap<String, OrderedPlain<?>> SIMPLE = simple();

    private OrderedCodecs() {}

    public static OrderedCodec<String> string() {
        return STRING;
    }

    public static OrderedCodec<Integer> int32() {
        return INT32;
    }

    public static OrderedCodec<Long> int64() {
        return INT64;
    }

    public static OrderedCodec<Instant> instant() {
        return INSTANT;
    }

    public static OrderedCodec<byte[]> bytes() {
        return BYTES;
    }

    /**
     * The built-in codec for the class. Primitive classes are taken for their boxes.
     *
     * @throws IllegalArgumentException if there is none; says what to do
     */
    public static <T> OrderedCodec<T> of(Class<T> type) {
        return find(type)
                .orElseThrow(() -> new IllegalArgumentException(
                        ("no codec keeps the order of %s; keys of a tree may be numbers, text, booleans, UUIDs, dates and times, byte arrays, enums,"
                                        + " and records of these. Make such a record of it, or implement %s")
                                .formatted(type.getName(), OrderedCodec.class.getName())));
    }

    /** The built-in codec for the class, if there is one. */
    @SuppressWarnings("unchecked") // codecs are filed under their own type
    public static <T> Optional<OrderedCodec<T>> find(Class<T> type) {
        return find(type, List.of()).map(codec -> (OrderedCodec<T>) codec);
    }

    private static Optional<OrderedPlain<?>> find(Class<?> type, List<Class<?>> within) {
        OrderedPlain<?> simple = SIMPLE.get(type.getName());
        if (simple != null) {
            return Optional.of(simple);
        }
        if (type.isEnum()) {
            return Optional.of(enumeration(type));
        }
        return type.isRecord() && !within.contains(type)
                ? record(type.asSubclass(Record.class), within)
                : Optional.empty();
    }

    private static Optional<OrderedPlain<?>> record(Class<? extends Record> type, List<Class<?>> within) {
        List<Class<?>> around = new ArrayList<>(within);
        around.add(type);
        List<PlainCodec<?>> components = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Optional<OrderedPlain<?>> codec = find(component.getType(), around);
            if (codec.isEmpty()) {
                return Optional.empty();
            }
            components.add(codec.get().plain());
        }
        return components.isEmpty()
                ? Optional.empty()
                : Optional.of(new OrderedPlain<>(RecordCodec.of(type, components), false));
    }

    private static <T> OrderedPlain<T> enumeration(Class<T> type) {
        return new OrderedPlain<>(OrderedEnumCodec.of(type), true);
    }

    private static <T> OrderedPlain<T> fixed(
            String name,
            Class<T> type,
            int bytes,
            PlainCodec.Fixed.Writing<T> writing,
            PlainCodec.Fixed.Reading<T> reading) {
        return new OrderedPlain<>(
                new PlainCodec.Fixed<>("ordered-" + name + "/1", type, bytes, writing, reading), true);
    }

    private static long signed(ByteReader reader) {
        return reader.fixed64() ^ SIGN_64;
    }

    static void u16(ByteWriter writer, int value) {
        writer.u8(value >> 8).u8(value);
    }

    /** Negative ones with all bits inverted, the others with the sign's: then they sort as unsigned numbers do. */
    private static void writeFloat(ByteWriter writer, Float value) {
        int bits = Float.floatToIntBits(value);
        writer.fixed32(bits < 0 ? ~bits : bits ^ SIGN_32);
    }

    private static Float readFloat(ByteReader reader) {
        int sorted = reader.fixed32();
        return Codecs.toFloat(sorted < 0 ? sorted ^ SIGN_32 : ~sorted);
    }

    private static void writeDouble(ByteWriter writer, Double value) {
        long bits = Double.doubleToLongBits(value);
        writer.fixed64(bits < 0 ? ~bits : bits ^ SIGN_64);
    }

    private static Double readDouble(ByteReader reader) {
        long sorted = reader.fixed64();
        return Codecs.toDouble(sorted < 0 ? sorted ^ SIGN_64 : ~sorted);
    }

    private static Instant readInstant(ByteReader reader) {
        return Codecs.toInstant(signed(reader), reader.fixed32());
    }

    private static LocalDate readDate(ByteReader reader) {
        long day = signed(reader);
        try {
            return LocalDate.ofEpochDay(day);
        } catch (DateTimeException e) {
            throw new MalformedException("day " + day + " is no date");
        }
    }

    private static LocalTime readTime(ByteReader reader) {
        long nano = reader.fixed64();
        try {
            return LocalTime.ofNanoOfDay(nano);
        } catch (DateTimeException e) {
            throw new MalformedException("nanosecond " + nano + " is no time of day");
        }
    }

    /** The codecs of types without parts. */
    static List<PlainCodec<?>> leaves() {
        List<PlainCodec<?>> leaves = new ArrayList<>();
        simpleCodecs().forEach(codec -> leaves.add(codec.plain()));
        return leaves;
    }

    private static List<OrderedPlain<?>> simpleCodecs() {
        return List.of(
                STRING,
                BOOL,
                INT8,
                INT16,
                INT32,
                INT64,
                FLOAT32,
                FLOAT64,
                CHARACTER,
                UUIDS,
                INSTANT,
                DATE,
                TIME,
                DATE_TIME,
                BYTES,
                BIG_INTEGER,
                BIG_DECIMAL);
    }

    private static TreeMap<String, OrderedPlain<?>> simple() {
        TreeMap<String, OrderedPlain<?>> codecs = new TreeMap<>();
        for (OrderedPlain<?> codec : simpleCodecs()) {
            codecs.put(codec.type().getName(), codec);
        }
        Map<Class<?>, OrderedPlain<?>> primitives = Map.of(
                boolean.class,
                BOOL,
                byte.class,
                INT8,
                short.class,
                INT16,
                int.class,
                INT32,
                long.class,
                INT64,
                float.class,
                FLOAT32,
                double.class,
                FLOAT64,
                char.class,
                CHARACTER);
        primitives.forEach((type, codec) -> codecs.put(type.getName(), codec));
        return codecs;
    }
}
