package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import java.util.List;

/**
 * Which partition of one structure owns a record key (Gribble 2000 §4.2: the DP map). Immutable; ranges are contiguous,
 * disjoint and cover all keys.
 */
public interface PartitionMap {
    /** The number of the partition that owns the key. */
    int locate(Bytes recordKey);

    /** What the partition owns. */
    KeyRange range(int partition);

    /** All partition numbers in key order. */
    List<Integer> partitions();

    /** One partition that has everything. */
    PartitionMap WHOLE = new PartitionMap() {
        @Override
        public int locate(Bytes recordKey) {
            return 0;
        }

        @Override
        public KeyRange range(int partition) {
            Check.argument(partition == 0, "there is no partition %d, but one alone", partition);
            return KeyRange.ALL;
        }

        @Override
        public List<Integer> partitions() {
            return List.of(0);
        }
    };
}
