package io.brickwork.core.codec;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Shape.Components;
import io.brickwork.core.codec.Shape.Constants;
import io.brickwork.core.codec.Shape.Leaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A record in a structure that was created with the same record, or with an older or newer version of it.
 *
 * <p>The bytes begin with the components that the catalog lists, as {@link RecordCodec} writes them: those that the
 * record has no more as null or zero. Behind them, only if there are any, stand <em>extras</em>: components that the
 * catalog does not list, unless they are null or zero; and values that do not fit the type that the catalog has for
 * their component, which is null or zero in its place.
 *
 * <pre>
 *   record = listed components, [format (u8, 1), count (varint), count × extra]
 *   extra  = path (string), type (u8), bytes (with their length)           in the order of their paths
 * </pre>
 *
 * A path is a component's name; within a component that is a record, the path of that, a point, and a name. A record
 * among the extras is one without bytes, and extras for its components. Numbers among the extras have the narrowest
 * type that holds them. So equal records have equal bytes, whichever version wrote them; and a reader meets what it
 * does not know by name: it is ignored in a value and refused in a key.
 */
final class EvolvedRecord<T extends Record> extends PlainCodec<T> {
    private static final int FORMAT = 1;
    /** An enum that the catalog does not list. */
    private static final Constants UNLISTED = new Constants(false, "", null);

    private final RecordCodec<T> mine;
    private final Components stored;
    private final Level top;
    private final CodecUse use;
    /** Whether records that have no extras are as {@link #mine} writes them. */
    private final boolean isUnchanged;

    EvolvedRecord(RecordCodec<T> mine, Components stored, CodecUse use) {
        super(mine.shape(), mine.type());
        this.mine = mine;
        this.stored = stored;
        this.top = Level.of(mine, stored);
        this.use = use;
        this.isUnchanged = stored.text().equals(mine.shape().text());
    }

    @Override
    public Compatibility<T> compatibility(String storedName, CodecUse of) {
        return mine.compatibility(storedName, of);
    }

    /** A newer version of the record may have written components that this one passes over. */
    @Override
    public boolean mayHaveOtherBytes() {
        return use == CodecUse.VALUE;
    }

    @Override
    void write(ByteWriter writer, T value) {
        if (isUnchanged) {
            mine.write(writer, value);
            return;
        }
        TreeMap<String, Extra> extras = new TreeMap<>();
        writeLevel(writer, top, value, "", extras);
        if (!extras.isEmpty()) {
            writer.u8(FORMAT).varint(extras.size());
            extras.forEach((path, extra) -> writer.string(path).u8(extra.type()).bytes(extra.bytes()));
        }
    }

    private static void writeLevel(
            ByteWriter writer, Level level, Object owner, String prefix, TreeMap<String, Extra> extras) {
        @Nullable Object[] values = level.valuesOf(owner);
        for (Slot slot : level.slots()) {
            slot.write(writer, slot.isRead() ? values[slot.mine()] : null, prefix, extras);
        }
        for (int added : level.added()) {
            RecordCodec.Component component = level.codec().components().get(added);
            Object value = values[added];
            if (value != null && !value.equals(component.defaultValue())) {
                addExtra(prefix + component.shape().oldest(), component.codec(), value, extras);
            }
        }
    }

    private static void addExtra(String path, PlainCodec<?> codec, Object value, TreeMap<String, Extra> extras) {
        if (codec instanceof RecordCodec<?> record) {
            extras.put(path, new Extra(Extra.RECORD, Bytes.EMPTY));
            writeLevel(new ByteWriter(0), Level.of(record, NOTHING), value, path + ".", extras);
        } else {
            extras.put(path, Extra.of(codec, value));
        }
    }

    private static final Components NOTHING = new Components("", List.of(), List.of());

    @Override
    T read(ByteReader reader) {
        return decode(reader.raw(reader.remaining()));
    }

