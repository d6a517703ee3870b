package io.brickwork.core.partition.store;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What an operation or a transaction touches in one partition: what it writes, what must stay as it is, and in which
 * ranges nothing may change. Two get in each other's way if one writes what the other touches.
 *
 * @param writes record keys
 * @param reads record keys, none of them written
 */
public record Footprint(List<Bytes> writes, List<Bytes> reads, List<KeyRange> ranges) {
    public static Footprint of(Part part) {
        TreeSet<Bytes> writes = new TreeSet<>();
        part.writes().forEach(write -> writes.add(write.recordKey()));
        TreeSet<Bytes> reads = new TreeSet<>();
        List<KeyRange> ranges = new ArrayList<>();
        for (Compare compare : part.compares()) {
            if (compare instanceof Compare.SameRange same) {
                ranges.add(same.range());
            } else if (!writes.contains(compare.key())) {
                reads.add(compare.key());
            }
        }
        return new Footprint(List.copyOf(writes), List.copyOf(reads), ranges);
    }

    /** Of an operation on a key that has these effects. */
    public static Footprint of(Bytes routingKey, List<Effect> effects) {
        return new Footprint(
                effects.stream().map(Effect::recordKey).toList(),
                effects.isEmpty() ? List.of(routingKey) : List.of(),
                List.of());
    }

    public boolean conflictsWith(Footprint other) {
        return writes.stream().anyMatch(other::touches) || other.writes.stream().anyMatch(this::touches);
    }

    private boolean touches(Bytes key) {
        return writes.contains(key) || reads.contains(key) || ranges.stream().anyMatch(range -> range.contains(key));
    }
}
