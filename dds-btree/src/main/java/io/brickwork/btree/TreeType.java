package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import io.brickwork.map.KeyPlacement;
import io.brickwork.map.MapEvaluation;
import io.brickwork.map.MapOperations;

/**
 * The ordered tree, as replicas and routers know it. Its record keys are the encoded keys, so that a partition has a
 * range of keys; within a partition the order is the store's, which is a B+tree already.
 *
 * <p>Its operations on one key are those of every map ({@link #operations}); those on ranges are
 * {@link TreeOperations}.
 */
public final class TreeType implements StructureType {
    public static final TreeType INSTANCE = new TreeType();
    /** The type's name in the catalog. */
    public static final String NAME = "tree";

    static final KeyPlacement PLACEMENT = new KeyPlacement() {
        @Override
        public String noun() {
            return "tree";
        }

        @Override
        public Bytes recordKey(Bytes key) {
            return key;
        }

        @Override
        public Bytes key(Bytes recordKey) {
            return recordKey;
        }
    };

    private TreeType() {}

    /** Makes the operations of such a structure on single keys. */
    public static MapOperations operations(StructureInfo structure) {
        return new MapOperations(structure, PLACEMENT);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public PartitionMap initialPartitions(StructureSpec spec) {
        return Fences.uniform(spec.partitions());
    }

    @Override
    public boolean isRead(Bytes body) {
        RangeCommand command = RangeCommand.find(body);
        return command == null ? MapEvaluation.isRead(PLACEMENT, body) : command.isRead();
    }

    @Override
    public Bytes evaluate(Bytes body, Records records, Changes changes) {
        RangeCommand command = RangeCommand.find(body);
        return command == null
                ? MapEvaluation.evaluate(PLACEMENT, body, records, changes)
                : RangeEvaluation.evaluate(command, body, records, changes);
    }
}
