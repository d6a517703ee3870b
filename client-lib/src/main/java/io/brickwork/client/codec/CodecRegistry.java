package io.brickwork.client.codec;

import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Gives each class its codec: the built-in one if there is one ({@link Codecs}), else Kryo, for classes that are
 * registered with a number.
 *
 * <p>The numbers are on disk, in every stored object. They are the user's to choose, from {@value #FIRST_ID} to
 * {@value #LAST_ID}, must be the same in every program that opens the same structures, and are never given to another
 * class. A class found inside a registered one must be registered, too, and is refused with the line to add; nothing is
 * ever loaded by a name found in data.
 *
 * <p>Registered from the start, with numbers that users cannot give: the classes of the JDK that hold values, its
 * collections and what wraps them ({@link JdkClasses} has the list; {@code docs/values.md} tells what comes back).
 * Classes that cannot be stored are refused when they are registered or when an object is encoded, with what to do
 * instead.
 *
 * <p>What Kryo promises here:
 *
 * <ul>
 *   <li>Fields of a class and components of a record may be added and removed while objects are stored: they are found
 *       by name. Objects of a class are made without a constructor; a field that was not stored is null or zero, as is
 *       what the constructor of a record gets for a component that was not. A number's type may become a wider one; any
 *       other change of a type is refused when an object is read.
 *   <li>Enum constants go by their names.
 *   <li>The same number for another class is told by its fields, and refused ({@link Schema}).
 *   <li>References are not kept: an object met twice comes back as two. One that contains itself, or is nested deeper
 *       than {@value StrictKryo#MAX_DEPTH}, is refused.
 *   <li>Equal objects give equal bytes <em>if they hold the same things in the same order</em>. Two hash sets or hash
 *       maps may be equal and iterate differently, and those of {@code Set.of} and {@code Map.of} change their order
 *       with every start of the JVM: objects with such collections should not be keys, and {@code replace(key, old,
 *       new)} may not recognize them. ({@code compute} and {@code merge} compare what they read and are not concerned.)
 * </ul>
 *
 * Safe for use from any thread.
 */
public final class CodecRegistry {
    /** The smallest id that users may give. */
    public static final int FIRST_ID = 100;
    /** The greatest id that users may give. */
    public static final int LAST_ID = 65_535;

    private static final int IDLE_INSTANCES = 32;

    static {
        // Read when Kryo's own classes are loaded, which is later: field access by sun.misc.Unsafe is on its way out of
        // the JDK.
        if (System.getProperty("kryo.unsafe") == null) {
            System.setProperty("kryo.unsafe", "false");
        }
    }

    /** What users registered, by id. */
    private final SortedMap<Integer, Class<?>> classes;
    /** The same, with how each is stored. */
    private final SortedMap<Integer, StoredClass> storedClasses;
    /**
     * Kryo instances that nobody uses, by format: making one takes a while. Never waited for, so virtual threads may
     * use it.
     */
    private final Map<StrictKryo.Format, ArrayBlockingQueue<StrictKryo>> idle = new EnumMap<>(StrictKryo.Format.class);

    private CodecRegistry(SortedMap<Integer, StoredClass> storedClasses) {
        this.storedClasses = Collections.unmodifiableSortedMap(new TreeMap<>(storedClasses));
        TreeMap<Integer, Class<?>> types = new TreeMap<>();
        storedClasses.forEach((id, stored) -> types.put(id, stored.type()));
        classes = Collections.unmodifiableSortedMap(types);
        for (StrictKryo.Format format : StrictKryo.Format.values()) {
            idle.put(format, new ArrayBlockingQueue<>(IDLE_INSTANCES));
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The codec of a class. For an interface or an abstract class it takes objects of any registered class below it.
     *
     * @throws DdsException.Unregistered if the class is neither built in nor registered; the message holds the line to
     *     add
     */
    public <T> Codec<T> codecFor(Class<T> type) {
        Optional<Codec<T>> builtIn = Codecs.find(type);
        if (builtIn.isPresent()) {
            return classes.containsValue(type)
                    ? new RegisteredBuiltIn<>(builtIn.get(), new KryoCodec<>(this, type))
                    : builtIn.get();
        }
        boolean isConcrete = type.isArray() || !Modifier.isAbstract(type.getModifiers());
        if (isConcrete && !classes.containsValue(type) && !StrictKryo.isBuiltIn(type)) {
            throw unregistered(type);
        }
        return new KryoCodec<>(this, type);
    }

    /** The number of a class that is registered, by the user or from the start; empty if it is not. */
    OptionalInt numberOf(Class<?> type) {
        for (Map.Entry<Integer, Class<?>> entry : classes.entrySet()) {
            if (entry.getValue() == type) {
                return OptionalInt.of(entry.getKey());
            }
        }
        return StrictKryo.reservedNumberOf(type);
    }

    /** The class that is registered with a number, by the user or from the start. */
    Optional<Class<?>> classOf(int number) {
        Class<?> type = classes.get(number);
        return type != null ? Optional.of(type) : StrictKryo.reservedClassOf(number);
    }

    /** The class of this name, if it is registered, by the user or from the start. Nothing is loaded. */
    Optional<Class<?>> registered(String className) {
        for (Class<?> type : classes.values()) {
            if (type.getName().equals(className)) {
                return Optional.of(type);
            }
        }
        return StrictKryo.reservedClassNamed(className);
    }

    /** The refusal of a class, with the line that would register it. */
    DdsException.Unregistered unregistered(Class<?> type) {
        String refusal = UnstorableClasses.refusal(type);
        if (refusal != null) {
            return new DdsException.Unregistered(refusal);
        }
        String name = type.getCanonicalName();
        if (name == null) {
            return new DdsException.Unregistered(
                    "class " + type.getName() + " has no name that it could be registered by; make it a named class");
        }
        String shortName = type.getPackageName().isEmpty() || !name.startsWith(type.getPackageName() + ".")
                ? name
                : name.substring(type.getPackageName().length() + 1);
        int id = classes.isEmpty() ? FIRST_ID : classes.lastKey() + 1;
        if (id > LAST_ID) {
            id = FIRST_ID;
            while (classes.containsKey(id)) {
                id++;
            }
        }
        return new DdsException.Unregistered(
                "class %s is not registered; add o.register(%s.class, %d)".formatted(type.getName(), shortName, id));
    }

    StrictKryo take(StrictKryo.Format format) {
        StrictKryo kryo = idleOf(format).poll();
        return kryo != null ? kryo : new StrictKryo(this, storedClasses, format);
    }

    private ArrayBlockingQueue<StrictKryo> idleOf(StrictKryo.Format format) {
        return Objects.requireNonNull(idle.get(format));
    }

    /** Takes back an instance that is as good as new. */
    void give(StrictKryo kryo) {
        if (kryo.rest()) {
            idleOf(kryo.format()).offer(kryo); // or lets it go, if enough are idle
        }
    }

    /** Collects registrations. One thread. */
    public static final class Builder {
        private final TreeMap<Integer, StoredClass> classes = new TreeMap<>();

        private Builder() {}

        /**
         * Registers a class for Kryo under a number.
         *
         * @param type a class whose objects are stored, or are inside of some that are; not an interface and not
         *     abstract
         * @param id never to be given to another class; {@value CodecRegistry#FIRST_ID} to
         *     {@value CodecRegistry#LAST_ID}
         * @throws IllegalArgumentException if objects of the class cannot be stored; the message says why, and what to
         *     do
         */
        public Builder register(Class<?> type, int id) {
            return register(type, id, new String[0]);
        }

        /**
         * Registers a class that had other names. Needed if it was renamed <em>and</em> has got or lost so many fields
         * that it looks like another class ({@link Schema}).
         *
         * @param formerNames simple names that the class has had
         */
        public Builder register(Class<?> type, int id, String... formerNames) {
            Check.argument(
                    id >= FIRST_ID && id <= LAST_ID,
                    "id %d of class %s is not from %d to %d",
                    id,
                    type.getName(),
                    FIRST_ID,
                    LAST_ID);
            Check.argument(
                    type.isArray() || type.isEnum() || !Modifier.isAbstract(type.getModifiers()),
                    "%s has no objects of its own; register the classes that do",
                    type);
            Check.argument(!StrictKryo.isReserved(type), "class %s is registered from the start", type.getName());
            StoredClass stored = StoredClass.of(type, Set.of(formerNames));
            classes.forEach((otherId, other) -> Check.argument(
                    other.type() != type, "class %s is registered twice, as %d and %d", type.getName(), otherId, id));
            StoredClass other = classes.putIfAbsent(id, stored);
            Check.argument(
                    other == null,
                    "id %d is given to class %s already; class %s needs another",
                    id,
                    other == null ? "" : other.type().getName(),
                    type.getName());
            return this;
        }

        public CodecRegistry build() {
            return new CodecRegistry(classes);
        }
    }
}
