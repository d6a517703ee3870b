package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.Names;
import io.brickwork.core.Replication;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The structure that lists all structures: structure 0, one partition, answered at every brick out of the metadata log.
 * Clients ask it like any other structure.
 *
 * <p>As a structure of its own its records are {@code 'n' name} → id and spec; {@code 'c'} → the greatest id given so
 * far.
 */
public final class Catalog implements StructureType {
    public static final Catalog TYPE = new Catalog();
    /** The catalog itself, as a structure. */
    public static final StructureInfo STRUCTURE = new StructureInfo(
            0,
            "catalog",
            new StructureSpec(
                    "catalog",
                    "string/1",
                    "structure/1",
                    1,
                    Limits.GROUP_MEMBERS,
                    Durability.SYNC,
                    Replication.DEFAULT));

    private static final int CREATE = 1;
    private static final int FIND = 2;
    private static final int LIST = 3;
    private static final int FORMAT = 1;
    private static final Bytes COUNTER = Bytes.utf8("c");
    private static final Bytes NAMES = Bytes.utf8("n");

    private Catalog() {}

    /**
     * Creates the structure if no other has its name; gives what exists under the name afterwards, which may have
     * another spec. Its partitions begin where its type says.
     */
    public static Operation<StructureInfo> create(String name, StructureSpec spec) {
        return create(name, spec, List.of());
    }

    /**
     * As above, with partitions that begin at given record keys.
     *
     * @param fences ascending: where the second partition begins, the third, and so on; empty for what the type says
     * @throws IllegalArgumentException if it asks for more than a new structure may have; it says what, how much, and
     *     what to do
     */
    public static Operation<StructureInfo> create(String name, StructureSpec spec, List<Bytes> fences) {
        checkedName(Names.checkNew("structure", name));
        String tooLarge = whyTooLarge(name, spec.partitions(), fences);
        if (tooLarge != null) {
            throw new IllegalArgumentException(tooLarge);
        }
        ByteWriter writer = new ByteWriter(128).u8(CREATE).string(name);
        writeSpec(writer, spec);
        writeKeys(writer, fences);
        return new Operation<>(
                STRUCTURE, Bytes.EMPTY, false, writer.toBytes(), Catalog::decodeInfo, "create structure");
    }

    public static Operation<Optional<StructureInfo>> find(String name) {
        return new Operation<>(
                STRUCTURE,
                Bytes.EMPTY,
                true,
                new ByteWriter(64).u8(FIND).string(checkedName(name)).toBytes(),
                result -> result.isEmpty() ? Optional.empty() : Optional.of(decodeInfo(result)),
                "find structure");
    }

    /** All structures in the order of their names. */
    public static Operation<List<StructureInfo>> list() {
        return new Operation<>(
                STRUCTURE,
                Bytes.EMPTY,
                true,
                new ByteWriter(16).u8(LIST).toBytes(),
                Catalog::decodeList,
                "list structures");
    }

    /**
     * Why no structure can begin with so many partitions, or with partitions that begin at these keys; null if one can.
     */
    public static @Nullable String whyTooLarge(String name, int partitions, List<Bytes> fences) {
        if (partitions > Limits.PARTITIONS) {
            return "'%s' cannot begin with %d partitions; the limit is %d: create it with fewer, partitions that grow are split"
                    .formatted(name, partitions, Limits.PARTITIONS);
        }
        long bytes = fences.stream().mapToLong(fence -> 3L + fence.length()).sum();
        if (bytes > Limits.FENCE_BYTES) {
            return "'%s' cannot begin with partitions at %d keys that take %d bytes together; the limit is %d: create it with fewer or shorter ones, partitions that grow are split"
                    .formatted(name, fences.size(), bytes, Limits.FENCE_BYTES);
        }
        return null;
    }

    /** What {@link #create} asks for. */
    public record Creation(String name, StructureSpec spec, List<Bytes> fences) {
        public Creation {
            fences = List.copyOf(fences);
        }

