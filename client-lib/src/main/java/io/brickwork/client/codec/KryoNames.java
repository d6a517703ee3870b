package io.brickwork.client.codec;

import io.brickwork.core.codec.Codecs;
import java.lang.reflect.Modifier;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The names that Kryo's codecs have in the catalog, and which of them can be read as which class.
 *
 * <pre>
 *   name = "kryo/1:#" number        objects of the class registered with the number, and of classes below it
 *        | "kryo/1:*"               objects of any registered class that the interface, or abstract class, allows
 *        | "kryo/1:" class          of older structures, which have the name of the class
 * </pre>
 *
 * Each object is stored with its class's number, so a class or an interface may have any name, and an object that is
 * none of the class that a program expects is refused when it is read.
 */
final class KryoNames {
    private static final String KRYO = "kryo/1:";
    private static final String ANY = KRYO + "*";
    private static final String NUMBER = KRYO + "#";

    private KryoNames() {}

    static boolean isKryo(String name) {
        return name.startsWith(KRYO);
    }

    static String of(CodecRegistry registry, Class<?> type) {
        OptionalInt number = registry.numberOf(type);
        if (number.isPresent()) {
            return NUMBER + number.getAsInt();
        }
        return isOpen(type) ? ANY : KRYO + type.getName();
    }

    static String words(CodecRegistry registry, Class<?> type) {
        OptionalInt number = registry.numberOf(type);
        return number.isPresent()
                ? "%s (registered as %d)".formatted(type.getSimpleName(), number.getAsInt())
                : type.getSimpleName();
    }

    /**
     * Why a structure cannot be used with a class, and what to do; null if it can.
     *
     * @param stored the codec's name in the catalog
     */
    static @Nullable String problem(CodecRegistry registry, Class<?> type, String stored) {
        if (stored.equals(of(registry, type))) {
            return null;
        }
        if (!isKryo(stored)) {
            return "was stored as %s, by a built-in codec, and %s is encoded by Kryo: open it with a class as it was, and copy into a new structure (docs/evolution.md has the lines for it)"
                    .formatted(Codecs.words(stored), words(registry, type));
        }
        if (stored.equals(ANY)) {
            return "objects of several classes may be stored, and %s is one class: open it with the interface or abstract class that it was created with"
                    .formatted(words(registry, type));
        }
        if (stored.startsWith(NUMBER)) {
            return numberProblem(registry, type, stored.substring(NUMBER.length()));
        }
        String className = stored.substring(KRYO.length());
        Optional<Class<?>> storedClass = registry.registered(className);
        if (className.equals(type.getName())) {
            return null;
        }
        if (storedClass.isPresent()) {
            return numberProblem(
                    registry,
                    type,
                    Integer.toString(registry.numberOf(storedClass.get()).orElseThrow()));
        }
        // No class of that name is registered here, so it may be this one's name of former times.
        boolean isOfJdk = className.startsWith("java.") || type.getName().startsWith("java.");
        return isOfJdk
                ? "was stored as %s, which is not %s: open it with the class that it was created with"
                        .formatted(className, words(registry, type))
                : null;
    }

    /** @param digits the number of the class that was stored */
    private static @Nullable String numberProblem(CodecRegistry registry, Class<?> type, String digits) {
        Optional<Class<?>> storedClass =
                digits.matches("\\d{1,9}") ? registry.classOf(Integer.parseInt(digits)) : Optional.empty();
        if (storedClass.isEmpty()) {
            return "was stored as the class registered as %s, and no class is registered with that number here: register it with o.register(….class, %s)"
                    .formatted(digits, digits);
        }
        boolean isAbove = isOpen(type) && type.isAssignableFrom(storedClass.get());
        return isAbove
                ? null
                : "was stored as the class registered as %s, which is %s here, and %s is another: open it with that class; a number is never given to another class"
                        .formatted(digits, storedClass.get().getName(), words(registry, type));
    }

    private static boolean isOpen(Class<?> type) {
        return !type.isArray() && !type.isEnum() && Modifier.isAbstract(type.getModifiers());
    }
}
