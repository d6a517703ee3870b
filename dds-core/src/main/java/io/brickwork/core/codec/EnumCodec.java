package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.wire.MalformedException;
import java.util.TreeMap;

/**
 * An enum constant as its name: constants may be added and moved about, but not renamed or removed while they are stored.
 */
final class EnumCodec<E extends Enum<E>> extends PlainCodec.Run<E> {
    private final TreeMap<String, E> constants = new TreeMap<>();

    EnumCodec(Class<E> type) {
        super(Codecs.fittingName("enum:", type, ""), type);
        for (E constant : type.getEnumConstants()) {
            constants.put(constant.name(), constant);
        }
    }

    @Override
    public Bytes encode(E value) {
        return Bytes.utf8(value.name());
    }

    @Override
    public E decode(Bytes bytes) {
        E constant = constants.get(bytes.toUtf8());
        // Compared again, because text that is not UTF-8 may read as a name that has a replacement character.
        if (constant == null || !encode(constant).equals(bytes)) {
            throw new MalformedException("enum " + type().getName() + " has no constant '" + bytes.toUtf8() + "'");
        }
        return constant;
    }
}