        /**
         * Where each partition begins, by number.
         *
         * @throws IllegalArgumentException if there are not as many as the spec says, or they do not ascend
         */
        public List<Bytes> lows(StructureType type) {
            List<Bytes> lows = new ArrayList<>();
            if (fences.isEmpty()) {
                PartitionMap map = type.initialPartitions(spec);
                for (int partition = 0; partition < spec.partitions(); partition++) {
                    lows.add(map.range(partition).low());
                }
                return lows;
            }
            lows.add(Bytes.EMPTY);
            for (Bytes fence : fences) {
                Check.argument(
                        lows.getLast().compareTo(fence) < 0, "fence %s does not come after %s", fence, lows.getLast());
                lows.add(fence);
            }
            Check.argument(
                    lows.size() == spec.partitions(), "%d fences for %d partitions", fences.size(), spec.partitions());
            return lows;
        }
    }

    /**
     * Reads the body of {@link #create}.
     *
     * @throws MalformedOperationException if it is that of another operation
     */
    public static Creation creation(Bytes body) {
        ByteReader reader = new ByteReader(body);
        int operation = reader.u8();
        if (operation != CREATE) {
            throw new MalformedOperationException("the catalog has no operation " + operation + " that changes it");
        }
        return new Creation(checkedName(reader.string("name", Limits.NAME_CHARS)), readSpec(reader), readKeys(reader));
    }

    /** Appends record keys, such as fences. */
    public static void writeKeys(ByteWriter writer, List<Bytes> keys) {
        writer.varint(keys.size());
        keys.forEach(writer::bytes);
    }

    /** Reads what {@link #writeKeys} wrote. */
    public static List<Bytes> readKeys(ByteReader reader) {
        List<Bytes> keys = new ArrayList<>();
        for (int left = reader.count("keys", 1); left > 0; left--) {
            keys.add(reader.bytes("key", Limits.RECORD_KEY_BYTES).compact());
        }
        return keys;
    }

    /**
     * Answers {@link #find} and {@link #list}.
     *
     * @throws MalformedOperationException if it is the body of another operation
     */
    public static Bytes look(
            Bytes body, Function<String, @Nullable StructureInfo> byName, Collection<StructureInfo> all) {
        ByteReader reader = new ByteReader(body);
        int operation = reader.u8();
        return switch (operation) {
            case FIND -> {
                StructureInfo info = byName.apply(checkedName(reader.string("name", Limits.NAME_CHARS)));
                yield info == null ? Bytes.EMPTY : encodeInfo(info);
            }
            case LIST -> {
                ByteWriter writer = new ByteWriter(64 * all.size() + 8).varint(all.size());
                all.stream()
                        .sorted(Comparator.comparing(StructureInfo::name))
                        .forEach(info -> writer.bytes(encodeInfo(info)));
                yield writer.toBytes();
            }
            default ->
                throw new MalformedOperationException("the catalog has no operation " + operation + " that looks");
        };
    }

    @Override
    public String name() {
        return "catalog";
    }

    @Override
    public PartitionMap initialPartitions(StructureSpec spec) {
        return PartitionMap.WHOLE;
    }

    @Override
    public boolean isRead(Bytes body) {
        return body.isEmpty() || body.at(0) != CREATE;
    }

    /** Reads the structures out of the catalog's records. */
    private static List<StructureInfo> structures(Records records) {
        List<StructureInfo> all = new ArrayList<>();
        records.scan(NAMES, (key, value) -> {
            if (!key.startsWith(NAMES)) {
                return false;
            }
            all.add(decodeInfo(value));
            return true;
        });
        return all;
    }

