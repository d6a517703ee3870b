package io.brickwork.client.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.serializers.CompatibleFieldSerializer;
import com.esotericsoftware.kryo.kryo5.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.kryo5.serializers.EnumNameSerializer;
import com.esotericsoftware.kryo.kryo5.util.DefaultInstantiatorStrategy;
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
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
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

/**
 * Kryo as this system needs it, with its buffers: only registered classes, numbers instead of names, values instead of references, bounded depth. One thread at a time.
 *
 * <p>References are off: an object met twice is written twice, so that what is equal is written equally. Objects that contain themselves, or are nested deeper than {@value #MAX_DEPTH}, are refused.
 */
final class StrictKryo extends Kryo {
    static final int MAX_DEPTH = 256;

    /** What an instance may keep in its buffers while it is not used. */
    private static final int KEPT_BYTES = 64 << 10;

    /** The ids of JDK classes; 0 to 9 are Kryo's own. On disk, so never changed. */
    private static final SortedMap<Integer, Class<?>> RESERVED = reserved();

    final BoundedInput input = new BoundedInput();
    final BoundedOutput output = new BoundedOutput();
    private final CodecRegistry registry;

    /** @param classes what the user registered, by id */
    StrictKryo(CodecRegistry registry, SortedMap<Integer, Class<?>> classes) {
        super(new RegisteredClasses(), null);
        this.registry = registry;
        setRegistrationRequired(true);
        setReferences(false);
        setMaxDepth(MAX_DEPTH);
        // Fields may come and go in a class while its objects are stored: they are written with their names.
        setDefaultSerializer(CompatibleFieldSerializer.class);
        StdInstantiatorStrategy withoutConstructor = new StdInstantiatorStrategy();
        setInstantiatorStrategy(new DefaultInstantiatorStrategy(withoutConstructor));
        addDefaultSerializer(UUID.class, DefaultSerializers.UUIDSerializer.class);
        addDefaultSerializer(URI.class, DefaultSerializers.URISerializer.class);
        RESERVED.forEach((id, type) -> register(type, id));
        classes.forEach((id, type) -> {
            if (type.isEnum()) {
                register(type, new EnumNameSerializer(type.asSubclass(Enum.class)), id);
            } else {
                Registration registration = register(type, id);
                if (registration.getSerializer() instanceof CompatibleFieldSerializer) {
                    // A null is written, but not set when it is read: what a constructor had put there would stay.
                    registration.setInstantiator(withoutConstructor.newInstantiatorOf(type));
                }
            }
        });
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
        throw registry.unregistered(type);
    }

    /** Lets go of what was read; says whether this is worth keeping, since a large object leaves large buffers behind. */
    boolean rest() {
        return input.rest(KEPT_BYTES) && output.getBuffer().length <= KEPT_BYTES;
    }

    /** Whether a class is registered from the start. */
    static boolean isReserved(Class<?> type) {
        return RESERVED.containsValue(type) || PRIMITIVES.contains(type);
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
