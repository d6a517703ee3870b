package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.MalformedException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The built-in codecs: for {@code String}, {@code Boolean}, the boxed numbers, {@code Character}, {@code UUID},
 * {@code byte[]}, {@code Instant}, enums, and records of these.
 *
 * <p>Equal objects give equal bytes and unequal objects unequal ones, where "equal" is {@link Object#equals}: so
 * {@code 0.0} and {@code -0.0} are two keys and all NaNs are one. Two exceptions, both on purpose. An array is equal
 * only to itself, but a brick knows only bytes: {@code byte[]} keys and values, alone and in records, are the same
 * <em>if their content is</em>, and an array that was put is never the one that comes back. And a record that overrides
 * {@code equals} is still compared by its components.
 *
 * <p>The bytes do not sort as the objects do; {@link OrderedCodecs} has those that do. Numbers have fixed sizes,
 * big-endian. Bytes that no object encodes to are refused with {@link MalformedException} and nothing else.
 * {@code BigDecimal} is not built in: 1.0 and 1.00 are unequal and yet the same number, and the user should say which
 * is meant.
 */
public final class Codecs {
    private static final PlainCodec<Boolean> BOOL = new PlainCodec.Fixed<>(
            "boolean/1", Boolean.class, 1, (writer, value) -> writer.bool(value), reader -> reader.bool("boolean"));
    private static final PlainCodec<Byte> INT8 = new PlainCodec.Fixed<>(
            "byte/1", Byte.class, 1, (writer, value) -> writer.u8(value), reader -> (byte) reader.u8());
    private static final PlainCodec<Short> INT16 = new PlainCodec.Fixed<>(
            "short/1", Short.class, 2, (writer, value) -> writer.u8(value >> 8).u8(value), reader ->
                    (short) u16(reader));
    private static final PlainCodec<Integer> INT32 = new PlainCodec.Fixed<>(
            "int/1", Integer.class, 4, (writer, value) -> writer.fixed32(value), ByteReader::fixed32);
    private static final PlainCodec<Long> INT64 = new PlainCodec.Fixed<>(
            "long/1", Long.class, 8, (writer, value) -> writer.fixed64(value), ByteReader::fixed64);
    private static final PlainCodec<Float> FLOAT32 = new PlainCodec.Fixed<>(
            "float/1",
            Float.class,
            4,
            (writer, value) -> writer.fixed32(Float.floatToIntBits(value)),
            reader -> toFloat(reader.fixed32()));
    private static final PlainCodec<Double> FLOAT64 = new PlainCodec.Fixed<>(
            "double/1",
            Double.class,
            8,
            (writer, value) -> writer.fixed64(Double.doubleToLongBits(value)),
            reader -> toDouble(reader.fixed64()));
    private static final PlainCodec<Character> CHARACTER = new PlainCodec.Fixed<>(
            "char/1",
            Character.class,
            2,
            (writer, value) -> writer.u8(value >> 8).u8(value),
            reader -> (char) u16(reader));
    private static final PlainCodec<UUID> UUIDS = new PlainCodec.Fixed<>(
            "uuid/1",
            UUID.class,
            16,
            (writer, value) -> writer.fixed64(value.getMostSignificantBits()).fixed64(value.getLeastSignificantBits()),
            reader -> new UUID(reader.fixed64(), reader.fixed64()));
    private static final PlainCodec<Instant> INSTANT = new PlainCodec.Fixed<>(
            "instant/1",
            Instant.class,
            12,
            (writer, value) -> writer.fixed64(value.getEpochSecond()).fixed32(value.getNano()),
            reader -> toInstant(reader.fixed64(), reader.fixed32()));
    private static final PlainCodec.Run<byte[]> BYTES = new PlainCodec.Run<>("bytes/1", byte[].class) {
        @Override
        public Bytes encode(byte[] value) {
            if (value.length > Limits.VALUE_BYTES) {
                throw new DdsException.TooLarge("an array of bytes", value.length, Limits.VALUE_BYTES);
            }
            return Bytes.copyOf(value);
        }

        @Override
        public byte[] decode(Bytes bytes) {
            return bytes.toArray();
        }
    };

    /** By class name. */
    private static final TreeMap<String, PlainCodec<?>> SIMPLE = simple();

    private Codecs() {}

    /** UTF-8. Strings with an unpaired surrogate are refused. */
    public static Codec<String> string() {
        return StringCodec.INSTANCE;
    }

    public static Codec<Boolean> bool() {
        return BOOL;
    }

    public static Codec<Byte> int8() {
        return INT8;
    }

    public static Codec<Short> int16() {
        return INT16;
    }

    public static Codec<Integer> int32() {
        return INT32;
    }

    public static Codec<Long> int64() {
        return INT64;
    }

    public static Codec<Float> float32() {
        return FLOAT32;
    }

    public static Codec<Double> float64() {
        return FLOAT64;
    }

    public static Codec<Character> character() {
        return CHARACTER;
    }

    public static Codec<UUID> uuid() {
        return UUIDS;
    }

    public static Codec<Instant> instant() {
        return INSTANT;
    }

    /** The content itself. As a key: two arrays with the same content are the same key, unlike in {@code java.util}. */
    public static Codec<byte[]> bytes() {
        return BYTES;
    }

    static PlainCodec.Run<byte[]> plainBytes() {
        return BYTES;
    }

    /** By the constants' names. */
    public static <E extends Enum<E>> Codec<E> enumeration(Class<E> type) {
        return new EnumCodec<>(type);
    }

    /**
     * A record whose components are all of built-in types, records included. Components of reference types may be null.
     *
     * @throws IllegalArgumentException if a component is of another type, or the record contains itself
     */
    public static <T extends Record> Codec<T> record(Class<T> type) {
        return find(type)
                .orElseThrow(() -> new IllegalArgumentException(
                        "record %s contains itself, or a component that no built-in codec is for"
                                .formatted(type.getName())));
    }

    /** The built-in codec for the class, if there is one. Primitive classes are taken for their boxes. */
    @SuppressWarnings("unchecked") // codecs are filed under their own type
    public static <T> Optional<Codec<T>> find(Class<T> type) {
        return find(type, List.of()).map(codec -> (Codec<T>) codec);
    }

    private static Optional<PlainCodec<?>> find(Class<?> type, List<Class<?>> within) {
        PlainCodec<?> simple = SIMPLE.get(type.getName());
        if (simple != null) {
            return Optional.of(simple);
        }
        if (type.isEnum()) {
            return Optional.of(enumCodec(type));
        }
        return type.isRecord() && !within.contains(type)
                ? recordCodec(type.asSubclass(Record.class), within)
                : Optional.empty();
    }

    private static Optional<PlainCodec<?>> recordCodec(Class<? extends Record> type, List<Class<?>> within) {
        List<Class<?>> around = new ArrayList<>(within);
        around.add(type);
        List<PlainCodec<?>> components = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Optional<PlainCodec<?>> codec = find(component.getType(), around);
            if (codec.isEmpty()) {
                return Optional.empty();
            }
            components.add(codec.get());
        }
        return Optional.of(RecordCodec.of(type, components));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // isEnum says so
    private static PlainCodec<?> enumCodec(Class<?> type) {
        return new EnumCodec(type);
    }

    /** What the codec of a name encodes, for messages. */
    public static String words(String codecName) {
        return Shape.parse(codecName).words();
    }

    static int u16(ByteReader reader) {
        int high = reader.u8();
        return high << 8 | reader.u8();
    }

    /** The float of these bits, if it is one that is written. */
    static Float toFloat(int bits) {
        float value = Float.intBitsToFloat(bits);
        if (Float.floatToIntBits(value) != bits) {
            throw new MalformedException("%08x is not the one NaN that floats are written as".formatted(bits));
        }
        return value;
    }

    /** The double of these bits, if it is one that is written. */
    static Double toDouble(long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.doubleToLongBits(value) != bits) {
            throw new MalformedException("%016x is not the one NaN that doubles are written as".formatted(bits));
        }
        return value;
    }

    static Instant toInstant(long second, int nano) {
        if (second < Instant.MIN.getEpochSecond()
                || second > Instant.MAX.getEpochSecond()
                || nano < 0
                || nano > 999_999_999) {
            throw new MalformedException("second " + second + " and nanosecond " + nano + " are no instant");
        }
        return Instant.ofEpochSecond(second, nano);
    }

    /** The codecs of types without parts. */
    static List<PlainCodec<?>> leaves() {
        return List.of(
                StringCodec.INSTANCE,
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
                BYTES);
    }

    private static TreeMap<String, PlainCodec<?>> simple() {
        TreeMap<String, PlainCodec<?>> codecs = new TreeMap<>();
        for (PlainCodec<?> codec : leaves()) {
            codecs.put(codec.type().getName(), codec);
        }
        Map<Class<?>, PlainCodec<?>> primitives = Map.of(
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
