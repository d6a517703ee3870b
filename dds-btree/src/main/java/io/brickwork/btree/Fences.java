package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.PartitionMap;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Which partition has which keys, by the lowest key of each: the first begins with the empty key. Immutable. */
final class Fences implements PartitionMap {
    private static final int TWO_BYTES = 1 << 16;

    /** Partition numbers by their low fences. */
    private final TreeMap<Bytes, Integer> byLow = new TreeMap<>();
    /** Low fences by partition number. */
    private final List<Bytes> lows;

    /** Partition {@code i} has the keys from {@code lows.get(i)} on. */
    Fences(List<Bytes> lows) {
        this.lows = List.copyOf(lows);
        for (int partition = 0; partition < lows.size(); partition++) {
            byLow.put(lows.get(partition), partition);
        }
        Check.argument(
                byLow.size() == lows.size() && byLow.containsKey(Bytes.EMPTY),
                "fences %s are not all different, or none is the empty key",
                lows);
    }

    /**
     * So many partitions, which divide the values of the first two bytes evenly.
     *
     * @param count from 1 to 65,536
     */
    static Fences uniform(int count) {
        List<Bytes> lows = new ArrayList<>();
        lows.add(Bytes.EMPTY);
        for (int partition = 1; partition < count; partition++) {
            int first = TWO_BYTES / count * partition;
            lows.add(Bytes.wrap(
                    (first & 0xFF) == 0
                            ? new byte[] {(byte) (first >> 8)}
                            : new byte[] {(byte) (first >> 8), (byte) first}));
        }
        return new Fences(lows);
    }

    @Override
    public int locate(Bytes recordKey) {
        return Check.present(byLow.floorEntry(recordKey), "no partition has %s", recordKey)
                .getValue();
    }

    @Override
    public KeyRange range(int partition) {
        Bytes low = lows.get(partition);
        return new KeyRange(low, byLow.higherKey(low));
    }

    @Override
    public List<Integer> partitions() {
        return List.copyOf(byLow.values());
    }
}
