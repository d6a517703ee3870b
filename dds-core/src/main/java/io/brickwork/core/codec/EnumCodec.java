package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An enum constant as its name: constants may be added and moved about while they are stored, and renamed if
 * {@link Formerly} says so.
 */
final class EnumCodec<E extends Enum<E>> extends PlainCodec.Run<E> {
    private final Shape.Constants constants;
    /** By each name that is read. */
    private final TreeMap<String, E> byName = new TreeMap<>();
    /** What is written, by ordinal. */
    private final List<String> written = new ArrayList<>();

    EnumCodec(Class<E> type) {
        this(type, shapeOf(type, false), null);
    }

    /** @param stored how the catalog has the enum; null for a new structure */
    private EnumCodec(Class<E> type, Shape.Constants constants, Shape.@Nullable Constants stored) {
        super(constants, type);
        this.constants = constants;
        E[] values = type.getEnumConstants();
        List<Shape.Constant> described = described(constants);
        for (E value : values) {
            byName.put(value.name(), value);
            written.add(stored == null ? value.name() : writtenName(described.get(value.ordinal()), stored));
        }
        for (E value : values) {
            described.get(value.ordinal()).formerly().forEach(name -> byName.put(name, value));
        }
    }

    /** The same for a structure whose catalog entry has the enum like this. */
    EnumCodec<E> storedAs(Shape.Constants stored) {
        return new EnumCodec<>(type(), constants, stored);
    }

    private static String writtenName(Shape.Constant constant, Shape.Constants stored) {
        if (stored.constants() == null) {
            return constant.oldest();
        }
        List<String> names =
                stored.constants().stream().map(Shape.Constant::name).toList();
        return names.contains(constant.name())
                ? constant.name()
                : constant.formerly().stream()
                        .filter(names::contains)
                        .findFirst()
                        .orElse(constant.oldest());
    }

    @Override
    public Bytes encode(E value) {
        return Bytes.utf8(written.get(value.ordinal()));
    }

    @Override
    public E decode(Bytes bytes) {
        String name = bytes.toUtf8();
        E constant = byName.get(name);
        // Compared again, because text that is not UTF-8 may read as a name that has a replacement character.
        if (constant == null || !Bytes.utf8(name).equals(bytes)) {
            throw new MalformedException("enum %s has no constant '%s'; was it removed, or is this an older program?"
                    .formatted(type().getName(), name));
        }
        return constant;
    }

    /** The shape of an enum as it is declared. */
    static Shape.Constants shapeOf(Class<?> type, boolean isOrdered) {
        List<Shape.Constant> constants = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>();
        for (Object value : type.getEnumConstants()) {
            String name = ((Enum<?>) value).name();
            names.add(name);
            try {
                constants.add(new Shape.Constant(
                        name, formerNames(type.getDeclaredField(name).getAnnotation(Formerly.class))));
            } catch (NoSuchFieldException e) {
                throw new AssertionError("each constant is a field of its enum", e);
            }
        }
        constants.forEach(constant -> refuseNamesInUse(type, constant.name(), constant.formerly(), names));
        return new Shape.Constants(isOrdered, type.getName(), constants);
    }

    /** A former name may not be the name of anything else: what is stored under it could mean either. */
    static void refuseNamesInUse(Class<?> type, String name, List<String> formerly, TreeSet<String> names) {
        formerly.forEach(former -> Check.argument(
                names.add(former),
                "%s of %s was formerly called %s, but that is the name, or a former name, of another one: give that one another name",
                name,
                type.getName(),
                former));
    }

    static List<String> formerNames(@Nullable Formerly formerly) {
        return formerly == null ? List.of() : List.of(formerly.value());
    }

    /** The constants of a shape that was made from a class, which always has them. */
    static List<Shape.Constant> described(Shape.Constants shape) {
        if (shape.constants() == null) {
            throw new IllegalStateException("the constants of " + shape.text() + " are not known");
        }
        return shape.constants();
    }
}
