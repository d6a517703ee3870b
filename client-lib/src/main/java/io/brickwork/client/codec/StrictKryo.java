package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.objenesis.instantiator.ObjectInstantiator;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.kryo5.serializers.FieldSerializer;
import com.esotericsoftware.kryo.kryo5.util.DefaultInstantiatorStrategy;
import io.brickwork.core.DdsException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Kryo as this system needs it, with its buffers: only registered classes, numbers instead of names, values instead of
 * references, bounded depth. One thread at a time.
 *
 * <p>There are two formats. The <em>first</em> is Kryo's own: objects with fields by {@link FirstFormatFields}, records
 * by the order of their components, elements without their classes where a declaration tells. It is read for ever, and
 * written for keys, whose bytes must not change. The <em>second</em> has {@link NamedFields} for objects and records
 * alike, and classes that Kryo cannot store exactly ({@link JdkClasses}). What both write alike has the bytes of the
 * first.
 *
 * <p>References are off: an object met twice is written twice, so that what is equal is written equally. Objects that
 * contain themselves, or are nested deeper than {@value #MAX_DEPTH}, are refused.
 */
final class StrictKryo extends Kryo {
    static final int MAX_DEPTH = 256;

    /** What an instance may keep in its buffers while it is not used. */
    private static final int KEPT_BYTES = 64 << 10;

    /** The ids of JDK classes of the first format; 0 to 9 are Kryo's own. On disk, so never changed. */
    private static final SortedMap<Integer, Class<?>> RESERVED = reserved();

    /** How an object is stored. */
    enum Format {
        FIRST,
        SECOND
    }

    final BoundedInput input = new BoundedInput();
    final BoundedOutput output = new BoundedOutput();
    private final CodecRegistry registry;
    private final Format format;
    private final Schemas schemas = new Schemas();
    private final List<Class<?>> enums = new ArrayList<>();
    /** Fields of the first format that no class has any more, to explain a failure. */
    private String unknownFields = "";

    /** @param classes what the user registered, by id */
    StrictKryo(CodecRegistry registry, SortedMap<Integer, StoredClass> classes, Format format) {
        super(new RegisteredClasses(), null);
        this.registry = registry;
        this.format = format;
        setRegistrationRequired(true);
        setReferences(false);
        setMaxDepth(MAX_DEPTH);
        // In the second format, bytes hang on no declaration: what declares them may go.
        setOptimizedGenerics(format == Format.FIRST);
        setInstantiatorStrategy(new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
        addDefaultSerializer(UUID.class, DefaultSerializers.UUIDSerializer.class);
        addDefaultSerializer(URI.class, DefaultSerializers.URISerializer.class);
        Map<Class<?>, Serializer<?>> amended = AmendedSerializers.all();
        RESERVED.forEach((id, type) -> {
            Serializer<?> serializer = amended.get(type);
            register(type, serializer != null ? serializer : getDefaultSerializer(type), id);
        });
        for (JdkClasses.Entry entry : JdkClasses.all()) {
            register(entry.type(), entry.serializer(), entry.id());
            noteEnum(entry.type());
        }
        // A class of the JDK keeps the number that a user gave it before it had one from the start.
        classes.forEach((id, stored) -> {
            register(stored.type(), serializer(id, stored), id);
            noteEnum(stored.type());
        });
    }

    private void noteEnum(Class<?> type) {
        if (type.isEnum()) {
            enums.add(type);
        }
    }

    private Serializer<?> serializer(int id, StoredClass stored) {
        Class<?> type = stored.type();
        boolean needsProof = stored.needsProof();
        Serializer<?> serializer;
        if (type.isEnum()) {
            serializer = new EnumNames(type);
        } else if (stored.fields() != null) {
            serializer = format == Format.SECOND
                    ? new NamedFields<>(id, stored.fields(), stored.formerNames())
                    : firstFormatFields(type);
        } else if (type.isArray() && format == Format.SECOND) {
            serializer = JdkSerializer.array(type.getComponentType());
        } else {
            Serializer<?> ofJdk = JdkClasses.serializer(type);
            serializer = ofJdk != null && format == Format.SECOND ? ofJdk : kryoSerializer(type, ofJdk);
            needsProof |= ofJdk != null && !serializer.equals(ofJdk); // Kryo writes some that it cannot read
        }
        return stored.refusal() == null && !needsProof
                ? serializer
                : new GuardedSerializer<>(serializer, stored.refusal());
    }

    private Serializer<?> firstFormatFields(Class<?> type) {
        return type.isRecord() ? getDefaultSerializer(type) : withoutConstructor(type);
    }

    /** A null is written, but not set when it is read: what a constructor had put there would stay. */
    private <T> Serializer<T> withoutConstructor(Class<T> type) {
        ObjectInstantiator<T> instantiator = new StdInstantiatorStrategy().newInstantiatorOf(type);
        return new FirstFormatFields<>(this, type, instantiator);
    }

    /** Kryo's own serializer, or {@code otherwise} if there is one and Kryo's never could store the class. */
    @SuppressWarnings("unchecked")
    private Serializer<?> kryoSerializer(Class<?> type, @Nullable Serializer<?> otherwise) {
        boolean isContainer = Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
        if (otherwise != null && isContainer && !hasPlainConstructor(type)) {
            return otherwise; // Kryo makes an EnumMap without its arrays
        }
        try {
            Serializer<?> serializer = getDefaultSerializer(type);
            if (type.getName().equals("java.sql.Timestamp")) {
                return AmendedSerializers.timestamps((Serializer<java.sql.Timestamp>) serializer);
            }
            return serializer instanceof FieldSerializer && otherwise != null ? otherwise : serializer;
        } catch (RuntimeException e) {
            if (otherwise == null) {
                throw e;
            }
            return otherwise;
        }
    }

    private static boolean hasPlainConstructor(Class<?> type) {
        return Arrays.stream(type.getConstructors()).anyMatch(constructor -> constructor.getParameterCount() == 0);
    }

    Schemas schemas() {
        return schemas;
    }

    boolean isSecondFormat() {
        return format == Format.SECOND;
    }

    Format format() {
        return format;
    }

    void begin() {
        schemas.begin();
        unknownFields = "";
    }

    /** Makes an instance usable after a failure, which may have left it within an object. */
    void forget() {
        reset();
        setOptimizedGenerics(format == Format.FIRST);
    }

    void noteUnknownFields(Class<?> type, List<String> names) {
        unknownFields =
                "; class %s lacks the fields %s, which are stored in the first format: a collection, map or array among them can be passed over only by a class that has the field; give it back until the object has been stored anew"
                        .formatted(type.getName(), names);
    }

    /** What may explain that an object of the first format cannot be read; mostly empty. */
    String unknownFields() {
        return unknownFields;
    }

    /** The enum of the keys of an empty map, which hides it, found by what the map takes. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    Class<?> keyTypeOfEmpty(EnumMap<?, ?> empty) {
        String keyType = "another enum";
        for (Class<?> type : enums) {
            Object[] constants = type.getEnumConstants();
            if (constants.length > 0) {
                try {
                    ((EnumMap) empty.clone()).put((Enum) constants[0], null);
                    return type;
                } catch (ClassCastException e) {
                    keyType = String.valueOf(e.getMessage());
                }
            }
        }
        throw new DdsException.Unregistered(
                "an empty EnumMap cannot be stored unless the enum of its keys is registered (%s); register the enum"
                        .formatted(keyType));
    }

    /** Refuses with the line that would help, where Kryo names only the class. */
    @Override
    @SuppressWarnings("rawtypes")
    public Registration getRegistration(Class type) {
        Registration registration = getClassResolver().getRegistration(type);
        if (registration != null) {
            return registration;
        }
        boolean isConstantWithBody = !type.isEnum() && Enum.class.isAssignableFrom(type) && type != Enum.class;
        if (isConstantWithBody) {
            return getRegistration(type.getSuperclass());
        }
        Class<?> standIn = JdkClasses.standIn(type);
        if (standIn != null) {
            return getRegistration(standIn);
        }
        throw registry.unregistered(type);
    }

    /**
     * Lets go of what was read; says whether this is worth keeping, since a large object leaves large buffers behind.
     */
    boolean rest() {
        return input.rest(KEPT_BYTES) && output.getBuffer().length <= KEPT_BYTES;
    }

    /** Whether a class was registered from the start in the first format. */
    static boolean isReserved(Class<?> type) {
        return RESERVED.containsValue(type) || PRIMITIVES.contains(type);
    }

    /** Whether a class needs no registration. */
    static boolean isBuiltIn(Class<?> type) {
        return isReserved(type) || JdkClasses.serializer(type) != null || JdkClasses.standIn(type) != null;
    }

    static OptionalInt reservedNumberOf(Class<?> type) {
        return RESERVED.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    static Optional<Class<?>> reservedClassOf(int number) {
        return Optional.ofNullable(RESERVED.get(number));
    }

    static Optional<Class<?>> reservedClassNamed(String className) {
        for (Class<?> type : RESERVED.values()) {
            if (type.getName().equals(className)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private static final List<Class<?>> PRIMITIVES = List.of(
            int.class,
            Integer.class,
            String.class,
            float.class,
            Float.class,
            boolean.class,
            Boolean.class,
            byte.class,
            Byte.class,
            char.class,
            Character.class,
            short.class,
            Short.class,
            long.class,
            Long.class,
            double.class,
            Double.class,
            void.class,
            Void.class);

    private static SortedMap<Integer, Class<?>> reserved() {
        TreeMap<Integer, Class<?>> classes = new TreeMap<>();
        number(
                classes,
                10,
                byte[].class,
                short[].class,
                int[].class,
                long[].class,
                float[].class,
                double[].class,
                boolean[].class,
                char[].class,
                String[].class,
                Object[].class);
        number(
                classes,
                20,
                ArrayList.class,
                LinkedList.class,
                ArrayDeque.class,
                HashSet.class,
                LinkedHashSet.class,
                TreeSet.class,
                HashMap.class,
                LinkedHashMap.class,
                TreeMap.class);
        // What the factories of the interfaces give: two classes each, for one or two elements and for other numbers of
        // them.
        number(
                classes,
                30,
                List.of(1).getClass(),
                List.of().getClass(),
                List.of(1, 2, 3).subList(0, 2).getClass(),
                Set.of(1).getClass(),
                Set.of().getClass(),
                Map.of(1, 1).getClass(),
                Map.of().getClass());
        number(
                classes,
                40,
                Arrays.asList().getClass(),
                Collections.emptyList().getClass(),
                Collections.emptySet().getClass(),
                Collections.emptyMap().getClass(),
                Collections.singletonList(1).getClass(),
                Collections.singleton(1).getClass(),
                Collections.singletonMap(1, 1).getClass());
        number(
                classes,
                50,
                UUID.class,
                Instant.class,
                Duration.class,
                LocalDate.class,
                LocalTime.class,
                LocalDateTime.class,
                OffsetDateTime.class,
                ZonedDateTime.class,
                ZoneOffset.class,
                ZoneId.of("Europe/Paris").getClass(),
                Year.class,
                YearMonth.class,
                MonthDay.class,
                Period.class,
                OffsetTime.class);
        number(
                classes,
                70,
                BigInteger.class,
                BigDecimal.class,
                Optional.class,
                OptionalInt.class,
                OptionalLong.class,
                OptionalDouble.class,
                Date.class,
                BitSet.class,
                Currency.class,
                Locale.class,
                URI.class);
        return Collections.unmodifiableSortedMap(classes);
    }

    private static void number(TreeMap<Integer, Class<?>> classes, int first, Class<?>... types) {
        for (int i = 0; i < types.length; i++) {
            classes.put(first + i, types[i]);
        }
    }
}
