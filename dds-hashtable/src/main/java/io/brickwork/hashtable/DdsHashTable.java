package io.brickwork.hashtable;

import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.map.DdsMap;
import io.brickwork.map.transaction.Transactional;
import java.time.Duration;
import java.util.List;

/**
 * A hash table on a cluster of bricks, as a {@link java.util.concurrent.ConcurrentMap}. What is promised:
 * {@link DdsMap}.
 *
 * <p>{@link #size} and {@link #isEmpty} add up live counts of the partitions. Iterators go in the order of the keys'
 * hashes.
 */
public final class DdsHashTable<K, V> extends DdsMap<K, V> implements Transactional<DdsHashTable<K, V>> {
    private final TableSpec<K, V> spec;

    private DdsHashTable(
            Invoker invoker, StructureInfo info, PartitionMap initial, TableSpec<K, V> spec, CallOptions options) {
        super(invoker, HashTableType.operations(info), initial, spec.keys(), spec.values(), options);
        this.spec = spec;
    }

    /**
     * Opens the table; creates it if there is none of this name.
     *
     * @param options for opening, and for all calls until they are changed
     * @throws DdsException.WrongType if there is a structure of this name with other types or settings than the spec
     *     asks for
     */
    public static <K, V> DdsHashTable<K, V> open(Invoker invoker, TableSpec<K, V> spec, CallOptions options) {
        StructureInfo info = openStructure(invoker, spec.name(), spec.structureSpec(), List.of(), options);
        return new DdsHashTable<>(
                invoker, info, HashTableType.INSTANCE.initialPartitions(info.spec()), spec.fitted(info), options);
    }

    /** The same table with another timeout; this one keeps its own. */
    public DdsHashTable<K, V> withTimeout(Duration timeout) {
        return new DdsHashTable<>(
                invoker(), info(), initialPartitions(), spec, options().withTimeout(timeout));
    }

    /** The same table with reads that promise something else; this one keeps its own. */
    public DdsHashTable<K, V> withReads(ReadMode reads) {
        return new DdsHashTable<>(
                invoker(), info(), initialPartitions(), spec, options().withReads(reads));
    }

    @Override
    public DdsHashTable<K, V> over(Invoker other) {
        return new DdsHashTable<>(other, info(), PartitionMap.WHOLE, spec, options());
    }
}
