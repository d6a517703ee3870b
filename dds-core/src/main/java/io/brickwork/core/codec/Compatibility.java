package io.brickwork.core.codec;

/**
 * Whether a codec can be used with a structure whose catalog entry names another one, or the same one.
 *
 * @param <T> the type of the objects
 */
public sealed interface Compatibility<T> {
    /**
     * The structure can be used.
     *
     * @param codec reads everything that is stored, and writes so that those who opened the structure before can read
     *     it, or refuse it by name
     */
    record Readable<T>(Codec<T> codec) implements Compatibility<T> {}

    /**
     * The structure cannot be used.
     *
     * @param reason what is incompatible, and what to do
     */
    record Refused<T>(String reason) implements Compatibility<T> {}
}
