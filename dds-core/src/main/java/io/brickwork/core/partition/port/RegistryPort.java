package io.brickwork.core.partition.port;

import io.brickwork.core.BrickId;
import io.brickwork.core.entry.Split;

/** The brick's registry of partitions, as one replica calls it. */
public interface RegistryPort {
    /** The replica's log cannot be brought level: a copy from the brick is to take its place. */
    void beginCopy(BrickId source);

    /** The replica was split: the child's part is in the table. */
    void onSplit(Split split);

    /** More of the replica's entries are known to be committed. */
    void onCommitted();
}
