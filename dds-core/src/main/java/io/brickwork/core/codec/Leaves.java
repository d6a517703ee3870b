package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The built-in codecs of types without parts, by their names in the catalog; and which of them may be widened to which.
 */
final class Leaves {
    private static final TreeMap<String, PlainCodec<?>> BY_NAME = byName();
    /** Each can take all values of those before it. */
    private static final List<String> INTEGERS = List.of("byte/1", "short/1", "int/1", "long/1");

    private static final List<String> FLOATS = List.of("float/1", "double/1");

    private Leaves() {}

    static @Nullable PlainCodec<?> find(String name) {
        return BY_NAME.get(name);
    }

    /** Whether the second type has all values of the first one, and they are told apart by their sizes. */
    static boolean isWidening(String from, String to) {
        return isBefore(INTEGERS, from, to) || isBefore(FLOATS, from, to);
    }

    /** The same for the codecs that keep an order, by which no type is widened. */
    static boolean isOrderedWidening(String from, String to) {
        String ordered = "ordered-";
        return from.startsWith(ordered)
                && to.startsWith(ordered)
                && isWidening(from.substring(ordered.length()), to.substring(ordered.length()));
    }

    /** The types that may have been widened to this one. */
    static List<Shape> narrower(Shape shape) {
        List<Shape> narrower = new ArrayList<>();
        for (List<String> ascending : List.of(INTEGERS, FLOATS)) {
            for (String name : ascending.subList(0, Math.max(0, ascending.indexOf(shape.text())))) {
                narrower.add(known(name).shape());
            }
        }
        return narrower;
    }

    /** The leaf's type and those that it may be widened to, the narrowest first. */
    static List<String> ladder(String from) {
        for (List<String> ascending : List.of(INTEGERS, FLOATS)) {
            if (ascending.contains(from)) {
                return ascending.subList(ascending.indexOf(from), ascending.size());
            }
        }
        return List.of(from);
    }

    static boolean hasPrimitive(Shape shape) {
        return INTEGERS.contains(shape.text())
                || FLOATS.contains(shape.text())
                || shape.text().equals("boolean/1")
                || shape.text().equals("char/1");
    }

    /**
     * The same number as one of a leaf's type.
     *
     * @return null if it is not among that type's values
     */
    static @Nullable Object convert(Object number, String to) {
        return switch (to) {
            case "byte/1" -> number instanceof Number n && n.longValue() == n.byteValue() ? n.byteValue() : null;
            case "short/1" -> number instanceof Number n && n.longValue() == n.shortValue() ? n.shortValue() : null;
            case "int/1" -> number instanceof Number n && n.longValue() == n.intValue() ? n.intValue() : null;
            case "long/1" -> number instanceof Number n ? n.longValue() : null;
            case "float/1" ->
                number instanceof Number n && Double.compare(n.floatValue(), n.doubleValue()) == 0
                        ? n.floatValue()
                        : null;
            case "double/1" -> number instanceof Number n ? n.doubleValue() : null;
            default -> throw new IllegalArgumentException(to + " is no number that is ever converted");
        };
    }

    @SuppressWarnings("unchecked") // the value is of the leaf's type
    static void write(String leaf, ByteWriter writer, Object value) {
        ((PlainCodec<Object>) known(leaf)).write(writer, value);
    }

    /** The number that these bytes are; null if one of this type has more or fewer of them. */
    static @Nullable Object readIfSized(String leaf, Bytes bytes) {
        return known(leaf) instanceof PlainCodec.Fixed<?> fixed && fixed.sizeBytes() == bytes.length()
                ? fixed.decode(bytes)
                : null;
    }

    private static PlainCodec<?> known(String leaf) {
        PlainCodec<?> codec = BY_NAME.get(leaf);
        if (codec == null) {
            throw new IllegalArgumentException("there is no codec " + leaf);
        }
        return codec;
    }

    private static boolean isBefore(List<String> ascending, String from, String to) {
        int first = ascending.indexOf(from);
        return first >= 0 && first < ascending.indexOf(to);
    }

    private static TreeMap<String, PlainCodec<?>> byName() {
        TreeMap<String, PlainCodec<?>> leaves = new TreeMap<>();
        Codecs.leaves().forEach(leaf -> leaves.put(leaf.name(), leaf));
        OrderedCodecs.leaves().forEach(leaf -> leaves.put(leaf.name(), leaf));
        return leaves;
    }
}
