package io.brickwork.core.structure;

import io.brickwork.core.Bytes;

/**
 * All that a replica knows of a kind of structure. Replicas never branch on it; a new structure is a new
 * implementation.
 *
 * <p>Implementations are stateless and deterministic: the same body and the same records give the same changes and
 * result on every machine, for ever. Safe for use from any thread.
 */
public interface StructureType {
    /** The type's name as stored in the catalog, such as {@code "hashtable"}. */
    String name();

    /** The partitions of a new structure. Equal for equal specs, for ever. */
    PartitionMap initialPartitions(StructureSpec spec);

    /** Whether the structure would ever look for a record under such a key. */
    default boolean isRecordKey(Bytes recordKey) {
        return true;
    }

    /**
     * Whether the operation is a pure read: one that can never have an effect. Throws
     * {@link MalformedOperationException}.
     */
    boolean isRead(Bytes body);

    /**
     * Evaluates one operation.
     *
     * <p>A {@link MalformedOperationException}, or any other {@link RuntimeException} but a corrupt record, becomes the
     * operation's stored rejection: deterministic input that throws here throws at every primary, so it must not halt
     * one.
     *
     * @param body the operation, as the structure's client side encoded it
     * @param records the partition's state
     * @param changes takes the effects; never called for a read
     * @return the encoded result
     */
    Bytes evaluate(Bytes body, Records records, Changes changes);
}
