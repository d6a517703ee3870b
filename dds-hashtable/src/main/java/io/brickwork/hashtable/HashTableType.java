package io.brickwork.hashtable;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;

/**
 * The hash table, as replicas and routers know it. Its record keys are the 64-bit hash of the encoded key, big-endian, followed by the key; its values are the encoded values.
 *
 * <p>{@link HashTableOperations} makes its operations.
 */
public final class HashTableType implements StructureType {
    public static final HashTableType INSTANCE = new HashTableType();
    /** The type's name in the catalog. */
    public static final String NAME = "hashtable";

    private HashTableType() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public PartitionMap initialPartitions(StructureSpec spec) {
        return HashTrie.uniform(spec.partitions());
    }

    @Override
    public boolean isRead(Bytes body) {
        return Command.of(body).isRead();
    }

    @Override
    public Bytes evaluate(Bytes body, Records records, Changes changes) {
        return HashTableEvaluation.evaluate(body, records, changes);
    }
}
