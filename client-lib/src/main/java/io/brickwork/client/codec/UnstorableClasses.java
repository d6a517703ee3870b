package io.brickwork.client.codec;

import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Calendar;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Which classes cannot be stored whatever is registered, and what to store instead. */
final class UnstorableClasses {
    private UnstorableClasses() {}

    /**
     * Why objects of a class cannot be stored whatever is registered, and what to do instead; null if registering may
     * help.
     */
    static @Nullable String refusal(Class<?> type) {
        String name = "objects of class " + type.getName() + " cannot be stored: ";
        if (Proxy.isProxyClass(type)) {
            return name + "it is a proxy; store what it stands for, as an object of a class of yours";
        }
        if (type.isHidden() || type.isSynthetic()) {
            return name + "it is a lambda or generated; make it a constant of an enum, or a class of yours with a name";
        }
        if (!type.isEnum() && Enum.class.isAssignableFrom(type) && type != Enum.class) {
            return name + "it is the class of one constant; register its enum "
                    + type.getSuperclass().getName();
        }
        if (type.isArray()) {
            Class<?> element = type;
            while (element.isArray()) {
                element = element.getComponentType();
            }
            boolean isPublic = !JdkClasses.isJdk(element) || Modifier.isPublic(element.getModifiers());
            return isPublic ? null : refusal(element);
        }
        if (Throwable.class.isAssignableFrom(type)) {
            return name + "it is an exception, and the JDK hides its fields;"
                    + " store its class's name, message and stack trace as text, in a class of yours";
        }
        if (!JdkClasses.isJdk(type)
                || type.isEnum()
                || JdkClasses.serializer(type) != null
                || StrictKryo.isReserved(type)) {
            return null;
        }
        return name + remedy(type);
    }

    private static String remedy(Class<?> type) {
        if (SortedSet.class.isAssignableFrom(type)) {
            return "store a copy, new TreeSet<>(set)";
        }
        if (Set.class.isAssignableFrom(type)) {
            return "store a copy, new LinkedHashSet<>(set)";
        }
        if (SortedMap.class.isAssignableFrom(type)) {
            return "store a copy, new TreeMap<>(map)";
        }
        if (type.getName().equals("java.util.IdentityHashMap") || type.getName().equals("java.util.WeakHashMap")) {
            return "it goes by the identity of objects, and those that are read are others;"
                    + " store a copy, new LinkedHashMap<>(map)";
        }
        if (Map.class.isAssignableFrom(type)) {
            return "store a copy, new LinkedHashMap<>(map)";
        }
        if (List.class.isAssignableFrom(type)) {
            return "store a copy, new ArrayList<>(list)";
        }
        if (Queue.class.isAssignableFrom(type)) {
            return "store a copy, new LinkedList<>(queue)";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "store a copy, new ArrayList<>(collection)";
        }
        if (Comparator.class.isAssignableFrom(type)) {
            return "make the comparator a constant of an enum, or a record of yours that implements Comparator";
        }
        if (type == Class.class) {
            return "store its name";
        }
        if (type == Object.class) {
            return "it holds nothing";
        }
        if (Calendar.class.isAssignableFrom(type)) {
            return "store its instant and its zone, or a java.time.ZonedDateTime";
        }
        return "it belongs to the JDK, which hides its fields;"
                + " store what it is made of, in a class of yours or as text";
    }
}
