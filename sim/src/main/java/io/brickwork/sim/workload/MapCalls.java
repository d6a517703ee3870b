package io.brickwork.sim.workload;

import io.brickwork.btree.TreeOperations;
import io.brickwork.btree.TreeType;
import io.brickwork.check.Call;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.map.MapOperations;
import io.brickwork.sim.kernel.SimRandom;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks a map of text to text for the operations of a {@link Call}. It cannot append. */
public final class MapCalls implements CallCodec {
    public static final MapCalls HASH_TABLE =
            new MapCalls(HashTableType.NAME, HashTableType::operations, 8, Bytes::utf8);
    public static final MapCalls TREE = new MapCalls(TreeType.NAME, TreeType::operations, 1, MapCalls::spread);

    private static final int FENCE_KEYS = 20;

    private final String type;
    private final Function<StructureInfo, MapOperations> operations;
    /** How many bytes there are before the text in a record key. */
    private final int placedBytes;

    private final Function<String, Bytes> keys;

    private MapCalls(
            String type,
            Function<StructureInfo, MapOperations> operations,
            int placedBytes,
            Function<String, Bytes> keys) {
        this.type = type;
        this.operations = operations;
        this.placedBytes = placedBytes;
        this.keys = keys;
    }

    /** The key behind a byte made of it: then the first partitions of a tree have some each. */
    private static Bytes spread(String key) {
        byte[] first = {(byte) (key.hashCode() * 0x9D)};
        return Bytes.wrap(first).concat(Bytes.utf8(key));
    }

    @Override
    public StructureSpec spec(int partitions, int replicas, Durability durability) {
        return new StructureSpec(type, "text/1", "text/1", partitions, replicas, durability, Replication.TWO_PHASE);
    }

    @Override
    public List<Bytes> fences(int partitions, SimRandom random) {
        if (!type.equals(TreeType.NAME) || random.nextInt(2) == 0) {
            return List.of();
        }
        TreeSet<Bytes> fences = new TreeSet<>();
        while (fences.size() < partitions - 1) {
            fences.add(keys.apply(Caller.WRITTEN + random.nextInt(FENCE_KEYS)));
        }
        return List.copyOf(fences);
    }

    @Override
    public boolean supports(Call.Kind kind) {
        return kind != Call.Kind.APPEND;
    }

    @Override
    public Operation<Optional<String>> operation(StructureInfo structure, Call call) {
        Bytes key = keys.apply(call.key());
        MapOperations map = operations.apply(structure);
        return switch (call.kind()) {
            case GET -> optional(map.get(key));
            case PUT -> optional(map.put(key, text(call.argument())));
            case SET -> map(map.set(key, text(call.argument())), nothing -> null);
            case REMOVE -> optional(map.remove(key));
            case DELETE -> map(map.delete(key), nothing -> null);
            case PUT_IF_ABSENT -> optional(map.putIfAbsent(key, text(call.argument())));
            case REPLACE -> optional(map.replace(key, text(call.argument())));
            case REPLACE_IF -> map(map.replaceIf(key, text(call.expected()), text(call.argument())), String::valueOf);
            case REMOVE_IF -> map(map.removeIf(key, text(call.expected())), String::valueOf);
            case APPEND -> throw new IllegalArgumentException("a map cannot append");
        };
    }

    @Override
    public @Nullable TreeOperations ranges(StructureInfo structure) {
        return type.equals(TreeType.NAME) ? new TreeOperations(structure) : null;
    }

    @Override
    public Bytes recordKey(StructureInfo structure, String key) {
        return operations.apply(structure).placement().recordKey(keys.apply(key));
    }

    @Override
    public String key(Bytes recordKey) {
        return recordKey.slice(placedBytes, recordKey.length()).toUtf8();
    }

    @Override
    public String value(Bytes value) {
        return value.toUtf8();
    }

    private static Bytes text(@Nullable String text) {
        if (text == null) {
            throw new IllegalArgumentException("a value is missing");
        }
        return Bytes.utf8(text);
    }

    private static Operation<Optional<String>> optional(Operation<Optional<Bytes>> operation) {
        return map(operation, value -> value.map(Bytes::toUtf8).orElse(null));
    }

    private static <R extends @Nullable Object> Operation<Optional<String>> map(
            Operation<R> operation, Function<R, @Nullable String> mapper) {
        return new Operation<>(
                operation.structure(),
                operation.routingKey(),
                operation.read(),
                operation.body(),
                result -> Optional.ofNullable(mapper.apply(operation.decoder().apply(result))),
                operation.name());
    }
}
