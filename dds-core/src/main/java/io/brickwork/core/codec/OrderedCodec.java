package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A codec of keys whose bytes sort as the keys do: unsigned, byte by byte, a prefix first. What an ordered structure
 * needs, since bricks know only bytes. {@link OrderedCodecs} has those that are built in.
 *
 * @param <T> never null
 */
public interface OrderedCodec<T> extends Codec<T> {
    /** The order of the keys, as that of a {@link java.util.SortedMap}: null if it is the natural one. */
    default @Nullable Comparator<? super T> comparator() {
        return Comparator.comparing(this::encode);
    }

    /**
     * What the bytes of all keys begin with whose leading part is this: for text its first characters, for a record its
     * first components.
     *
     * @throws IllegalArgumentException if such keys have no leading parts, or not these
     */
    default Bytes prefix(@Nullable Object... leading) {
        throw new IllegalArgumentException(
                "keys of " + type().getName() + " have no leading parts; text, byte arrays and records do");
    }
}
