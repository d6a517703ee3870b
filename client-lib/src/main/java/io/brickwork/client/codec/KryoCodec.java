package io.brickwork.client.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/** Objects of one class and its subclasses, by Kryo: the id of the object's own class, then what its serializer writes. */
final class KryoCodec<T> implements Codec<T> {
    private final CodecRegistry registry;
    private final Class<T> type;

    KryoCodec(CodecRegistry registry, Class<T> type) {
        this.registry = registry;
        this.type = type;
    }

    @Override
    public String name() {
        return "kryo/1:" + type.getName();
    }

    @Override
    public Class<T> type() {
        return type;
    }

    @Override
    public Bytes encode(T value) {
        // An instance that has failed is not used again: it may be in the middle of something.
        StrictKryo kryo = registry.take();
        Bytes bytes;
        try {
            kryo.output.begin();
            kryo.writeClassAndObject(kryo.output, value);
            bytes = kryo.output.end();
        } catch (DdsException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            DdsException refused = refusedWithin(e);
            if (refused != null) {
                throw refused;
            }
            throw new IllegalArgumentException(
                    "an object of class %s cannot be encoded; does it contain itself? %s"
                            .formatted(value.getClass().getName(), e),
                    e);
        }
        registry.give(kryo);
        return bytes;
    }

    @Override
    public T decode(Bytes bytes) {
        StrictKryo kryo = registry.take();
        Object value;
        int left;
        try {
            kryo.input.begin(bytes);
            value = kryo.readClassAndObject(kryo.input);
            left = kryo.input.remaining();
        } catch (RuntimeException | StackOverflowError e) {
            throw new MalformedException(
                    "%d bytes are not an object of class %s: %s".formatted(bytes.length(), type.getName(), e), e);
        }
        registry.give(kryo);
        if (left != 0) {
            throw new MalformedException(left + " bytes follow the object of class " + type.getName());
        }
        if (!type.isInstance(value)) {
            throw new MalformedException("not an object of class %s, but %s"
                    .formatted(
                            type.getName(),
                            value == null
                                    ? "null"
                                    : "one of " + value.getClass().getName()));
        }
        return type.cast(value);
    }

    @Override
    public String toString() {
        return name();
    }

    /** Kryo's serializers wrap what is thrown within them. */
    private static @Nullable DdsException refusedWithin(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DdsException refused) {
                return refused;
            }
        }
        return null;
    }
}