    @Override
    public T decode(Bytes bytes) {
        if (isUnchanged) {
            ByteReader reader = new ByteReader(bytes);
            try {
                T value = mine.read(reader);
                if (reader.remaining() == 0) {
                    return value;
                }
            } catch (MalformedException e) {
                if (!hasExtras(bytes)) {
                    throw e;
                }
            }
        }
        ByteReader reader = new ByteReader(bytes);
        @Nullable Object[] values = readStored(reader, stored);
        TreeMap<String, Extra> extras = readExtras(reader);
        boolean hasExtras = !extras.isEmpty();
        T value = type().cast(build(top, values, "", extras));
        if (use == CodecUse.KEY && hasExtras) {
            if (!extras.isEmpty()) {
                throw new MalformedException(
                        "a key has a component %s, which record %s does not have: a newer program wrote it"
                                .formatted(extras.firstKey(), type().getName()));
            }
            if (!encode(value).equals(bytes)) {
                throw new MalformedException("a key is not written as " + value + " is");
            }
        }
        return value;
    }

    private boolean hasExtras(Bytes bytes) {
        ByteReader reader = new ByteReader(bytes);
        try {
            readStored(reader, stored);
            return reader.remaining() > 0;
        } catch (MalformedException e) {
            return false;
        }
    }

    /**
     * Reads a record as the catalog has it: for each component its value, null, the bytes of an enum constant's name,
     * or an array for a record.
     */
    private static @Nullable Object[] readStored(ByteReader reader, Components shape) {
        @Nullable Object[] values = new Object[shape.components().size()];
        for (int i = 0; i < values.length; i++) {
            Shape.Component component = shape.components().get(i);
            if (component.isPrimitive() || reader.bool("presence of " + component.name())) {
                values[i] = switch (component.shape()) {
                    case Leaf leaf -> leafCodec(leaf.text()).read(reader);
                    case Constants constants -> reader.bytes(component.name(), reader.remaining());
                    case Components nested -> readStored(reader, nested);
                    default -> throw new MalformedException("component " + component.words() + " cannot be read");
                };
            }
        }
        return values;
    }

    private static TreeMap<String, Extra> readExtras(ByteReader reader) {
        TreeMap<String, Extra> extras = new TreeMap<>();
        if (reader.remaining() == 0) {
            return extras;
        }
        int format = reader.u8();
        if (format != FORMAT) {
            throw new MalformedException("format %d of further components is not known".formatted(format));
        }
        int count = reader.varint32("further components", 1, reader.remaining());
        for (int i = 0; i < count; i++) {
            String path = reader.string("component", Limits.CODEC_NAME_CHARS);
            if (!extras.isEmpty() && extras.lastKey().compareTo(path) >= 0) {
                throw new MalformedException("component " + path + " follows " + extras.lastKey());
            }
            extras.put(path, new Extra(reader.u8(), reader.bytes(path, reader.remaining())));
        }
        if (reader.remaining() != 0) {
            throw new MalformedException(reader.remaining() + " bytes follow the record");
        }
        return extras;
    }

    /** Makes a record of what was read, and takes away the extras that it has. */
    private static Object build(Level level, @Nullable Object[] read, String prefix, TreeMap<String, Extra> extras) {
        @Nullable Object[] values = new Object[level.codec().components().size()];
        List<String> defaults = new ArrayList<>();
        for (int i = 0; i < read.length; i++) {
            Slot slot = level.slots().get(i);
            if (!slot.isRead()) {
                continue;
            }
            Extra extra = extras.remove(prefix + slot.stored().name());
            values[slot.mine()] =
                    extra == null ? slot.convert(read[i], prefix, extras) : slot.readExtra(extra, prefix, extras);
        }
        for (int added : level.added()) {
            RecordCodec.Component component = level.codec().components().get(added);
            String path = prefix + component.shape().name();
            Extra extra = extras.remove(path);
            for (String former : component.shape().formerly()) {
                if (extra == null) {
                    path = prefix + former;
                    extra = extras.remove(path);
                }
            }
            if (extra == null) {
                values[added] = component.defaultValue();
                defaults.add(component.shape().name());
            } else {
                values[added] = extra.read(path, component, component.codec(), extras);
            }
        }
        try {
            return level.codec().build(values);
        } catch (MalformedException e) {
            if (defaults.isEmpty()) {
                throw e;
            }
            throw new MalformedException(
                    e.getMessage() + "; it was stored without " + String.join(", ", defaults)
                            + ", so these are null or zero: the constructor must take that, or put something else in their place",
                    e);
        }
    }

