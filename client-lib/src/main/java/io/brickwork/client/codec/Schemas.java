package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of the classes whose objects are in one value. They precede the value, so that a field may be skipped
 * without a look at what it holds.
 *
 * <p>Bytes: {@link #MARK}, the number of schemas, and to each the class's id, its length in bytes, and the
 * {@link Schema}. One thread.
 */
final class Schemas {
    /** Begins a value of the second format. In the first, it would be the number of a class that there cannot be. */
    static final int MARK = 1;

    private static final int MAX_SCHEMAS = 65_535;

    /** The classes that were written, in the order in which they were met. */
    private final List<NamedFields<?>> written = new ArrayList<>();

    private final Map<NamedFields<?>, Schema> read = new HashMap<>();

    void begin() {
        written.clear();
        read.clear();
    }

    /** Notes that an object of this class is written. */
    void note(NamedFields<?> serializer) {
        // Few classes are in one value.
        for (int i = 0; i < written.size(); i++) {
            if (written.get(i) == serializer) {
                return;
            }
        }
        written.add(serializer);
    }

    /** What precedes the value. */
    Bytes head() {
        Output output = new Output(64, -1);
        output.writeByte(MARK);
        output.writeVarInt(written.size(), true);
        for (NamedFields<?> serializer : written) {
            output.writeVarInt(serializer.id(), true);
            byte[] schema = serializer.schemaBytes();
            output.writeVarInt(schema.length, true);
            output.writeBytes(schema);
        }
        return Bytes.wrap(output.toBytes());
    }

    /** Reads what follows the mark. */
    void readHead(StrictKryo kryo, BoundedInput input) {
        int count = input.readInt(true);
        if (count < 0 || count > Math.min(input.remaining(), MAX_SCHEMAS)) {
            throw new MalformedException(count + " schemas are claimed");
        }
        for (int i = 0; i < count; i++) {
            int id = input.readInt(true);
            int length = input.readInt(true);
            int end = input.end(length);
            Registration registration = kryo.getRegistration(id);
            if (registration != null && registration.getSerializer() instanceof NamedFields<?> serializer) {
                Schema schema = serializer.schema(input, length);
                if (input.position() != end || read.put(serializer, schema) != null) {
                    throw new MalformedException("a schema of class id " + id + " is damaged or repeated");
                }
            }
            // Of other classes there may be objects in fields that are skipped.
            input.setPosition(end);
        }
    }

    /** The schema of a class, if there is one. */
    @Nullable
    Schema of(NamedFields<?> serializer) {
        return read.get(serializer);
    }
}
