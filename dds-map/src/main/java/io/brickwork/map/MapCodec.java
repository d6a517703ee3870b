package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A codec as one map uses it, for its keys or for its values: checks what goes in and what comes out, and names the map
 * where it refuses something.
 *
 * @param codec that encodes
 * @param what "key" or "value"
 * @param limitBytes how long an encoded one may be, for messages: that the limit is kept is for the codec and
 *     {@link MapOperations} to see to
 * @param operations of the map
 */
record MapCodec<T>(Codec<T> codec, String what, int limitBytes, MapOperations operations) {
    static <K> MapCodec<K> ofKeys(Codec<K> codec, MapOperations operations) {
        return new MapCodec<>(codec, "key", Limits.KEY_BYTES, operations);
    }

    static <V> MapCodec<V> ofValues(Codec<V> codec, MapOperations operations) {
        return new MapCodec<>(codec, "value", Limits.VALUE_BYTES, operations);
    }

    /** What is to be stored. */
    Bytes encode(@Nullable T object) {
        if (object == null) {
            throw aNull();
        }
        if (!codec.type().isInstance(object)) {
            throw new ClassCastException("a %s of %s is a %s, not a %s"
                    .formatted(
                            what,
                            operations.describe(),
                            codec.type().getName(),
                            object.getClass().getName()));
        }
        return encodeWithin(object);
    }

    /** What is looked for; empty if it is of another class, so that it cannot be there. */
    Optional<Bytes> sought(@Nullable Object object) {
        if (object == null) {
            throw aNull();
        }
        return codec.type().isInstance(object)
                ? Optional.of(encodeWithin(codec.type().cast(object)))
                : Optional.empty();
    }

    /** Codecs stop at the limit of a value and do not know for whom they encode. */
    private Bytes encodeWithin(T object) {
        try {
            return codec.encode(object);
        } catch (DdsException.TooLarge large) {
            throw large.of("a " + what + " of " + operations.describe(), limitBytes);
        }
    }

    /**
     * What was stored.
     *
     * @param key of the record, for messages
     */
    T decode(Bytes key, Bytes bytes) {
        try {
            T decoded = codec.decode(bytes);
            if (!codec.type().isInstance(decoded)) {
                throw new MalformedException("it has made %s of it, not a %s"
                        .formatted(
                                decoded == null
                                        ? "null"
                                        : "a " + decoded.getClass().getName(),
                                codec.type().getName()));
            }
            return decoded;
        } catch (DdsException told) {
            throw told;
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            throw new DdsException.Corrupted(
                    "a %s of %s (key bytes %s) is not what codec %s writes: %s"
                            .formatted(
                                    what,
                                    operations.describe(),
                                    key,
                                    codec.name(),
                                    e instanceof MalformedException ? e.getMessage() : e),
                    e);
        }
    }

    /** Whether the bytes that are stored stand for the same as those that would be stored. */
    boolean isSame(Bytes stored, Bytes encoded) {
        if (stored.equals(encoded)) {
            return true;
        }
        try {
            return codec.mayHaveOtherBytes()
                    && codec.encode(codec.decode(stored)).equals(encoded);
        } catch (MalformedException | IllegalArgumentException e) {
            return false; // what cannot be read is not the same
        }
    }

    private NullPointerException aNull() {
        return new NullPointerException("a " + what + " of " + operations.describe() + " is null");
    }
}
