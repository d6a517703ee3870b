package io.brickwork.core.codec;

import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * An enum constant as its number, which sorts as the constants are declared.
 *
 * <p>The catalog lists the constants that an enum had when the structure was created. A constant that was appended
 * since is followed by a checksum of its name: if it has been replaced by another one at the same place, that is
 * noticed. All keys with that number have the same checksum, so it does not change their order.
 */
final class OrderedEnumCodec<T> extends PlainCodec<T> {
    private final Shape.Constants constants;
    private final T[] values;
    /** How many constants the catalog lists. */
    private final int listed;

    private OrderedEnumCodec(Class<T> type, Shape.Constants constants, int listed) {
        super(constants, type);
        this.constants = constants;
        this.values = type.getEnumConstants();
        this.listed = listed;
    }

    static <T> OrderedEnumCodec<T> of(Class<T> type) {
        return new OrderedEnumCodec<>(type, EnumCodec.shapeOf(type, true), Integer.MAX_VALUE);
    }

    /** The same for a structure whose catalog entry lists the first {@code count} constants. */
    OrderedEnumCodec<T> listed(int count) {
        return new OrderedEnumCodec<>(type(), constants, count);
    }

    @Override
    void write(ByteWriter writer, T value) {
        int ordinal = ((Enum<?>) value).ordinal();
        OrderedCodecs.u16(writer, ordinal);
        if (ordinal >= listed) {
            writer.fixed32(checksum(ordinal));
        }
    }

    @Override
    T read(ByteReader reader) {
        int ordinal = Codecs.u16(reader);
        if (ordinal >= values.length) {
            throw new MalformedException(
                    "enum %s has no constant number %d; was it removed, or is this an older program?"
                            .formatted(type().getName(), ordinal));
        }
        if (ordinal >= listed && reader.fixed32() != checksum(ordinal)) {
            throw new MalformedException(
                    "constant number %d of enum %s was not %s when this was stored; constants may be appended, and not moved"
                            .formatted(ordinal, type().getName(), values[ordinal]));
        }
        return values[ordinal];
    }

    private int checksum(int ordinal) {
        List<Shape.Constant> described = EnumCodec.described(constants);
        return checksum(described.get(ordinal).oldest());
    }

    static int checksum(String text) {
        CRC32C checksum = new CRC32C();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) checksum.getValue();
    }
}
