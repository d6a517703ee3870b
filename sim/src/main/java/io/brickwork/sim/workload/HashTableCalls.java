package io.brickwork.sim.workload;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.invoke.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.sim.check.Call;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks a hash table of text to text for the operations of a {@link Call}. It cannot append. */
public final class HashTableCalls implements CallCodec {
    public static final HashTableCalls INSTANCE = new HashTableCalls();

    /** Bytes of hash before the key in a record key. */
    private static final int HASH_BYTES = 8;

    private HashTableCalls() {}

    @Override
    public StructureSpec spec(int partitions, int replicas, Durability durability) {
        return new StructureSpec(
                HashTableType.NAME,
                "text/1",
                "text/1",
                partitions,
                replicas,
                durability,
                StructureSpec.Protocol.TWO_PHASE);
    }

    @Override
    public boolean supports(Call.Kind kind) {
        return kind != Call.Kind.APPEND;
    }

    @Override
    public Operation<Optional<String>> operation(StructureInfo structure, Call call) {
        Bytes key = Bytes.utf8(call.key());
        return switch (call.kind()) {
            case GET -> optional(HashTableType.operations(structure).get(key));
            case PUT -> optional(HashTableType.operations(structure).put(key, text(call.argument())));
            case SET -> map(HashTableType.operations(structure).set(key, text(call.argument())), nothing -> null);
            case REMOVE -> optional(HashTableType.operations(structure).remove(key));
            case DELETE -> map(HashTableType.operations(structure).delete(key), nothing -> null);
            case PUT_IF_ABSENT -> optional(HashTableType.operations(structure).putIfAbsent(key, text(call.argument())));
            case REPLACE -> optional(HashTableType.operations(structure).replace(key, text(call.argument())));
            case REPLACE_IF ->
                map(
                        HashTableType.operations(structure)
                                .replaceIf(key, text(call.expected()), text(call.argument())),
                        String::valueOf);
            case REMOVE_IF ->
                map(HashTableType.operations(structure).removeIf(key, text(call.expected())), String::valueOf);
            case APPEND -> throw new IllegalArgumentException("a hash table cannot append");
        };
    }

    @Override
    public String key(Bytes recordKey) {
        return recordKey.slice(HASH_BYTES, recordKey.length()).toUtf8();
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
