package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.serializers.ImmutableSerializer;
import io.brickwork.core.bytes.MalformedException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The constants of one enum by their names, so that they may be added to and put in another order. */
final class EnumNames extends ImmutableSerializer<Enum<?>> {
    private final Class<?> type;

    EnumNames(Class<?> type) {
        this.type = type;
    }

    @Override
    public void write(Kryo kryo, Output output, Enum<?> constant) {
        output.writeString(constant.name());
    }

    @Override
    public Enum<?> read(Kryo kryo, Input input, Class<? extends Enum<?>> ignored) {
        return constant(type, input.readString());
    }

    /** @throws MalformedException if the enum has no such constant */
    static Enum<?> constant(Class<?> type, @Nullable String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return (Enum<?>) constant;
            }
        }
        throw new MalformedException(
                "enum %s has no constant '%s', which is stored; it has %s: a constant that is stored must stay, under its name"
                        .formatted(type.getName(), name, Arrays.toString(type.getEnumConstants())));
    }
}
