package io.brickwork.core.codec;

import io.brickwork.core.Limits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the bytes of a built-in codec look like, as far as a reader must know it. A codec's name in the catalog is its
 * shape as text:
 *
 * <pre>
 *   shape      = leaf | enum | record
 *   leaf       = "string/1" | "long/1" | "ordered-int/1" | …
 *   enum       = ["ordered-"] "enum:" [class] ["(" constant {"," constant} ")"] "/1"
 *   record     = "record:" [class] "(" [component {"," component}] ")/1"
 *   component  = name ":" ["!"] shape              "!": of a primitive type, never null
 *   cut        = ("record:" | "enum:" | "ordered-enum:") [class] "#" digest "/1"
 * </pre>
 *
 * <p>Class names stand only in the names of older structures, and are not compared. A name that would be too long is
 * cut: in its place stands a digest of it.
 */
sealed interface Shape {
    String RECORD = "record:";
    String ENUM = "enum:";
    String ORDERED_ENUM = "ordered-enum:";
    String VERSION = "/1";
    /** How long a name was before it was cut, when names had classes in them. */
    int NAME_CHARS_WITH_CLASS = 200;

    /** The name without any class, whole. */
    String text();

    /** The name as older structures have it: with class names, each cut on its own. */
    String nameWithClass();

    /** For messages. */
    String words();

    /** The name under which the catalog has a new structure. */
    default String name() {
        String text = text();
        return text.length() <= Limits.CODEC_NAME_CHARS ? text : prefix(text) + "#" + digest(text) + VERSION;
    }

    private static String prefix(String text) {
        return text.substring(0, text.indexOf(':') + 1);
    }

    /** A type with a codec of its own and no parts. */
    record Leaf(String text, String words) implements Shape {
        @Override
        public String nameWithClass() {
            return text;
        }
    }

    /**
     * An enum.
     *
     * @param isOrdered whether it is stored as a number that sorts as the constants do, or else as its constant's name
     * @param constants null if the name does not say them
     */
    record Constants(
            boolean isOrdered, String type, @Nullable List<Constant> constants) implements Shape {
        public Constants {
            constants = constants == null ? null : List.copyOf(constants);
        }

        private String list() {
            return constants == null
                    ? ""
                    : constants.stream().map(Constant::name).collect(Collectors.joining(",", "(", ")"));
        }

        private String prefix() {
            return isOrdered ? ORDERED_ENUM : ENUM;
        }

        @Override
        public String text() {
            return prefix() + list() + VERSION;
        }

        @Override
        public String nameWithClass() {
            return cutWithClass(prefix(), type, isOrdered ? list() : "");
        }

        @Override
        public String words() {
            return constants == null ? "enum" : "enum " + list().replace(",", ", ");
        }
    }

    /** @param formerly names that it had before, the oldest first; empty in a shape that was read from a name */
    record Constant(String name, List<String> formerly) {
        public Constant {
            formerly = List.copyOf(formerly);
        }

        /** The name that is written where the catalog does not say. */
        String oldest() {
            return formerly.isEmpty() ? name : formerly.getFirst();
        }

        boolean isCalled(String other) {
            return name.equals(other) || formerly.contains(other);
        }
    }

    /** @param removed components that are known to be gone; empty in a shape that was read from a name */
    record Components(String type, List<Component> components, List<String> removed) implements Shape {
        public Components {
            components = List.copyOf(components);
            removed = List.copyOf(removed);
        }

        @Override
        public String text() {
            return components.stream()
                    .map(component -> component.label() + component.shape().text())
                    .collect(Collectors.joining(",", RECORD + "(", ")" + VERSION));
        }

        @Override
        public String nameWithClass() {
            return nameWithClass(type);
        }

        String nameWithClass(String ofClass) {
            return cutWithClass(
                    RECORD,
                    ofClass,
                    components.stream()
                            .map(component ->
                                    component.label() + component.shape().nameWithClass())
                            .collect(Collectors.joining(",", "(", ")")));
        }

        @Override
        public String words() {
            return components.stream().map(Component::words).collect(Collectors.joining(", ", "record (", ")"));
        }

        /** The component that a stored one has become; null if there is none. */
        @Nullable
        Component successorOf(Component stored) {
            for (Component component : components) {
                if (component.name().equals(stored.name())) {
                    return component;
                }
            }
            for (Component component : components) {
                if (component.formerly().contains(stored.name())) {
                    return component;
                }
            }
            return null;
        }
    }

