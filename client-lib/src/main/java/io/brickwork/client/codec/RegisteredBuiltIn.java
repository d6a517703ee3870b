package io.brickwork.client.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.CodecUse;
import io.brickwork.core.codec.Compatibility;

/**
 * The built-in codec of a class that is also registered for Kryo: new structures have the built-in one; those that were
 * created when the class needed Kryo, since it had another component, say, are read by Kryo.
 */
record RegisteredBuiltIn<T>(Codec<T> builtIn, KryoCodec<T> kryo) implements Codec<T> {
    @Override
    public String name() {
        return builtIn.name();
    }

    @Override
    public Class<T> type() {
        return builtIn.type();
    }

    @Override
    public Bytes encode(T value) {
        return builtIn.encode(value);
    }

    @Override
    public T decode(Bytes bytes) {
        return builtIn.decode(bytes);
    }

    @Override
    public Compatibility<T> compatibility(String storedName, CodecUse use) {
        return KryoNames.isKryo(storedName)
                ? kryo.compatibility(storedName, use)
                : builtIn.compatibility(storedName, use);
    }

    @Override
    public Codec<T> forKeys() {
        return new RegisteredBuiltIn<>(builtIn.forKeys(), kryo);
    }

    @Override
    public boolean mayHaveOtherBytes() {
        return builtIn.mayHaveOtherBytes();
    }

    @Override
    public String words() {
        return builtIn.words();
    }
}
