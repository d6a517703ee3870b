package io.brickwork.core.codec;

import io.brickwork.core.Bytes;

/**
 * Turns a user's objects into bytes and back. Equal objects must give equal bytes, if they are to be used as keys or compared: a brick knows only bytes.
 *
 * <p>Safe for use from any thread.
 *
 * @param <T> never null
 */
public interface Codec<T> {
    /** Name and version as stored with the structure, such as {@code "string/1"}. Two codecs with the same name read each other's bytes. */
    String name();

    /** The class of the objects, for messages. */
    Class<T> type();

    /**
     * @throws io.brickwork.core.DdsException.Unregistered if the object holds one of a class that nothing is registered for
     * @throws IllegalArgumentException if the object cannot be encoded
     */
    Bytes encode(T value);

    /**
     * @throws io.brickwork.core.wire.MalformedException if the bytes are not what {@link #encode} makes
     */
    T decode(Bytes bytes);

    /**
     * The codec of the same name to be used for keys. Keys are found by their bytes: its {@link #encode} gives the same bytes for an object for ever, while that of this codec may go over to newer ones, as long as
     * {@link #decode} reads the older.
     */
    default Codec<T> forKeys() {
        return this;
    }

    /** Whether an object that is stored may have other bytes than {@link #encode} gives for an equal one, since an older version of the codec or of the class wrote them. */
    default boolean mayHaveOtherBytes() {
        return false;
    }
}
