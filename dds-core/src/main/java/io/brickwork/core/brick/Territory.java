package io.brickwork.core.brick;

import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Lineage;
import io.brickwork.core.group.Origin;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where in a brick's table the records of a partition may lie. Pure: follows from the metadata log's word on splits and
 * merges, and from how far the brick has carried them out.
 *
 * <p>A record in the table names no partition: only key ranges keep partitions apart, and splits and merges move keys
 * from one to another at different times at each brick. So before a brick removes a partition's records, replaces them
 * by a copy, or begins a new partition, it asks here which ranges are involved.
 */
final class Territory {
    /**
     * What the brick has of a partition.
     *
     * @param applied version of the last entry that is in the table
     * @param isEmpty whether nothing is here, in log or table
     * @param isIncomplete whether the table has but half a copy
     */
    record Held(PartitionId partition, Version applied, boolean isEmpty, boolean isIncomplete) {
        /** Whether its table is of before the split, so that the child's records are still its own. */
        private boolean isBefore(Origin split) {
            return !isEmpty && !isIncomplete && applied.compareTo(split.version()) < 0;
        }
    }

    private final Lineage lineage;

    Territory(Lineage lineage) {
        this.lineage = lineage;
    }

    /**
     * Where the table may have records of the partition.
     *
     * <ul>
     *   <li>In all keys that the partition has by now, whether they are served here or not, except those that the table
     *       has split off.
     *   <li>In keys of its children, as long as this brick has not carried out the split.
     *   <li>In the keys that it had, if it was merged into another partition.
     *   <li>In what a copy that is under way has cleared.
     *   <li>Anywhere, if the metadata log knows nothing of it.
     * </ul>
     *
     * @param isInTable whether the table has a partition of its own by that name
     * @param copied the range of a copy that is under way; null if none is
     */
    KeyRange occupied(Held held, Predicate<PartitionId> isInTable, @Nullable KeyRange copied) {
        KeyRange range = known(held.partition(), isInTable);
        for (Origin split : unappliedSplits(held)) {
            range = range.hull(split.range());
        }
        return copied == null ? range : range.hull(copied);
    }

    /**
     * Which keys the partition has in the table, and no other: those of today, back through the splits and merges that
     * the table has not carried out. Less than {@link #occupied}: without what the partition has yet to take in, where
     * another one's records may still lie. Half a copy may have records anywhere in what it occupies.
     *
     * @param isInTable as with {@link #occupied}
     * @param copied as with {@link #occupied}
     */
    KeyRange present(Held held, Predicate<PartitionId> isInTable, @Nullable KeyRange copied) {
        if (held.isIncomplete()) {
            return occupied(held, isInTable, copied);
        }
        TreeMap<Version, KeyRange> given = new TreeMap<>();
        TreeMap<Version, KeyRange> taken = new TreeMap<>();
        unappliedSplits(held).forEach(split -> given.put(split.version(), split.range()));
        lineage.absorbedInto(held.partition())
                .filter(one -> held.applied().compareTo(one.version()) < 0)
                .forEach(one -> taken.put(one.version(), one.range()));
        TreeSet<Version> unapplied = new TreeSet<>(given.keySet());
        unapplied.addAll(taken.keySet());
        KeyRange range = known(held.partition(), isInTable);
        for (Version version : unapplied.descendingSet()) {
            KeyRange gave = given.get(version);
            KeyRange took = taken.get(version);
            range = gave != null ? range.hull(gave) : before(range, Objects.requireNonNull(took), held);
        }
        return range;
    }

    private static KeyRange before(KeyRange range, KeyRange took, Held held) {
        return Check.present(range.minus(took), "%s had nothing before it took in %s", held, took);
    }

    /** Which keys the partition has by now, or had when it was merged into another; all if nothing is known of it. */
    private KeyRange known(PartitionId partition, Predicate<PartitionId> isInTable) {
        Group group = lineage.group(partition);
        Absorbed absorbed = lineage.absorbed(partition);
        if (group != null) {
            Split split = group.split();
            return split != null && isInTable.test(split.child()) ? split.kept() : group.range();
        }
        return absorbed != null ? absorbed.range() : KeyRange.ALL;
    }

    /** The splits of the partition that the table has not carried out. */
    private List<Origin> unappliedSplits(Held held) {
        return lineage.origins(held.partition().structure())
                .filter(origin -> origin.parent().equals(held.partition()) && held.isBefore(origin))
                .toList();
    }

    /**
     * Whether another partition has records within the range in this brick's table, or will put some there, because it
     * has not carried out a split that gives these keys away. Whoever has got the keys since, by splits or merges: here
     * they are the parent's, or will be once more, if it has yet to take in the partition that it then gives them away
     * from.
     *
     * @param before only splits of before this version count: those who get a key one after the other do so at ever
     *     higher versions; null if all count
     * @param held what the brick has of a partition; null if nothing
     */
    boolean isBeforeSplit(
            PartitionId partition,
            KeyRange range,
            @Nullable Version before,
            Function<PartitionId, @Nullable Held> held) {
        return lineage.origins(partition.structure()).anyMatch(origin -> {
            boolean counts = overlaps(origin.parent(), origin.range(), partition, range)
                    && (before == null || origin.version().compareTo(before) < 0);
            Held parent = counts ? held.apply(origin.parent()) : null;
            return parent != null && parent.isBefore(origin);
        });
    }

    /**
     * Whether a partition was merged into another and had keys within the range: what is here of it has to be removed
     * first.
     *
     * @param until only merges up to this version count, as with {@link #isBeforeSplit}; null if all count
     */
    boolean isMergedWithin(PartitionId merged, PartitionId partition, KeyRange range, @Nullable Version until) {
        Absorbed absorbed = lineage.absorbed(merged);
        return absorbed != null
                && (until == null || absorbed.version().compareTo(until) <= 0)
                && overlaps(merged, absorbed.range(), partition, range);
    }

    /** Whether two different partitions of one structure have keys in common. */
    static boolean overlaps(PartitionId one, KeyRange oneRange, PartitionId other, KeyRange otherRange) {
        return one.structure() == other.structure() && !one.equals(other) && oneRange.intersection(otherRange) != null;
    }
}