    /**
     * Over records of its own: for whoever has no metadata log, such as an invoker in memory. Bricks use
     * {@link #creation} and {@link #look}.
     */
    @Override
    public Bytes evaluate(Bytes body, Records records, Changes changes) {
        ByteReader reader = new ByteReader(body);
        int operation = reader.u8();
        return switch (operation) {
            case CREATE -> {
                Creation asked = creation(body);
                String name = asked.name();
                StructureSpec spec = asked.spec();
                Bytes existing = records.get(key(name));
                if (existing != null) {
                    yield existing;
                }
                Bytes counter = records.get(COUNTER);
                int id = (counter == null ? 0 : new ByteReader(counter).varint32("id", 0, Integer.MAX_VALUE - 1)) + 1;
                changes.put(COUNTER, new ByteWriter(8).varint(id).toBytes());
                Bytes info = encodeInfo(new StructureInfo(id, name, spec));
                changes.put(key(name), info);
                yield info;
            }
            case FIND -> {
                Bytes info = records.get(key(checkedName(reader.string("name", Limits.NAME_CHARS))));
                yield info == null ? Bytes.EMPTY : info;
            }
            case LIST -> {
                List<StructureInfo> all = structures(records);
                ByteWriter writer = new ByteWriter(64 * all.size() + 8).varint(all.size());
                all.forEach(info -> writer.bytes(encodeInfo(info)));
                yield writer.toBytes();
            }
            default -> throw new MalformedOperationException("the catalog has no operation " + operation);
        };
    }

    private static Bytes key(String name) {
        return NAMES.concat(Bytes.utf8(name));
    }

    /** The name, if a structure may have it; else an {@link IllegalArgumentException}. */
    public static String checkedName(String name) {
        Check.argument(
                !name.isBlank()
                        && name.length() <= Limits.NAME_CHARS
                        && Bytes.utf8(name).length() < Limits.RECORD_KEY_BYTES,
                "structure name '%s' is not 1 to %d characters, not all blank, and less than %d bytes",
                name,
                Limits.NAME_CHARS,
                Limits.RECORD_KEY_BYTES);
        return name;
    }

    /** The result of {@link #create}. */
    public static Bytes encodeInfo(StructureInfo info) {
        ByteWriter writer = new ByteWriter(128).u8(FORMAT).varint(info.id()).string(info.name());
        writeSpec(writer, info.spec());
        return writer.toBytes();
    }

    private static StructureInfo decodeInfo(Bytes bytes) {
        ByteReader reader = new ByteReader(bytes);
        int format = reader.u8();
        if (format != FORMAT) {
            throw new MalformedException("catalog record format " + format + " is not known");
        }
        return new StructureInfo(
                reader.varint32("id", 1, Integer.MAX_VALUE),
                reader.string("name", Limits.NAME_CHARS),
                readSpec(reader));
    }

    private static List<StructureInfo> decodeList(Bytes bytes) {
        ByteReader reader = new ByteReader(bytes);
        int count = reader.varint32("structures", 0, reader.remaining());
        List<StructureInfo> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(decodeInfo(reader.bytes("structure", Limits.BODY_BYTES)));
        }
        return all;
    }

    /** Appends a spec; no length before it. */
    public static void writeSpec(ByteWriter writer, StructureSpec spec) {
        writer.string(spec.type()).string(spec.keyCodec()).string(spec.valueCodec());
        writer.varint(spec.partitions()).varint(spec.replicas());
        writer.u8(spec.durability() == Durability.SYNC ? 1 : 2)
                .u8(spec.replication().code());
    }

    /** Reads what {@link #writeSpec} wrote. */
    public static StructureSpec readSpec(ByteReader reader) {
        String type = reader.string("type", Limits.NAME_CHARS);
        String keyCodec = reader.string("key codec", Limits.CODEC_NAME_CHARS);
        String valueCodec = reader.string("value codec", Limits.CODEC_NAME_CHARS);
        int partitions = reader.varint32("partitions", 1, Limits.PARTITION_NUMBERS);
        int replicas = reader.varint32("replicas", 1, Limits.GROUP_MEMBERS);
        int durability = reader.u8();
        if (durability != 1 && durability != 2) {
            throw new MalformedException("durability " + durability + " is not known");
        }
        Replication replication;
        try {
            replication = Replication.of(reader.u8());
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
        return new StructureSpec(
                type,
                keyCodec,
                valueCodec,
                partitions,
                replicas,
                durability == 1 ? Durability.SYNC : Durability.REPLICATED,
                replication);
    }
}