    /** @param formerly names that it had before, the oldest first; empty in a shape that was read from a name */
    record Component(String name, List<String> formerly, boolean isPrimitive, Shape shape) {
        public Component {
            formerly = List.copyOf(formerly);
        }

        private String label() {
            return name + ":" + (isPrimitive ? "!" : "");
        }

        /** The name that is written where the catalog does not have the component. */
        String oldest() {
            return formerly.isEmpty() ? name : formerly.getFirst();
        }

        String words() {
            String words = shape.words();
            return name + ": " + (isPrimitive ? primitiveName(words) : words);
        }

        private static String primitiveName(String boxed) {
            return switch (boxed) {
                case "Integer" -> "int";
                case "Character" -> "char";
                default -> boxed.toLowerCase(Locale.ROOT);
            };
        }
    }

    /** A name that was cut: only the name of the very same shape has its digest. */
    record Cut(String prefix, String type, String digest) implements Shape {
        @Override
        public String text() {
            return prefix + "#" + digest + VERSION;
        }

        @Override
        public String nameWithClass() {
            return prefix + type + "#" + digest + VERSION;
        }

        @Override
        public String words() {
            return (prefix.equals(RECORD) ? "record" : "enum") + " (too long to list)";
        }
    }

    /** A name that no built-in codec has. */
    record Foreign(String text) implements Shape {
        @Override
        public String nameWithClass() {
            return text;
        }

        @Override
        public String words() {
            return "objects of codec '" + text + "'";
        }
    }

    /** The shape that a codec's name in the catalog tells. */
    static Shape parse(String name) {
        ShapeParser parser = new ShapeParser(name);
        Shape shape = parser.shape();
        return shape != null && parser.isAtEnd() ? shape : new Foreign(name);
    }

    private static String cutWithClass(String prefix, String type, String rest) {
        String full = prefix + type + rest + VERSION;
        if (full.length() <= NAME_CHARS_WITH_CLASS) {
            return full;
        }
        String end = "#" + digest(full) + VERSION;
        String readable = prefix + type;
        return readable.substring(0, Math.min(readable.length(), NAME_CHARS_WITH_CLASS - end.length())) + end;
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Reads names, left to right. Every method answers null where the name is not as the grammar has it. */
    final class ShapeParser {
        private final String name;
        private int at;

        private ShapeParser(String name) {
            this.name = name;
        }

        private boolean isAtEnd() {
            return at == name.length();
        }

        private @Nullable Shape shape() {
            for (String prefix : List.of(RECORD, ENUM, ORDERED_ENUM)) {
                if (take(prefix)) {
                    String type = until("(#/");
                    if (take("#")) {
                        String digest = until("/");
                        return take(VERSION) ? new Cut(prefix, type, digest) : null;
                    }
                    return prefix.equals(RECORD) ? components(type) : constants(prefix.equals(ORDERED_ENUM), type);
                }
            }
            String text = until(",)");
            PlainCodec<?> leaf = Leaves.find(text);
            return leaf == null ? null : leaf.shape();
        }

        private @Nullable Shape components(String type) {
            if (!take("(")) {
                return null;
            }
            List<Component> components = new ArrayList<>();
            while (!take(")")) {
                if (!components.isEmpty() && !take(",")) {
                    return null;
                }
                String component = until(":,()");
                if (component.isEmpty() || !take(":")) {
                    return null;
                }
                boolean isPrimitive = take("!");
                Shape shape = shape();
                if (shape == null) {
                    return null;
                }
                components.add(new Component(component, List.of(), isPrimitive, shape));
            }
            return take(VERSION) ? new Components(type, components, List.of()) : null;
        }

        private @Nullable Shape constants(boolean isOrdered, String type) {
            List<Constant> constants = null;
            if (take("(")) {
                constants = new ArrayList<>();
                while (!take(")")) {
                    if (!constants.isEmpty() && !take(",")) {
                        return null;
                    }
                    String constant = until(",()");
                    if (constant.isEmpty()) {
                        return null;
                    }
                    constants.add(new Constant(constant, List.of()));
                }
            }
            return take(VERSION) ? new Constants(isOrdered, type, constants) : null;
        }

        private boolean take(String text) {
            boolean isThere = name.startsWith(text, at);
            at += isThere ? text.length() : 0;
            return isThere;
        }

        /** What stands before the next of these characters, or the end. */
        private String until(String ends) {
            int begin = at;
            while (at < name.length() && ends.indexOf(name.charAt(at)) < 0) {
                at++;
            }
            return name.substring(begin, at);
        }
    }
}
