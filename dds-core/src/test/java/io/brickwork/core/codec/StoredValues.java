package io.brickwork.core.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One value of each built-in type, whose names and bytes stand in {@code codec/stored.txt} as they have been stored.
 * Neither may change.
 */
final class StoredValues {
    private StoredValues() {}

    enum Colour {
        RED,
        GREEN,
        BLUE
    }

    record Address(String street, int number) {}

    record Order(
            long id,
            @Nullable String note,
            @Nullable Integer quantity,
            Colour colour,
            @Nullable Address to) {}

    record Sensor(String site, int number, @Nullable Colour colour) {}

    /** With a name that was cut. */
    record Long1(
            String firstComponentWithALongName,
            @Nullable String secondComponentWithALongName,
            int thirdComponentWithALongName,
            boolean fourthComponentWithALongName) {}

    /** A codec under a label, and a value of its type. */
    record Sample<T>(String label, Codec<T> codec, T value) {}

    static List<Sample<?>> all() {
        Order order = new Order(7, "gift", 3, Colour.GREEN, new Address("High Street", 12));
        Order sparse = new Order(-1, null, null, Colour.RED, null);
        Sensor sensor = new Sensor("roof", -4, Colour.BLUE);
        Long1 longOne = new Long1("a", null, 5, true);
        Instant instant = Instant.ofEpochSecond(1_700_000_000L, 5);
        UUID uuid = new UUID(-3, 8);
        return List.of(
                new Sample<>("string", Codecs.string(), "süß"),
                new Sample<>("boolean", Codecs.bool(), true),
                new Sample<>("byte", Codecs.int8(), (byte) -2),
                new Sample<>("short", Codecs.int16(), (short) 300),
                new Sample<>("int", Codecs.int32(), -70_000),
                new Sample<>("long", Codecs.int64(), 1L << 40),
                new Sample<>("float", Codecs.float32(), 1.5f),
                new Sample<>("double", Codecs.float64(), -0.0),
                new Sample<>("char", Codecs.character(), 'ß'),
                new Sample<>("uuid", Codecs.uuid(), uuid),
                new Sample<>("instant", Codecs.instant(), instant),
                new Sample<>("bytes", Codecs.bytes(), new byte[] {0, 1, -1}),
                new Sample<>("enum", Codecs.enumeration(Colour.class), Colour.BLUE),
                new Sample<>("record", Codecs.record(Order.class), order),
                new Sample<>("record-sparse", Codecs.record(Order.class), sparse),
                new Sample<>("record-cut", Codecs.record(Long1.class), longOne),
                new Sample<>("ordered-string", OrderedCodecs.of(String.class), "süß"),
                new Sample<>("ordered-boolean", OrderedCodecs.of(Boolean.class), true),
                new Sample<>("ordered-byte", OrderedCodecs.of(Byte.class), (byte) -2),
                new Sample<>("ordered-short", OrderedCodecs.of(Short.class), (short) 300),
                new Sample<>("ordered-int", OrderedCodecs.of(Integer.class), -70_000),
                new Sample<>("ordered-long", OrderedCodecs.of(Long.class), 1L << 40),
                new Sample<>("ordered-float", OrderedCodecs.of(Float.class), 1.5f),
                new Sample<>("ordered-double", OrderedCodecs.of(Double.class), -0.0),
                new Sample<>("ordered-char", OrderedCodecs.of(Character.class), 'ß'),
                new Sample<>("ordered-uuid", OrderedCodecs.of(UUID.class), uuid),
                new Sample<>("ordered-instant", OrderedCodecs.of(Instant.class), instant),
                new Sample<>("ordered-date", OrderedCodecs.of(LocalDate.class), LocalDate.of(2024, 2, 29)),
                new Sample<>("ordered-time", OrderedCodecs.of(LocalTime.class), LocalTime.of(23, 59, 1)),
                new Sample<>(
                        "ordered-datetime",
                        OrderedCodecs.of(LocalDateTime.class),
                        LocalDateTime.of(1969, 7, 20, 20, 17)),
                new Sample<>("ordered-bytes", OrderedCodecs.bytes(), new byte[] {0, 1, -1}),
                new Sample<>("ordered-biginteger", OrderedCodecs.of(BigInteger.class), BigInteger.TEN.pow(30)),
                new Sample<>("ordered-bigdecimal", OrderedCodecs.of(BigDecimal.class), new BigDecimal("-12.5")),
                new Sample<>("ordered-enum", OrderedCodecs.of(Colour.class), Colour.BLUE),
                new Sample<>("ordered-record", OrderedCodecs.of(Sensor.class), sensor),
                new Sample<>("ordered-record-cut", OrderedCodecs.of(Long1.class), longOne));
    }
}