    @SuppressWarnings("unchecked") // the codec is only given what it read, or what was converted to its type
    private static PlainCodec<Object> leafCodec(String name) {
        PlainCodec<?> leaf = Leaves.find(name);
        if (leaf == null) {
            throw new MalformedException("there is no codec " + name);
        }
        return (PlainCodec<Object>) leaf;
    }

    /**
     * A record, or one within another, as it is and as it is stored.
     *
     * @param slots one for each component that the catalog lists
     * @param added numbers of the components that the catalog does not list
     */
    private record Level(RecordCodec<?> codec, List<Slot> slots, List<Integer> added) {
        static Level of(RecordCodec<?> codec, Components stored) {
            Components mine = (Components) codec.shape();
            List<Integer> added = new ArrayList<>();
            for (int i = 0; i < mine.components().size(); i++) {
                added.add(i);
            }
            List<Slot> slots = new ArrayList<>();
            for (Shape.Component component : stored.components()) {
                Shape.Component successor = mine.successorOf(component);
                int index = successor == null ? -1 : mine.components().indexOf(successor);
                added.remove(Integer.valueOf(index));
                slots.add(Slot.of(
                        component, index, index < 0 ? null : codec.components().get(index)));
            }
            return new Level(codec, List.copyOf(slots), List.copyOf(added));
        }

        private @Nullable Object[] valuesOf(Object owner) {
            return valuesOf(codec, owner);
        }

        private static <R extends Record> @Nullable Object[] valuesOf(RecordCodec<R> codec, Object owner) {
            return codec.valuesOf(codec.type().cast(owner));
        }
    }

    /**
     * One component that the catalog lists.
     *
     * @param mine number of the component that it has become; negative if there is none
     * @param component that component
     * @param codec what it is written with; fits what the catalog has
     * @param nested if it is a record
     */
    private record Slot(
            Shape.Component stored,
            int mine,
            RecordCodec.@Nullable Component component,
            @Nullable PlainCodec<Object> codec,
            @Nullable Level nested) {
        @SuppressWarnings("unchecked") // the same codec, for another structure
        static Slot of(Shape.Component stored, int mine, RecordCodec.@Nullable Component component) {
            if (component == null) {
                return new Slot(stored, mine, null, null, null);
            }
            if (component.codec() instanceof EnumCodec<?> constants && stored.shape() instanceof Constants listed) {
                PlainCodec<?> codec = constants.storedAs(listed);
                return new Slot(stored, mine, component, (PlainCodec<Object>) codec, null);
            }
            PlainCodec<?> codec = component.codec();
            Level nested = codec instanceof RecordCodec<?> record && stored.shape() instanceof Components shape
                    ? Level.of(record, shape)
                    : null;
            return new Slot(stored, mine, component, component.codec(), nested);
        }

        boolean isRead() {
            return component != null;
        }

        void write(ByteWriter writer, @Nullable Object value, String prefix, TreeMap<String, Extra> extras) {
            String path = prefix + stored.name();
            Object written = value != null && stored.shape() instanceof Leaf leaf && !isOfStoredType(leaf)
                    ? Leaves.convert(value, leaf.text())
                    : value;
            if (value != null && written == null && codec != null) {
                extras.put(path, Extra.of(codec, value));
            } else if (value == null && stored.isPrimitive() && isRead()) {
                extras.put(path, new Extra(Extra.NULL, Bytes.EMPTY));
            }
            if (!stored.isPrimitive()) {
                writer.bool(written != null);
            }
            if (written == null) {
                if (stored.isPrimitive() && leafCodec(stored.shape().text()) instanceof Fixed<Object> fixed) {
                    fixed.write(writer, fixed.zero());
                }
            } else if (nested != null) {
                writeLevel(writer, nested, written, path + ".", extras);
            } else if (stored.shape() instanceof Leaf leaf) {
                leafCodec(leaf.text()).write(writer, written);
            } else if (codec != null) {
                codec.write(writer, written);
            }
        }

        private boolean isOfStoredType(Leaf leaf) {
            return codec != null && codec.name().equals(leaf.text());
        }

        /** What was read in this place, as the component that it has become. */
        @Nullable
        Object convert(@Nullable Object read, String prefix, TreeMap<String, Extra> extras) {
            if (read == null || codec == null) {
                return null;
            }
            if (nested != null && read instanceof @Nullable Object[] values) {
                return build(nested, values, prefix + stored.name() + ".", extras);
            }
            if (stored.shape() instanceof Constants) {
                return codec.decode((Bytes) read);
            }
            return stored.shape() instanceof Leaf leaf && !isOfStoredType(leaf)
                    ? Leaves.convert(read, codec.name())
                    : read;
        }

        @Nullable
        Object readExtra(Extra extra, String prefix, TreeMap<String, Extra> extras) {
            if (component == null || codec == null) {
                throw new IllegalStateException("component " + stored.name() + " is not read");
            }
            return extra.read(prefix + stored.name(), component, codec, extras);
        }
    }

