package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.wire.ByteReader;
import io.brickwork.core.wire.ByteWriter;
import io.brickwork.core.wire.MalformedException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as its components, in the order of its header. A component of a reference type may be null: a byte before it says whether it is there.
 *
 * <p>Reads through the accessors and builds with the canonical constructor, so what a constructor refuses is malformed. The codec's name lists the components by name and
 * codec: a record of another shape is another type.
 */
final class RecordCodec<T extends Record> extends PlainCodec<T> {
    private final List<Component> components;
    /** Of type (Object[])Object. */
    private final MethodHandle constructor;

    private RecordCodec(String name, Class<T> type, List<Component> components, MethodHandle constructor) {
        super(name, type);
        this.components = List.copyOf(components);
        this.constructor = constructor;
    }

    /**
     * @param codecs those of the components, in order
     * @throws IllegalArgumentException if the record's module does not let its constructor and accessors be called
     */
    static <T extends Record> RecordCodec<T> of(Class<T> type, List<PlainCodec<?>> codecs) {
        RecordComponent[] header = type.getRecordComponents();
        Class<?>[] parameters = new Class<?>[header.length];
        Component[] components = new Component[header.length];
        StringBuilder shape = new StringBuilder("(");
        try {
            for (int i = 0; i < header.length; i++) {
                parameters[i] = header[i].getType();
                MethodHandle accessor = MethodHandles.lookup()
                        .unreflect(opened(header[i].getAccessor()))
                        .asType(MethodType.methodType(Object.class, Object.class));
                @SuppressWarnings("unchecked") // the codec was looked up for the component's own type
                PlainCodec<Object> codec = (PlainCodec<Object>) codecs.get(i);
                components[i] = new Component(header[i].getName(), codec, accessor, parameters[i].isPrimitive());
                shape.append(i == 0 ? "" : ",")
                        .append(header[i].getName())
                        .append(':')
                        .append(parameters[i].isPrimitive() ? "!" : "")
                        .append(codec.name());
            }
            MethodHandle constructor = MethodHandles.lookup()
                    .unreflectConstructor(opened(type.getDeclaredConstructor(parameters)))
                    .asSpreader(Object[].class, header.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new RecordCodec<>(
                    Codecs.fittingName("record:", type, shape.append(')').toString()),
                    type,
                    List.of(components),
                    constructor);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new IllegalArgumentException(
                    "the constructor and accessors of record %s cannot be called; open its package to this module"
                            .formatted(type.getName()),
                    e);
        }
    }

    @Override
    void write(ByteWriter writer, T value) {
        for (Component component : components) {
            component.write(writer, value);
        }
    }

    /** What the bytes of all records begin with whose first components are these. */
    Bytes prefix(@Nullable Object... leading) {
        if (leading.length > components.size()) {
            throw new IllegalArgumentException("record %s has %d components, not %d"
                    .formatted(type().getName(), components.size(), leading.length));
        }
        ByteWriter writer = new ByteWriter(32);
        for (int i = 0; i < leading.length; i++) {
            components.get(i).writeValue(writer, leading[i]);
        }
        return writer.toBytes();
    }

    @Override
    T read(ByteReader reader) {
        @Nullable Object[] values = new Object[components.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = components.get(i).read(reader);
        }
        try {
            return type().cast((Object) constructor.invokeExact(values));
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new MalformedException("record " + type().getName() + " refuses these components: " + e, e);
        }
    }

    private static <A extends AccessibleObject> A opened(A member) {
        member.setAccessible(true);
        return member;
    }

    /** @param accessor of type (Object)Object */
    private record Component(String name, PlainCodec<Object> codec, MethodHandle accessor, boolean isPrimitive) {
        void write(ByteWriter writer, Object owner) {
            writeValue(writer, valueIn(owner));
        }

        void writeValue(ByteWriter writer, @Nullable Object value) {
            if (value == null ? isPrimitive : !codec.type().isInstance(value)) {
                throw new IllegalArgumentException("component %s is a %s; %s is not"
                        .formatted(name, codec.type().getName(), value));
            }
            if (!isPrimitive) {
                writer.bool(value != null);
            }
            if (value != null) {
                codec.write(writer, value);
            }
        }

        @Nullable
        Object read(ByteReader reader) {
            return isPrimitive || reader.bool("presence of " + name) ? codec.read(reader) : null;
        }

        private @Nullable Object valueIn(Object owner) {
            try {
                return (Object) accessor.invokeExact(owner);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalArgumentException("component " + name + " cannot be read: " + e, e);
            }
        }
    }
}
