package io.brickwork.client.codec;

import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Gives each class its codec: the built-in one if there is one ({@link Codecs}), else Kryo, for classes that are registered with a number.
 *
 * <p>The numbers are on disk, in every stored object. They are the user's to choose, from {@value #FIRST_ID} to {@value #LAST_ID}, must be the same in every program that opens the same structures, and are never given
 * to another class. A class found inside a registered one must be registered, too, and is refused with the line to add; nothing is ever loaded by a name found in data.
 *
 * <p>Registered from the start, with numbers below {@value #FIRST_ID}: strings, boxed numbers and primitive arrays; the common lists, sets and maps ({@code ArrayList}, {@code LinkedList}, {@code ArrayDeque}, the
 * hash, linked and tree sets and maps, {@code Arrays.asList}, the factories of {@code List}, {@code Set}, {@code Map} and {@code Collections}); {@code java.time}; {@code UUID}, {@code BigInteger}, {@code BigDecimal},
 * the optionals, {@code Date}, {@code BitSet}, {@code Currency}, {@code Locale} and {@code URI}.
 *
 * <p>What Kryo promises here:
 * <ul>
 * <li>Fields may be added to a class and removed from it while its objects are stored: they are found by name. Objects are made without a constructor, so a field that was not stored is null or zero. The components
 *     of a record may not change: other components need another class and id. No field may change its type.
 * <li>Enum constants go by their names.
 * <li>References are not kept: an object met twice comes back as two. One that contains itself, or is nested deeper than {@value StrictKryo#MAX_DEPTH}, is refused.
 * <li>Equal objects give equal bytes <em>if they hold the same things in the same order</em>. Two hash sets or hash maps may be equal and iterate differently, and those of {@code Set.of} and {@code Map.of} change
 *     their order with every start of the JVM: objects with such collections should not be keys, and {@code replace(key, old, new)} may not recognize them. ({@code compute} and {@code merge} compare what
 *     they read and are not concerned.)
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
    /** Kryo instances that nobody uses: making one takes a while. Never waited for, so virtual threads may use it. */
    private final ArrayBlockingQueue<StrictKryo> idle = new ArrayBlockingQueue<>(IDLE_INSTANCES);

    private CodecRegistry(SortedMap<Integer, Class<?>> classes) {
        this.classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The codec of a class. For an interface or an abstract class it takes objects of any registered class below it.
     *
     * @throws DdsException.Unregistered if the class is neither built in nor registered; the message holds the line to add
     */
    public <T> Codec<T> codecFor(Class<T> type) {
        Optional<Codec<T>> builtIn = Codecs.find(type);
        if (builtIn.isPresent()) {
            return classes.containsValue(type)
                    ? new RegisteredBuiltIn<>(builtIn.get(), new KryoCodec<>(this, type))
                    : builtIn.get();
        }
        boolean isConcrete = type.isArray() || !Modifier.isAbstract(type.getModifiers());
        if (isConcrete && !classes.containsValue(type) && !StrictKryo.isReserved(type)) {
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
        String name = type.getCanonicalName();
        if (name == null) {
            return new DdsException.Unregistered(
                    "class " + type.getName() + " has no name that it could be registered by; make it a named class");
        }
        String shortName = type.getPackageName().isEmpty() || !name.startsWith(type.getPackageName() + ".")
                ? name
                : name.substring(type.getPackageName().length() + 1);
        int id = classes.isEmpty() ? FIRST_ID : classes.lastKey() + 1;
        return new DdsException.Unregistered(
                "class %s is not registered; add o.register(%s.class, %d)".formatted(type.getName(), shortName, id));
    }

    StrictKryo take() {
        StrictKryo kryo = idle.poll();
        return kryo != null ? kryo : new StrictKryo(this, classes);
    }

    /** Takes back an instance that has done its work without failing. */
    void give(StrictKryo kryo) {
        if (kryo.rest()) {
            idle.offer(kryo); // or lets it go, if enough are idle
        }
    }

    /** Collects registrations. One thread. */
    public static final class Builder {
        private final TreeMap<Integer, Class<?>> classes = new TreeMap<>();

        private Builder() {}

        /**
         * Registers a class for Kryo under a number.
         *
         * @param type a class whose objects are stored, or are inside of some that are; not an interface and not abstract
         * @param id never to be given to another class; {@value CodecRegistry#FIRST_ID} to {@value CodecRegistry#LAST_ID}
         */
        public Builder register(Class<?> type, int id) {
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
            refuseHiddenFields(type);
            classes.forEach((otherId, other) -> Check.argument(
                    other != type, "class %s is registered twice, as %d and %d", type.getName(), otherId, id));
            Class<?> other = classes.putIfAbsent(id, type);
            Check.argument(
                    other == null,
                    "id %d is given to class %s already; class %s needs another",
                    id,
                    other == null ? "" : other.getName(),
                    type.getName());
            return this;
        }

        /** Fields are stored by name, so a name may not stand for two. */
        private static void refuseHiddenFields(Class<?> type) {
            TreeMap<String, Class<?>> owners = new TreeMap<>();
            for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
                for (Field field : owner.getDeclaredFields()) {
                    boolean isStored = (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0;
                    Class<?> hiding = isStored ? owners.putIfAbsent(field.getName(), owner) : null;
                    Check.argument(
                            hiding == null,
                            "field %s of class %s is hidden by that of %s; give one of them another name",
                            field.getName(),
                            owner.getName(),
                            hiding == null ? "" : hiding.getName());
                }
            }
        }

        public CodecRegistry build() {
            return new CodecRegistry(classes);
        }
    }
}
