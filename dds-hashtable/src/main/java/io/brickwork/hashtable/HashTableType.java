package io.brickwork.hashtable;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import io.brickwork.map.MapEvaluation;
import io.brickwork.map.MapOperations;

/**
 * The hash table, as replicas and routers know it. Its record keys are the 64-bit hash of the encoded key, big-endian,
 * followed by the key; its values are the encoded values.
 *
 * <p>{@link #operations} makes its operations.
 */
public final class HashTableType implements StructureType {
    public static final HashTableType INSTANCE = new HashTableType();
    /** The type's name in the catalog. */
    public static final String NAME = "hashtable";

    private HashTableType() {}

    /** Makes the operations of such a structure. */
    public static MapOperations operations(StructureInfo structure) {
        return new MapOperations(structure, KeyHash.PLACEMENT);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public PartitionMap initialPartitions(StructureSpec spec) {
        return HashTrie.uniform(spec.partitions());
    }

    @Override
    public boolean isRecordKey(Bytes recordKey) {
        return recordKey.length() >= KeyHash.HASH_BYTES && recordKey.equals(KeyHash.recordKey(KeyHash.key(recordKey)));
    }

    @Override
    public boolean isRead(Bytes body) {
        return MapEvaluation.isRead(KeyHash.PLACEMENT, body);
    }

    @Override
    public Bytes evaluate(Bytes body, Records records, Changes changes) {
        return MapEvaluation.evaluate(KeyHash.PLACEMENT, body, records, changes);
    }
}
