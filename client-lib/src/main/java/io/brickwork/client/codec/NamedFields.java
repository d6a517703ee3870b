package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.brickwork.client.codec.ClassFields.StoredField;
import io.brickwork.core.bytes.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one registered class or record by the names of their fields, which may come and go while objects are
 * stored ({@link Schema}).
 *
 * <p>Bytes: the fields in the order of the schema. A primitive one is its value; any other is the number of its
 * object's class (0 for null), the length of what follows, and what that class's serializer writes. The length lets a
 * reader skip a field that its class lacks, even if it holds objects of classes that the reader does not know. One
 * instance belongs to one {@link StrictKryo}.
 */
final class NamedFields<T> extends Serializer<T> {
    private final int id;
    private final ClassFields fields;
    private final Set<String> formerNames;
    private final byte[] schemaBytes;
    /** The schema that was read last, and its bytes: most objects of a table have the same. */
    private byte[] lastBytes = {};

    private @Nullable Schema lastSchema;

    NamedFields(int id, ClassFields fields, Set<String> formerNames) {
        this.id = id;
        this.fields = fields;
        this.formerNames = formerNames;
        Output output = new Output(64, -1);
        Schema.write(output, fields);
        schemaBytes = output.toBytes();
    }

    int id() {
        return id;
    }

    byte[] schemaBytes() {
        return schemaBytes;
    }

    /** The schema that begins here. */
    Schema schema(BoundedInput input, int length) {
        if (lastSchema != null && input.holds(lastBytes, length)) {
            input.setPosition(input.position() + length);
            return lastSchema;
        }
        byte[] bytes = input.ahead(length);
        Schema schema = Schema.read(input, fields, formerNames);
        lastBytes = bytes;
        lastSchema = schema;
        return schema;
    }

    @Override
    public void write(Kryo kryo, Output output, T object) {
        BoundedOutput out = (BoundedOutput) output;
        out.needSecondFormat();
        ((StrictKryo) kryo).schemas().note(this);
        for (StoredField field : fields.fields()) {
            Object value = field.get(object);
            if (field.type().isPrimitive()) {
                writePrimitive(out, value);
            } else if (value == null) {
                out.writeByte(Kryo.NULL);
            } else {
                String violation = DeclaredTypes.violation(field.genericType(), value);
                if (violation != null) {
                    throw new IllegalArgumentException("field %s of class %s holds %s"
                            .formatted(field.name(), fields.type().getName(), violation));
                }
                Registration registration = kryo.writeClass(out, value.getClass());
                int start = out.beginSized();
                kryo.writeObject(out, value, registration.getSerializer());
                out.endSized(start);
            }
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public T read(Kryo kryo, Input input, Class<? extends T> type) {
        BoundedInput in = (BoundedInput) input;
        Schema schema = ((StrictKryo) kryo).schemas().of(this);
        if (schema == null) {
            throw new MalformedException(
                    "the schema of class %s is missing".formatted(fields.type().getName()));
        }
        List<StoredField> own = fields.fields();
        @Nullable Object[] values = new @Nullable Object[own.size()];
        boolean[] isGiven = new boolean[own.size()];
        for (Schema.Column column : schema.columns()) {
            int target = column.target();
            StoredField field = target < 0 ? null : own.get(target);
            Object value = column.type() == Schema.REFERENCE
                    ? readReference(kryo, in, column, field)
                    : readPrimitive(in, column.type());
            if (field != null) {
                values[target] = value == null ? null : Conversions.convert(value, field.type());
                isGiven[target] = true;
            }
        }
        return (T) fields.make(values, isGiven);
    }

    private static void writePrimitive(BoundedOutput out, @Nullable Object value) {
        switch (value) {
            case Boolean flag -> out.writeBoolean(flag);
            case Byte small -> out.writeByte(small);
            case Character letter -> out.writeChar(letter);
            case Short number -> out.writeShort(number);
            case Integer number -> out.writeInt(number, false);
            case Long number -> out.writeVarLong(number, false);
            case Float number -> out.writeFloat(number);
            case Double number -> out.writeDouble(number);
            case null, default -> throw new IllegalStateException("not a primitive: " + value);
        }
    }

    private static Object readPrimitive(BoundedInput in, char type) {
        return switch (type) {
            case 'Z' -> in.readBoolean();
            case 'B' -> in.readByte();
            case 'C' -> in.readChar();
            case 'S' -> in.readShort();
            case 'I' -> in.readInt(false);
            case 'J' -> in.readVarLong(false);
            case 'F' -> in.readFloat();
            case 'D' -> in.readDouble();
            default -> throw new MalformedException("type " + type + " of a field is unknown");
        };
    }

    @SuppressWarnings("unchecked")
    private @Nullable Object readReference(
            Kryo kryo, BoundedInput in, Schema.Column column, @Nullable StoredField field) {
        int classId = in.readClassId();
        if (classId == Kryo.NULL) {
            if (field != null && field.type().isPrimitive()) {
                throw new MalformedException("field %s of class %s was stored as null and is %s"
                        .formatted(
                                column.name(),
                                fields.type().getName(),
                                field.type().getName()));
            }
            return null;
        }
        int end = in.end(in.readInt(true));
        if (field == null) {
            in.setPosition(end);
            return null;
        }
        Registration registration = kryo.getRegistration(classId - RegisteredClasses.FIRST_ID);
        if (registration == null) {
            throw new MalformedException(
                    "field %s of class %s holds an object for which no class is registered with id %d"
                            .formatted(column.name(), fields.type().getName(), classId - RegisteredClasses.FIRST_ID));
        }
        Object value = kryo.readObject(in, registration.getType(), registration.getSerializer());
        if (in.position() != end) {
            throw new MalformedException("field %s of class %s ends at byte %d, not at %d"
                    .formatted(column.name(), fields.type().getName(), in.position(), end));
        }
        if (value == null || !Conversions.fits(value.getClass(), field.type())) {
            throw wrongType(
                    field,
                    value == null
                            ? "null"
                            : "an object of class " + value.getClass().getName());
        }
        String violation = DeclaredTypes.violation(field.genericType(), value);
        if (violation != null) {
            throw wrongType(field, violation);
        }
        return value;
    }

    private MalformedException wrongType(StoredField field, String stored) {
        return new MalformedException(
                "field %s of class %s is %s and was stored as %s; a field may not change its type: give the new one another name"
                        .formatted(
                                field.name(),
                                fields.type().getName(),
                                field.genericType().getTypeName(),
                                stored));
    }

    @Override
    public String toString() {
        return "fields of " + fields.type().getName() + " "
                + Arrays.toString(fields.fields().toArray());
    }
}
