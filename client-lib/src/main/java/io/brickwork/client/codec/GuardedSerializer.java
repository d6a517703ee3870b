package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import org.jspecify.annotations.Nullable;

/**
 * A serializer that is not trusted: what it writes is read back before it is stored, or nothing may be stored at all.
 */
final class GuardedSerializer<T> extends Serializer<T> {
    private final Serializer<T> serializer;
    private final @Nullable String refusal;

    GuardedSerializer(Serializer<T> serializer, @Nullable String refusal) {
        this.serializer = serializer;
        this.refusal = refusal;
        setAcceptsNull(serializer.getAcceptsNull());
    }

    @Override
    public void write(Kryo kryo, Output output, T object) {
        if (refusal != null && object != null) {
            throw new IllegalArgumentException(refusal);
        }
        ((BoundedOutput) output).needProof();
        serializer.write(kryo, output, object);
    }

    @Override
    public T read(Kryo kryo, Input input, Class<? extends T> type) {
        return serializer.read(kryo, input, type);
    }
}
