package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.objenesis.instantiator.ObjectInstantiator;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import io.brickwork.core.bytes.MalformedException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a class that are stored, those of its superclasses included, in the order of their names: all that are
 * neither static nor transient. Of a record, its components. Immutable.
 */
final class ClassFields {
    /** One field; {@code position} is its place among the record's components, or its index. */
    record StoredField(String name, Class<?> type, Type genericType, Field field, int position) {
        @Nullable
        Object get(Object object) {
            try {
                return field.get(object);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("field " + name + " cannot be read", e);
            }
        }

        @Override
        public String toString() {
            return name + ": " + type.getSimpleName();
        }
    }

    private final Class<?> type;
    private final List<StoredField> fields;
    /** Of a record. */
    private final @Nullable Constructor<?> constructor;
    /** Of any other class: no constructor runs, since none need fit. */
    private final @Nullable ObjectInstantiator<?> instantiator;

    /** @throws IllegalArgumentException if a field cannot be accessed; the message says what to do */
    ClassFields(Class<?> type) {
        this.type = type;
        List<StoredField> found = new ArrayList<>();
        if (type.isRecord()) {
            RecordComponent[] components = type.getRecordComponents();
            for (int i = 0; i < components.length; i++) {
                found.add(field(declared(type, components[i].getName()), i));
            }
            constructor = canonical(type, components);
            instantiator = null;
        } else {
            for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
                for (Field field : owner.getDeclaredFields()) {
                    if (isStored(field)) {
                        found.add(field(field, found.size()));
                    }
                }
            }
            constructor = null;
            instantiator = new StdInstantiatorStrategy().newInstantiatorOf(type);
        }
        found.sort(Comparator.comparing(StoredField::name));
        fields = List.copyOf(found);
    }

    static boolean isStored(Field field) {
        return (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0 && !field.isSynthetic();
    }

    Class<?> type() {
        return type;
    }

    List<StoredField> fields() {
        return fields;
    }

    /**
     * A new object.
     *
     * @param values in the order of the fields
     * @param isGiven which of them were stored; the others are zero or null
     */
    Object make(@Nullable Object[] values, boolean[] isGiven) {
        return constructor == null ? fill(values, isGiven) : construct(constructor, values, isGiven);
    }

    private Object fill(@Nullable Object[] values, boolean[] isGiven) {
        Object object = java.util.Objects.requireNonNull(instantiator).newInstance();
        for (int i = 0; i < values.length; i++) {
            if (isGiven[i]) {
                try {
                    fields.get(i).field().set(object, values[i]);
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException("field %s cannot be set".formatted(fields.get(i)), e);
                }
            }
        }
        return object;
    }

    private Object construct(Constructor<?> canonical, @Nullable Object[] values, boolean[] isGiven) {
        @Nullable Object[] arguments = new @Nullable Object[values.length];
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            StoredField field = fields.get(i);
            arguments[field.position()] = isGiven[i] ? values[i] : Conversions.zero(field.type());
            if (!isGiven[i]) {
                missing.add(field.name());
            }
        }
        try {
            return canonical.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw new MalformedException(
                    "the constructor of record %s refuses what is stored%s: %s"
                            .formatted(
                                    type.getName(),
                                    missing.isEmpty()
                                            ? ""
                                            : ", which lacks " + String.join(", ", missing)
                                                    + " (null or zero is what it gets)",
                                    e.getCause()),
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    private static Field declared(Class<?> record, String component) {
        try {
            return record.getDeclaredField(component);
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(record + " has no field for " + component, e);
        }
    }

    private static Constructor<?> canonical(Class<?> record, RecordComponent[] components) {
        try {
            Constructor<?> constructor = record.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(record + " has no canonical constructor", e);
        } catch (InaccessibleObjectException e) {
            throw inaccessible(record, "its constructor", e);
        }
    }

    private static StoredField field(Field field, int position) {
        try {
            field.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            throw inaccessible(field.getDeclaringClass(), "field " + field.getName(), e);
        }
        return new StoredField(field.getName(), field.getType(), field.getGenericType(), field, position);
    }

    private static IllegalArgumentException inaccessible(
            Class<?> owner, String what, InaccessibleObjectException cause) {
        return new IllegalArgumentException(
                "%s of class %s cannot be accessed; add \"opens %s;\" to module-info.java of module %s"
                        .formatted(
                                what,
                                owner.getName(),
                                owner.getPackageName(),
                                owner.getModule().getName()),
                cause);
    }
}
