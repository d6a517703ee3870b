package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A record as its components, in the order of its header. A component of a reference type may be null: a byte before it
 * says whether it is there.
 *
 * <p>Reads through the accessors and builds with the canonical constructor, so what a constructor refuses is malformed.
 *
 * <p><b>Appended components</b> (of keys in order only) are those that the catalog does not list. Each is a byte that
 * says whether it differs from its default (null, false, the character zero), which is the least of its values, then a
 * checksum of what it is, then its value. Those at the end that do not differ are left out. So a key with the defaults
 * is the key that it was before there were such components; and what has fewer components sorts as if it had the
 * defaults, which is first, as a prefix does.
 */
final class RecordCodec<T extends Record> extends PlainCodec<T> {
    private final List<Component> components;
    /** How many components are always written; those behind them are appended ones. */
    private final int listed;
    /** Of type (Object[])Object. */
    private final MethodHandle constructor;

    private RecordCodec(Shape shape, Class<T> type, List<Component> components, int listed, MethodHandle constructor) {
        super(shape, type);
        this.components = List.copyOf(components);
        this.listed = listed;
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
        List<Shape.Component> shapes = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>();
        try {
            for (int i = 0; i < header.length; i++) {
                parameters[i] = header[i].getType();
                MethodHandle accessor = MethodHandles.lookup()
                        .unreflect(opened(header[i].getAccessor()))
                        .asType(MethodType.methodType(Object.class, Object.class));
                @SuppressWarnings("unchecked") // the codec was looked up for the component's own type
                PlainCodec<Object> codec = (PlainCodec<Object>) codecs.get(i);
                List<String> formerly = EnumCodec.formerNames(header[i].getAnnotation(Formerly.class));
                shapes.add(
                        new Shape.Component(header[i].getName(), formerly, parameters[i].isPrimitive(), codec.shape()));
                names.add(header[i].getName());
                components[i] = new Component(shapes.get(i), codec, accessor);
            }
            shapes.forEach(shape -> EnumCodec.refuseNamesInUse(type, shape.name(), shape.formerly(), names));
            MethodHandle constructor = MethodHandles.lookup()
                    .unreflectConstructor(opened(type.getDeclaredConstructor(parameters)))
                    .asSpreader(Object[].class, header.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            Removed removed = type.getAnnotation(Removed.class);
            return new RecordCodec<>(
                    new Shape.Components(
                            type.getName(), shapes, removed == null ? List.of() : List.of(removed.value())),
                    type,
                    List.of(components),
                    header.length,
                    constructor);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new IllegalArgumentException(
                    "the constructor and accessors of record %s cannot be called; open its package to this module"
                            .formatted(type.getName()),
                    e);
        }
    }

    /**
     * The same record with other codecs for its components.
     *
     * @param count how many components the catalog lists; if fewer than there are, then only for a whole key, since its
     *     end shows which of the others are there
     */
    RecordCodec<T> with(List<PlainCodec<?>> codecs, int count) {
        List<Component> changed = new ArrayList<>();
        for (int i = 0; i < codecs.size(); i++) {
            @SuppressWarnings("unchecked") // a codec of the same type as before
            PlainCodec<Object> codec = (PlainCodec<Object>) codecs.get(i);
            changed.add(new Component(
                    components.get(i).shape(), codec, components.get(i).accessor()));
        }
        return new RecordCodec<>(shape(), type(), changed, count, constructor);
    }

    List<Component> components() {
        return components;
    }

    @Override
    void write(ByteWriter writer, T value) {
        for (int i = 0; i < listed; i++) {
            components.get(i).write(writer, value);
        }
        int written = components.size();
        while (written > listed && components.get(written - 1).hasDefault(value)) {
            written--;
        }
        for (int i = listed; i < written; i++) {
            components.get(i).writeAppended(writer, components.get(i).valueIn(value));
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
            if (i < listed) {
                components.get(i).writeValue(writer, leading[i]);
            } else {
                components.get(i).writeAppended(writer, components.get(i).checked(leading[i]));
            }
        }
        if (leading.length > listed && components.get(leading.length - 1).isDefault(leading[leading.length - 1])) {
            throw new IllegalArgumentException(
                    "component %s was added while keys were stored, and keys in which it is %s do not begin alike; use subMap with two keys"
                            .formatted(
                                    components.get(leading.length - 1).shape().name(), leading[leading.length - 1]));
        }
        return writer.toBytes();
    }

    @Override
    T read(ByteReader reader) {
        @Nullable Object[] values = new Object[components.size()];
        for (int i = 0; i < listed; i++) {
            values[i] = components.get(i).read(reader);
        }
        boolean endsWithDefault = false;
        for (int i = listed; i < values.length; i++) {
            Component component = components.get(i);
            boolean isThere = reader.remaining() > 0;
            values[i] = isThere ? component.readAppended(reader) : component.defaultValue();
            endsWithDefault = isThere ? component.isDefault(values[i]) : endsWithDefault;
        }
        if (endsWithDefault) {
            throw new MalformedException("record " + type().getName() + " ends with a component that is left out");
        }
        return build(values);
    }

    /** The components of a record of this type. */
    @Nullable
    Object[] valuesOf(T value) {
        @Nullable Object[] values = new Object[components.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = components.get(i).checked(components.get(i).valueIn(value));
        }
        return values;
    }

    /** @throws MalformedException if the constructor refuses them */
    T build(@Nullable Object[] values) {
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
    record Component(Shape.Component shape, PlainCodec<Object> codec, MethodHandle accessor) {
        private void write(ByteWriter writer, Object owner) {
            writeValue(writer, valueIn(owner));
        }

        private void writeValue(ByteWriter writer, @Nullable Object value) {
            checked(value);
            if (!shape.isPrimitive()) {
                writer.bool(value != null);
            }
            if (value != null) {
                codec.write(writer, value);
            }
        }

        private void writeAppended(ByteWriter writer, @Nullable Object value) {
            if (value == null || isDefault(value)) {
                writer.bool(false);
                return;
            }
            writer.bool(true).fixed32(checksum());
            codec.write(writer, value);
        }

        private @Nullable Object read(ByteReader reader) {
            return shape.isPrimitive() || reader.bool("presence of " + shape.name()) ? codec.read(reader) : null;
        }

        private @Nullable Object readAppended(ByteReader reader) {
            if (!reader.bool("presence of " + shape.name())) {
                return defaultValue();
            }
            if (reader.fixed32() != checksum()) {
                throw new MalformedException(
                        "the component that was stored here is not %s; components of a tree's keys may be appended, and neither removed nor moved"
                                .formatted(shape.words()));
            }
            Object value = codec.read(reader);
            if (isDefault(value)) {
                throw new MalformedException("component " + shape.name() + " is written although it is the default");
            }
            return value;
        }

        /** Tells a component from others that may have stood at its place. */
        private int checksum() {
            String kind = shape.shape() instanceof Shape.Constants
                    ? "enum"
                    : shape.shape().text();
            return OrderedEnumCodec.checksum(shape.oldest() + ":" + (shape.isPrimitive() ? "!" : "") + kind);
        }

        private boolean hasDefault(Object owner) {
            return isDefault(valueIn(owner));
        }

        private boolean isDefault(@Nullable Object value) {
            return value == null || value.equals(defaultValue());
        }

        /** What a component is in records that were stored without it: null, or zero. */
        @Nullable
        Object defaultValue() {
            return shape.isPrimitive() && codec instanceof Fixed<Object> fixed ? fixed.zero() : null;
        }

        @Nullable
        Object checked(@Nullable Object value) {
            if (value == null ? shape.isPrimitive() : !codec.type().isInstance(value)) {
                throw new IllegalArgumentException("component %s is a %s; %s is not"
                        .formatted(shape.name(), codec.type().getName(), value));
            }
            return value;
        }

        private @Nullable Object valueIn(Object owner) {
            try {
                return (Object) accessor.invokeExact(owner);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalArgumentException("component " + shape.name() + " cannot be read: " + e, e);
            }
        }
    }
}
