package io.brickwork.client.codec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a field holds with the type arguments it is declared with: a {@code List<Integer>} that holds strings
 * fails far from here, when somebody takes an element out. Looks into collections, maps and optionals.
 */
final class DeclaredTypes {
    private DeclaredTypes() {}

    /** The first object that is not what the type says, as text; null if there is none. */
    static @Nullable String violation(Type type, @Nullable Object value) {
        if (!(type instanceof ParameterizedType parameterized) || value == null) {
            return null;
        }
        Type[] arguments = parameterized.getActualTypeArguments();
        if (!(parameterized.getRawType() instanceof Class<?> raw)
                || !raw.getPackageName().startsWith("java.")) {
            return null; // the arguments of other classes may mean anything
        }
        if (value instanceof Collection<?> collection
                && Collection.class.isAssignableFrom(raw)
                && arguments.length == 1) {
            return violation(arguments[0], collection);
        }
        if (value instanceof Map<?, ?> map && Map.class.isAssignableFrom(raw) && arguments.length == 2) {
            String inKeys = violation(arguments[0], map.keySet());
            return inKeys != null ? inKeys : violation(arguments[1], map.values());
        }
        if (value instanceof Optional<?> optional && raw == Optional.class) {
            return element(arguments[0], optional.orElse(null));
        }
        return null;
    }

    private static @Nullable String violation(Type argument, Collection<?> elements) {
        Type bound = bound(argument);
        if (bound == Object.class || !(bound instanceof Class<?> || bound instanceof ParameterizedType)) {
            return null;
        }
        for (Object element : elements) {
            String found = element(bound, element);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable String element(Type argument, @Nullable Object element) {
        Type bound = bound(argument);
        if (element == null) {
            return null;
        }
        Type raw = bound instanceof ParameterizedType parameterized ? parameterized.getRawType() : bound;
        if (raw instanceof Class<?> type && !type.isInstance(element)) {
            return "an object of class %s where the declaration says %s"
                    .formatted(element.getClass().getName(), type.getName());
        }
        return violation(bound, element);
    }

    private static Type bound(Type argument) {
        return argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
    }
}
