package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.DefaultSerializer;
import com.esotericsoftware.kryo.kryo5.KryoSerializable;
import io.brickwork.core.Check;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A class that a user has registered.
 *
 * @param fields null if it is not stored by its fields: an enum, an array, a collection, a class of the JDK, or one
 *     with a serializer of its own
 * @param refusal why none of its objects can be stored, though what was stored once may be read; null if they can
 * @param needsProof whether each object must be read back when it is stored, since nobody knows what its serializer
 *     does
 */
record StoredClass(
        Class<?> type,
        Set<String> formerNames,
        @Nullable ClassFields fields,
        @Nullable String refusal,
        boolean needsProof) {
    /** Classes below which Kryo does not store by fields. */
    private static final List<Class<?>> SPECIAL = List.of(
            Collection.class,
            Map.class,
            Date.class,
            Calendar.class,
            TimeZone.class,
            Charset.class,
            BigInteger.class,
            BigDecimal.class,
            KryoSerializable.class);

    StoredClass {
        formerNames = Set.copyOf(formerNames);
    }

    /** @throws IllegalArgumentException if no object of the class could be stored; the message says what to do */
    static StoredClass of(Class<?> type, Set<String> formerNames) {
        boolean isSpecial = SPECIAL.stream().anyMatch(special -> special.isAssignableFrom(type))
                || type.isAnnotationPresent(DefaultSerializer.class);
        String refusal = UnstorableClasses.refusal(type);
        if (refusal != null && isSpecial && JdkClasses.isJdk(type)) {
            return new StoredClass(type, formerNames, null, refusal, false);
        }
        Check.argument(refusal == null || isOpen(type), "%s", String.valueOf(refusal));
        if (type.isEnum() || type.isArray() || JdkClasses.serializer(type) != null) {
            return new StoredClass(type, formerNames, null, null, false);
        }
        if (isSpecial) {
            return new StoredClass(type, formerNames, null, lostState(type), true);
        }
        refuseHiddenFields(type);
        return new StoredClass(type, formerNames, new ClassFields(type), captured(type), false);
    }

    /** Whether a class of the JDK hides nothing. */
    private static boolean isOpen(Class<?> type) {
        if (type.isArray() || type.isHidden() || Proxy.isProxyClass(type) || Throwable.class.isAssignableFrom(type)) {
            return false;
        }
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                boolean isHidden = !Modifier.isStatic(field.getModifiers()) && !field.trySetAccessible();
                if (isHidden) {
                    return false;
                }
            }
        }
        return !Enum.class.isAssignableFrom(type);
    }

    /** A class that adds fields to one that Kryo stores in a way of its own loses them. */
    private static @Nullable String lostState(Class<?> type) {
        boolean extendsConcrete = false;
        for (Class<?> above = type.getSuperclass(); above != null; above = above.getSuperclass()) {
            extendsConcrete |= JdkClasses.isJdk(above)
                    && above != Object.class
                    && (!Modifier.isAbstract(above.getModifiers()) || above == Calendar.class);
        }
        if (!extendsConcrete || KryoSerializable.class.isAssignableFrom(type)) {
            return null;
        }
        for (Class<?> owner = type; owner != null && !JdkClasses.isJdk(owner); owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                if (ClassFields.isStored(field)) {
                    return "objects of class %s cannot be stored: field %s would be lost, since it extends %s; make it a class that has such an object in a field"
                            .formatted(
                                    type.getName(),
                                    field.getName(),
                                    owner.getSuperclass().getName());
                }
            }
        }
        return null;
    }

    /** What the object was made within is no field of its own, and is not stored. */
    private static @Nullable String captured(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            boolean isCaptured = field.isSynthetic() && !Modifier.isStatic(field.getModifiers());
            if (isCaptured
                    && (field.getName().startsWith("this$") || field.getName().startsWith("val$"))) {
                return "objects of class %s cannot be stored: it is an inner class and holds on to the %s around it; make it static"
                        .formatted(type.getName(), field.getType().getSimpleName());
            }
        }
        return null;
    }

    /** Fields are stored by name, so a name may not stand for two. */
    private static void refuseHiddenFields(Class<?> type) {
        TreeMap<String, Class<?>> owners = new TreeMap<>();
        for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                Class<?> hiding = ClassFields.isStored(field) ? owners.putIfAbsent(field.getName(), owner) : null;
                Check.argument(
                        hiding == null,
                        "field %s of class %s is hidden by that of %s; give one of them another name",
                        field.getName(),
                        owner.getName(),
                        hiding == null ? "" : hiding.getName());
            }
        }
    }
}
