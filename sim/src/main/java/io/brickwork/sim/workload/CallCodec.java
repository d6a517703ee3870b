package io.brickwork.sim.workload;

import io.brickwork.btree.TreeOperations;
import io.brickwork.check.Call;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.sim.kernel.SimRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a kind of structure is asked for the operations of a map from text to text. */
public interface CallCodec {
    /** The spec of a structure of this kind. */
    StructureSpec spec(int partitions, int replicas, Durability durability);

    /** Whether the structure can do it. */
    boolean supports(Call.Kind kind);

    /**
     * Where the partitions of the structure begin, but the first, if not where its type says: then clients have to be
     * told.
     *
     * @param partitions as many as there are to be
     */
    default List<Bytes> fences(int partitions, SimRandom random) {
        return List.of();
    }

    /** The operation; its result is what {@link Call#resultFor} says, empty for null. */
    Operation<Optional<String>> operation(StructureInfo structure, Call call);

    /** Makes the operations on ranges of such a structure; null if it has none. */
    default @Nullable TreeOperations ranges(StructureInfo structure) {
        return null;
    }

    /** Where a key lies. */
    Bytes recordKey(StructureInfo structure, String key);

    /** The key of a record as replicas hold it. */
    String key(Bytes recordKey);

    /** The value of a record as replicas hold it. */
    String value(Bytes value);
}
