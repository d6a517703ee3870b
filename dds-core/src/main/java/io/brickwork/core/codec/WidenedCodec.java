package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;

/**
 * A number in a structure that was created with a narrower type. Each number is written in the narrowest type that
 * holds it, from the stored one up: so equal numbers have equal bytes whichever type a program has, and a program with
 * a narrower type refuses what it has no room for.
 */
final class WidenedCodec<T> extends PlainCodec<T> {
    private final PlainCodec<T> mine;
    private final String storedLeaf;

    WidenedCodec(PlainCodec<T> mine, String storedLeaf) {
        super(mine.shape(), mine.type());
        this.mine = mine;
        this.storedLeaf = storedLeaf;
    }

    @Override
    public Compatibility<T> compatibility(String storedName, CodecUse use) {
        return mine.compatibility(storedName, use);
    }

    @Override
    void write(ByteWriter writer, T value) {
        for (String leaf : Leaves.ladder(storedLeaf)) {
            Object narrowed = leaf.equals(mine.name()) ? value : Leaves.convert(value, leaf);
            if (narrowed != null) {
                Leaves.write(leaf, writer, narrowed);
                return;
            }
        }
        throw new IllegalArgumentException(value + " is no " + mine.words());
    }

    @Override
    T read(ByteReader reader) {
        return decode(reader.raw(reader.remaining()));
    }

    @Override
    public T decode(Bytes bytes) {
        for (String leaf : Leaves.ladder(storedLeaf)) {
            Object number = Leaves.readIfSized(leaf, bytes);
            Object converted =
                    number == null || leaf.equals(mine.name()) ? number : Leaves.convert(number, mine.name());
            if (converted != null) {
                T value = type().cast(converted);
                if (encode(value).equals(bytes)) {
                    return value;
                }
            }
        }
        throw new MalformedException("%d bytes are not how a %s is stored".formatted(bytes.length(), mine.words()));
    }
}
