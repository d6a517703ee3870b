package io.brickwork.client.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.CodecUse;
import io.brickwork.core.codec.Compatibility;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one class and its subclasses, by Kryo: the id of the object's own class, then what its serializer writes.
 * {@link Schemas} precede that if it is of the second format ({@link StrictKryo}); both formats are read.
 */
final class KryoCodec<T> implements Codec<T> {
    private final CodecRegistry registry;
    private final Class<T> type;
    /** Keys are found by their bytes, so those stay what they are wherever they hold the object. */
    private final boolean isForKeys;

    KryoCodec(CodecRegistry registry, Class<T> type) {
        this(registry, type, false);
    }

    private KryoCodec(CodecRegistry registry, Class<T> type, boolean isForKeys) {
        this.registry = registry;
        this.type = type;
        this.isForKeys = isForKeys;
    }

    @Override
    public Codec<T> forKeys() {
        return isForKeys ? this : new KryoCodec<>(registry, type, true);
    }

    @Override
    public String name() {
        return KryoNames.of(registry, type);
    }

    @Override
    public Compatibility<T> compatibility(String storedName, CodecUse use) {
        String problem = KryoNames.problem(registry, type, storedName);
        return problem == null ? new Compatibility.Readable<>(this) : new Compatibility.Refused<>(problem);
    }

    @Override
    public String words() {
        return KryoNames.words(registry, type);
    }

    @Override
    public Class<T> type() {
        return type;
    }

    @Override
    public boolean mayHaveOtherBytes() {
        return true;
    }

    @Override
    public Bytes encode(T value) {
        if (isForKeys) {
            Bytes first = inFirstFormat(value);
            if (first != null) {
                return first;
            }
        }
        return encode(value, StrictKryo.Format.SECOND);
    }

    /** Null if the first format does not hold the object. */
    private @Nullable Bytes inFirstFormat(T key) {
        try {
            Bytes bytes = encode(key, StrictKryo.Format.FIRST);
            return bytes.length() > 0 && bytes.at(0) == Schemas.MARK ? null : bytes;
        } catch (IllegalArgumentException e) {
            return null; // if it is the object's fault, the second format says so, too
        }
    }

    private Bytes encode(T value, StrictKryo.Format format) {
        StrictKryo kryo = registry.take(format);
        Bytes bytes;
        boolean needsProof;
        try {
            kryo.begin();
            kryo.output.begin();
            kryo.writeClassAndObject(kryo.output, value);
            boolean isDiscarded = format == StrictKryo.Format.FIRST && kryo.output.isSecondFormat();
            needsProof = kryo.output.needsProof() && !isDiscarded;
            Bytes body = kryo.output.end();
            bytes = kryo.output.isSecondFormat() ? kryo.schemas().head().concat(body) : body;
        } catch (DdsException | IllegalArgumentException e) {
            giveFailed(kryo);
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            // After the end of the stack nobody knows what was left half done: that instance is not used again.
            if (e instanceof RuntimeException) {
                giveFailed(kryo);
            }
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof DdsException || cause instanceof IllegalArgumentException) {
                    throw (RuntimeException) cause; // Kryo's serializers wrap what is thrown within them
                }
            }
            throw new IllegalArgumentException(
                    "an object of class %s cannot be encoded; does it contain itself? %s"
                            .formatted(value.getClass().getName(), e),
                    e);
        }
        registry.give(kryo);
        if (needsProof) {
            prove(value, bytes);
        }
        return bytes;
    }

    /**
     * Making another instance costs as much as a thousand small objects, and bytes that are not ours must not cost more
     * than others.
     */
    private void giveFailed(StrictKryo kryo) {
        kryo.forget();
        registry.give(kryo);
    }

    private void prove(T value, Bytes bytes) {
        try {
            decode(bytes);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(
                    "an object of class %s cannot be stored, since it could not be read: %s; has it a constructor without arguments? If not, make it a class that has such an object in a field"
                            .formatted(value.getClass().getName(), e.getMessage()),
                    e);
        }
    }

    @Override
    public T decode(Bytes bytes) {
        boolean isSecond = bytes.length() > 0 && bytes.at(0) == Schemas.MARK;
        StrictKryo kryo = registry.take(isSecond ? StrictKryo.Format.SECOND : StrictKryo.Format.FIRST);
        Object value;
        int left;
        try {
            kryo.begin();
            kryo.input.begin(bytes);
            if (isSecond) {
                kryo.input.readByte();
                kryo.schemas().readHead(kryo, kryo.input);
            }
            value = kryo.readClassAndObject(kryo.input);
            left = kryo.input.remaining();
        } catch (RuntimeException | StackOverflowError e) {
            MalformedException malformed = new MalformedException(
                    "%d bytes are not an object of class %s: %s%s"
                            .formatted(bytes.length(), type.getName(), reason(e), kryo.unknownFields()),
                    e);
            if (e instanceof RuntimeException) {
                giveFailed(kryo);
            }
            throw malformed;
        }
        if (left != 0) {
            throw new MalformedException(
                    "%d bytes follow the object of class %s%s".formatted(left, type.getName(), kryo.unknownFields()));
        }
        registry.give(kryo);
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

    /** What the innermost of our own failures says, which Kryo wraps; else the failure. */
    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MalformedException && cause.getMessage() != null) {
                return cause.getMessage();
            }
        }
        return failure.toString();
    }

    @Override
    public String toString() {
        return name();
    }
}
