package io.brickwork.core.replica;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Records;
import io.brickwork.core.table.Applied;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.TableRecord;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of one replica as of a sequence number: the overlay first, then a snapshot of the table that is opened <em>after</em> the overlay was searched, so that what left the
 * overlay in between is found in the table, never the other way round.
 *
 * <p>Used for one evaluation by one thread.
 */
final class ReplicaRecords implements Records {
    /** Sees everything that is stored, committed or not: what a primary evaluates writes against. */
    static final long NEWEST = Long.MAX_VALUE;

    private final PartitionId partition;
    private final KeyRange range;
    private final Extent.Keys keys;
    private final Overlay overlay;
    private final long asOfSeq;
    private final Supplier<Snapshot> table;
    private @Nullable Snapshot snapshot;
    private boolean hasMetDirty;
    private boolean hasMetLater;

    /**
     * @param keys what is shown
     */
    ReplicaRecords(PartitionId partition, Extent.Keys keys, Overlay overlay, long asOfSeq, Supplier<Snapshot> table) {
        this.partition = partition;
        this.range = keys.range();
        this.keys = keys;
        this.overlay = overlay;
        this.asOfSeq = asOfSeq;
        this.table = table;
    }

    /** Whether there was a record above the sequence number: what was returned may be older than what is committed elsewhere. */
    boolean hasMetDirty() {
        return hasMetDirty;
    }

    /** Whether a range was read from a table that is already past the sequence number: what was returned may mix two states. */
    boolean hasMetLater() {
        return hasMetLater;
    }

    @Override
    public @Nullable Bytes get(Bytes recordKey) {
        Check.argument(range.contains(recordKey), "key %s lies outside %s", recordKey, range);
        Overlay.Slot newest = overlay.newest(recordKey);
        if (newest != null) {
            hasMetDirty |= newest.version().seq() > asOfSeq;
            Overlay.Slot slot = newest.asOf(asOfSeq);
            if (slot != null) {
                return slot.value();
            }
        }
        TableRecord record = snapshot().get(partition.structure(), recordKey);
        return record == null ? null : record.value();
    }

    @Override
    public void scan(KeyRange within, Visitor visitor) {
        KeyRange both = range.intersection(within);
        if (both != null) {
            Merge merge = new Merge(overlay.copy(both), Comparator.naturalOrder(), visitor);
            snapshotOfRange().scan(partition.structure(), both, merge::table);
            merge.rest();
        }
    }

    @Override
    public void scanBackward(KeyRange within, Visitor visitor) {
        KeyRange both = range.intersection(within);
        if (both != null) {
            Merge merge = new Merge(overlay.copy(both), Comparator.reverseOrder(), visitor);
            snapshotOfRange().scanBackward(partition.structure(), both, merge::table);
            merge.rest();
        }
    }

    private Snapshot snapshotOfRange() {
        Snapshot opened = snapshot();
        hasMetLater |= opened.applied(partition).version().seq() > asOfSeq;
        return opened;
    }

    @Override
    public long count() {
        List<Overlay.Slot> recent = overlay.copy(range);
        Snapshot snapshot = snapshot();
        Applied applied = snapshot.applied(partition);
        hasMetLater |= applied.version().seq() > asOfSeq;
        if (!keys.counts(applied.version())) {
            return countOneByOne();
        }
        long count = applied.liveRecords();
        for (Overlay.Slot newest : recent) {
            Overlay.Slot slot = visible(newest);
            if (slot != null && slot.version().seq() > applied.version().seq()) {
                boolean isInTable = snapshot.get(partition.structure(), newest.key()) != null;
                count += (slot.value() == null ? 0 : 1) - (isInTable ? 1 : 0);
            }
        }
        return count;
    }

    private long countOneByOne() {
        long[] count = {0};
        scan(range, (key, value) -> {
            count[0]++;
            return true;
        });
        return count[0];
    }

    @Override
    public KeyRange range() {
        return range;
    }

    private Overlay.@Nullable Slot visible(Overlay.Slot newest) {
        hasMetDirty |= newest.version().seq() > asOfSeq;
        return newest.asOf(asOfSeq);
    }

    private Snapshot snapshot() {
        if (snapshot == null) {
            snapshot = table.get();
        }
        return snapshot;
    }

    /** Brings the overlay's records and the table's together in one order; the overlay's hide the table's. Most visitors stop soon, so the overlay's are sorted only as far as they are taken. */
    private final class Merge {
        private final PriorityQueue<Overlay.Slot> recent;
        private final Comparator<Bytes> order;
        private final Visitor visitor;
        private boolean isOver;

        Merge(List<Overlay.Slot> slots, Comparator<Bytes> order, Visitor visitor) {
            this.recent =
                    new PriorityQueue<>(Math.max(1, slots.size()), Comparator.comparing(Overlay.Slot::key, order));
            recent.addAll(slots);
            this.order = order;
            this.visitor = visitor;
        }

        boolean table(Bytes key, TableRecord record) {
            Overlay.Slot next = recent.peek();
            while (!isOver && next != null && order.compare(next.key(), key) < 0) {
                takeRecent();
                next = recent.peek();
            }
            if (!isOver && next != null && next.key().equals(key)) {
                if (visible(next) != null) {
                    takeRecent();
                    return !isOver;
                }
                recent.remove();
            }
            isOver = isOver || !visitor.visit(key, record.value());
            return !isOver;
        }

        void rest() {
            while (!isOver && !recent.isEmpty()) {
                takeRecent();
            }
        }

        private void takeRecent() {
            Overlay.Slot newest = recent.remove();
            Overlay.Slot slot = visible(newest);
            Bytes value = slot == null ? null : slot.value();
            isOver = value != null && !visitor.visit(newest.key(), value);
        }
    }
}
