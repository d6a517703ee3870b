package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;

/**
 * A built-in codec. Beside the whole of {@link #encode} it can write a value <em>within</em> others, so that the reader
 * knows where it ends: that is how records hold them.
 *
 * @param <T> never null
 */
abstract class PlainCodec<T> implements Codec<T> {
    private final Shape shape;
    private final String name;
    private final Class<T> type;

    /** A codec of a type without parts. */
    PlainCodec(String name, Class<T> type) {
        this(new Shape.Leaf(name, type.getSimpleName()), type);
    }

    PlainCodec(Shape shape, Class<T> type) {
        this.shape = shape;
        this.name = shape.name();
        this.type = type;
    }

    final Shape shape() {
        return shape;
    }

    /** Writes the value so that {@link #read} finds its end. */
    abstract void write(ByteWriter writer, T value);

    /** Reads what {@link #write} wrote; throws {@link MalformedException} and nothing else. */
    abstract T read(ByteReader reader);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Class<T> type() {
        return type;
    }

    @Override
    public Bytes encode(T value) {
        ByteWriter writer = ByteWriter.bounded(32, Limits.VALUE_BYTES, "a " + type.getSimpleName());
        write(writer, value);
        return writer.toBytes();
    }

    @Override
    public T decode(Bytes bytes) {
        ByteReader reader = new ByteReader(bytes);
        T value = read(reader);
        if (reader.remaining() != 0) {
            throw new MalformedException(reader.remaining() + " bytes follow the " + name);
        }
        return value;
    }

    @Override
    public Compatibility<T> compatibility(String storedName, CodecUse use) {
        return Evolution.compatibility(this, storedName, use);
    }

    @Override
    public String words() {
        return shape.words();
    }

    @Override
    public final String toString() {
        return name;
    }

    /** A value that fills all the bytes there are; within a record it is preceded by its length. */
    abstract static class Run<T> extends PlainCodec<T> {
        Run(String name, Class<T> type) {
            super(name, type);
        }

        Run(Shape shape, Class<T> type) {
            super(shape, type);
        }

        @Override
        public abstract Bytes encode(T value);

        @Override
        public abstract T decode(Bytes bytes);

        @Override
        final void write(ByteWriter writer, T value) {
            writer.bytes(encode(value));
        }

        @Override
        final T read(ByteReader reader) {
            return decode(reader.bytes(name(), reader.remaining()));
        }
    }

    /**
     * A run that keeps its order within a record: each zero byte is followed by 0xFF, and the end is two zero bytes, so
     * that a shorter one comes first.
     */
    static final class Terminated<T> extends PlainCodec<T> {
        private static final int ESCAPED = 0xFF;

        private final Run<T> run;

        Terminated(String name, Run<T> run) {
            super(name, run.type());
            this.run = run;
        }

        @Override
        public Bytes encode(T value) {
            return run.encode(value);
        }

        @Override
        public T decode(Bytes bytes) {
            return run.decode(bytes);
        }

        @Override
        void write(ByteWriter writer, T value) {
            Bytes bytes = run.encode(value);
            for (int i = 0; i < bytes.length(); i++) {
                writer.u8(bytes.at(i));
                if (bytes.at(i) == 0) {
                    writer.u8(ESCAPED);
                }
            }
            writer.u8(0).u8(0);
        }

        @Override
        T read(ByteReader reader) {
            ByteWriter bytes = new ByteWriter(reader.remaining());
            while (true) {
                int next = reader.u8();
                if (next == 0) {
                    int mark = reader.u8();
                    if (mark == 0) {
                        return run.decode(bytes.toBytes());
                    }
                    if (mark != ESCAPED) {
                        throw new MalformedException("a zero byte within " + name() + " is followed by " + mark);
                    }
                }
                bytes.u8(next);
            }
        }
    }

    /** A value of one fixed size. */
    static final class Fixed<T> extends PlainCodec<T> {
        private final int bytes;
        private final Writing<T> writing;
        private final Reading<T> reading;

        Fixed(String name, Class<T> type, int bytes, Writing<T> writing, Reading<T> reading) {
            super(name, type);
            this.bytes = bytes;
            this.writing = writing;
            this.reading = reading;
        }

        @Override
        void write(ByteWriter writer, T value) {
            int before = writer.length();
            writing.write(writer, value);
            Check.invariant(writer.length() - before == bytes, "%s wrote other than %d bytes", name(), bytes);
        }

        @Override
        T read(ByteReader reader) {
            return reading.read(reader);
        }

        int sizeBytes() {
            return bytes;
        }

        /**
         * The value whose bytes are zeros: that is zero, or false, of each primitive type where it is not stored in
         * order.
         */
        T zero() {
            return read(new ByteReader(Bytes.wrap(new byte[bytes])));
        }

        @FunctionalInterface
        interface Writing<T> {
            void write(ByteWriter writer, T value);
        }

        @FunctionalInterface
        interface Reading<T> {
            T read(ByteReader reader);
        }
    }
}
