package io.brickwork.client.codec;

import io.brickwork.core.Check;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which changes of a field's type lose nothing: primitive to boxed and back (but for null), and from a number's type to
 * one that holds all of its values. What is not listed is refused.
 */
final class Conversions {
    /** To each number's class, those that hold all of its values. */
    private static final Map<Class<?>, List<Class<?>>> WIDER = Map.of(
            Byte.class, List.of(Short.class, Integer.class, Long.class, Float.class, Double.class),
            Short.class, List.of(Integer.class, Long.class, Float.class, Double.class),
            Character.class, List.of(Integer.class, Long.class, Float.class, Double.class),
            Integer.class, List.of(Long.class, Double.class),
            Float.class, List.of(Double.class));

    private static final Map<Class<?>, Class<?>> BOXED = Map.of(
            boolean.class, Boolean.class,
            byte.class, Byte.class,
            short.class, Short.class,
            char.class, Character.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class);

    private static final Map<Class<?>, Object> ZEROS = Map.of(
            boolean.class,
            false,
            byte.class,
            (byte) 0,
            short.class,
            (short) 0,
            char.class,
            '\0',
            int.class,
            0,
            long.class,
            0L,
            float.class,
            0f,
            double.class,
            0d);

    private Conversions() {}

    static Class<?> boxed(Class<?> type) {
        return BOXED.getOrDefault(type, type);
    }

    /** What a field holds that was never set. */
    static @Nullable Object zero(Class<?> type) {
        return ZEROS.get(type);
    }

    /** Whether objects of a class may be put into a field, converted if need be. */
    static boolean fits(Class<?> stored, Class<?> field) {
        Class<?> target = boxed(field);
        Class<?> from = boxed(stored);
        return target.isAssignableFrom(from)
                || WIDER.getOrDefault(from, List.of()).contains(target);
    }

    /** The value as an object of the field's type, which {@link #fits} says is possible. */
    static Object convert(Object value, Class<?> field) {
        Class<?> target = boxed(field);
        if (target.isInstance(value)) {
            return value;
        }
        Number number = value instanceof Character letter ? Integer.valueOf(letter) : (Number) value;
        if (target == Short.class) {
            return number.shortValue();
        }
        if (target == Integer.class) {
            return number.intValue();
        }
        if (target == Long.class) {
            return number.longValue();
        }
        if (target == Float.class) {
            return number.floatValue();
        }
        Check.invariant(target == Double.class, "%s is no wider class than that of %s", target, value);
        return number.doubleValue();
    }
}