    /**
     * A component behind those that the catalog lists.
     *
     * @param type a number from {@link #TYPES}, or one of those below
     */
    private record Extra(int type, Bytes bytes) {
        static final int NULL = 0;
        static final int RECORD = 1;
        static final int ENUM = 2;

        /** Stored, so never changed. */
        private static final Map<Integer, String> TYPES = new TreeMap<>(Map.ofEntries(
                Map.entry(3, "string/1"),
                Map.entry(4, "boolean/1"),
                Map.entry(5, "byte/1"),
                Map.entry(6, "short/1"),
                Map.entry(7, "int/1"),
                Map.entry(8, "long/1"),
                Map.entry(9, "float/1"),
                Map.entry(10, "double/1"),
                Map.entry(11, "char/1"),
                Map.entry(12, "uuid/1"),
                Map.entry(13, "instant/1"),
                Map.entry(14, "bytes/1")));

        static Extra of(PlainCodec<?> codec, Object value) {
            if (codec instanceof EnumCodec<?> constants) {
                return new Extra(ENUM, encode(constants.storedAs(UNLISTED), value));
            }
            String narrowest = codec.name();
            for (Shape narrower : Leaves.narrower(codec.shape()).reversed()) {
                narrowest = Leaves.convert(value, narrower.text()) != null ? narrower.text() : narrowest;
            }
            Object narrowed = narrowest.equals(codec.name()) ? value : Leaves.convert(value, narrowest);
            int type = 0;
            for (Map.Entry<Integer, String> known : TYPES.entrySet()) {
                type = known.getValue().equals(narrowest) ? known.getKey() : type;
            }
            if (type == 0 || narrowed == null) {
                throw new IllegalStateException("codec " + codec.name() + " has no number");
            }
            return new Extra(type, leafCodec(narrowest).encode(narrowed));
        }

        private static <V> Bytes encode(PlainCodec<V> codec, Object value) {
            return codec.encode(codec.type().cast(value));
        }

        @Nullable
        Object read(String path, RecordCodec.Component component, PlainCodec<?> codec, TreeMap<String, Extra> extras) {
            if (type == NULL) {
                if (component.shape().isPrimitive()) {
                    throw new MalformedException(
                            "component %s is null in what a newer program wrote, and is of a primitive type here"
                                    .formatted(path));
                }
                return null;
            }
            if (type == RECORD && codec instanceof RecordCodec<?> record) {
                return build(Level.of(record, NOTHING), new Object[0], path + ".", extras);
            }
            if (type == ENUM && codec instanceof EnumCodec<?> constants) {
                return constants.storedAs(UNLISTED).decode(bytes);
            }
            String is = TYPES.get(type);
            if (is == null || !(codec.shape() instanceof Leaf)) {
                throw new MalformedException("component %s was stored as another type (number %d) than %s"
                        .formatted(path, type, codec.words()));
            }
            Object value = leafCodec(is).decode(bytes);
            boolean isNumber = Leaves.isWidening(is, codec.name()) || Leaves.isWidening(codec.name(), is);
            Object converted = is.equals(codec.name()) ? value : isNumber ? Leaves.convert(value, codec.name()) : null;
            if (converted == null) {
                throw new MalformedException("component %s was stored as %s %s, which is no %s"
                        .formatted(path, leafCodec(is).words(), value, codec.words()));
            }
            return converted;
        }
    }
}
