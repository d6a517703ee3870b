package io.brickwork.core.codec;

import io.brickwork.core.Bytes;

/**
 * Turns a user's objects into bytes and back. Equal objects must give equal bytes, if they are to be used as keys or
 * compared: a brick knows only bytes.
 *
 * <p>Safe for use from any thread.
 *
 * @param <T> never null
 */
public interface Codec<T> {
    /**
     * Name and version as stored with the structure, such as {@code "string/1"}: what a reader must know of the bytes,
     * and nothing else, so no names of classes. Two codecs with the same name read each other's bytes. At most
     * {@link io.brickwork.core.Limits#CODEC_NAME_CHARS} characters.
     */
    String name();

    /** The class of the objects, for messages. */
    Class<T> type();

    /**
     * @throws io.brickwork.core.DdsException.Unregistered if the object holds one of a class that nothing is registered
     *     for
     * @throws IllegalArgumentException if the object cannot be encoded
     */
    Bytes encode(T value);

    /** @throws io.brickwork.core.bytes.MalformedException if the bytes are not what {@link #encode} makes */
    T decode(Bytes bytes);

    /**
     * The codec of the same name to be used for keys. Keys are found by their bytes: its {@link #encode} gives the same
     * bytes for an object for ever, while that of this codec may go over to newer ones, as long as {@link #decode}
     * reads the older.
     */
    default Codec<T> forKeys() {
        return this;
    }

    /**
     * Whether an object that is stored may have other bytes than {@link #encode} gives for an equal one, since an older
     * version of the codec or of the class wrote them.
     */
    default boolean mayHaveOtherBytes() {
        return false;
    }

    /**
     * Whether this codec, or another one of the same type, can be used with a structure that was created with a codec
     * of a given name. Override it to go on reading what older versions of a codec wrote.
     *
     * @param storedName the codec's name in the catalog
     */
    default Compatibility<T> compatibility(String storedName, CodecUse use) {
        return storedName.equals(name())
                ? new Compatibility.Readable<>(this)
                : new Compatibility.Refused<>(
                        "%s is stored with codec '%s', and codec '%s' reads only its own bytes: open it with the codec that it was created with, and copy into a new structure"
                                .formatted(use == CodecUse.VALUE ? "a value" : "a key", storedName, name()));
    }

    /** What it encodes, for messages. */
    default String words() {
        return "%s (codec %s)".formatted(type().getSimpleName(), name());
    }
}
