package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A built-in codec whose bytes sort as its objects do. */
final class OrderedPlain<T> implements OrderedCodec<T> {
    private final PlainCodec<T> codec;
    private final boolean isNatural;

    /** @param isNatural whether the objects are {@link Comparable} and sort as their bytes */
    OrderedPlain(PlainCodec<T> codec, boolean isNatural) {
        this.codec = codec;
        this.isNatural = isNatural;
    }

    PlainCodec<T> plain() {
        return codec;
    }

    @Override
    public String name() {
        return codec.name();
    }

    @Override
    public Class<T> type() {
        return codec.type();
    }

    @Override
    public Bytes encode(T value) {
        return codec.encode(value);
    }

    @Override
    public T decode(Bytes bytes) {
        return codec.decode(bytes);
    }

    @Override
    public Compatibility<T> compatibility(String storedName, CodecUse use) {
        return switch (codec.compatibility(storedName, use)) {
            case Compatibility.Readable<T>(PlainCodec<T> readable) ->
                new Compatibility.Readable<>(readable.equals(codec) ? this : new OrderedPlain<>(readable, isNatural));
            case Compatibility.Readable<T> other -> other;
            case Compatibility.Refused<T> refused -> refused;
        };
    }

    @Override
    public String words() {
        return codec.words();
    }

    @Override
    public @Nullable Comparator<? super T> comparator() {
        return isNatural ? null : OrderedCodec.super.comparator();
    }

    @Override
    public Bytes prefix(@Nullable Object... leading) {
        if (codec instanceof RecordCodec<?> record) {
            return record.prefix(leading);
        }
        boolean isRun = codec instanceof PlainCodec.Terminated<T> && leading.length == 1;
        return isRun && type().isInstance(leading[0])
                ? encode(type().cast(leading[0]))
                : OrderedCodec.super.prefix(leading);
    }

    @Override
    public String toString() {
        return name();
    }
}
