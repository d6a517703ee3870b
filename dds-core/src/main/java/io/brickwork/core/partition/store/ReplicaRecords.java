package io.brickwork.core.partition.store;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Records;
import io.brickwork.core.table.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of one replica as of a sequence number: the overlay first, then a snapshot of the table that is opened
 * <em>after</em> the overlay was searched, so that what left the overlay in between is found in the table, never the
 * other way round.
 *
 * <p>Used for one evaluation by one thread.
 */
public final class ReplicaRecords implements Records {
    /** Sees everything that is stored, committed or not: what a primary evaluates writes against. */
    public static final long NEWEST = Long.MAX_VALUE;

    private final PartitionId partition;
    private final KeyRange range;
    private final Extent.Keys keys;
    private final Overlay overlay;
    private final long asOfSeq;
    private final Supplier<Snapshot> table;
    private final Locks locks;
    private @Nullable Snapshot snapshot;
    private boolean hasMetDirty;
    private boolean hasMetLater;
    private boolean hasMetLocked;
    private boolean waitsForVotes;

    /** @param keys what is shown */
    public ReplicaRecords(
            PartitionId partition,
            Extent.Keys keys,
            Locks locks,
            Overlay overlay,
            long asOfSeq,
            Supplier<Snapshot> table) {
        this.partition = partition;
        this.range = keys.range();
        this.keys = keys;
        this.locks = locks;
        this.overlay = overlay;
        this.asOfSeq = asOfSeq;
        this.table = table;
    }

    /**
     * Whether there was a record above the sequence number: what was returned may be older than what is committed
     * elsewhere.
     */
    public boolean hasMetDirty() {
        return hasMetDirty;
    }

    /**
     * Whether a range was read from a table that is already past the sequence number: what was returned may mix two
     * states.
     */
    public boolean hasMetLater() {
        return hasMetLater;
    }

    /**
     * From here on what is locked counts as locked, though the vote that has locked it may not be committed: for
     * transactions, to which an old value is of no use.
     */
    public ReplicaRecords waitingForVotes() {
        waitsForVotes = true;
        return this;
    }

    /**
     * Whether there was a record that a transaction has locked exclusively: what was returned may be older than what
     * that one has written.
     */
    public boolean hasMetLocked() {
        return hasMetLocked;
    }

    @Override
    public @Nullable Bytes get(Bytes recordKey) {
        Overlay.Slot slot = slot(recordKey);
        if (slot != null) {
            return slot.value();
        }
        TableRecord record = snapshot().get(partition.structure(), recordKey);
        return record == null ? null : record.value();
    }

    @Override
    public @Nullable Version version(Bytes recordKey) {
        Overlay.Slot slot = slot(recordKey);
        if (slot != null) {
            return slot.value() == null ? null : slot.version();
        }
        TableRecord record = snapshot().get(partition.structure(), recordKey);
        return record == null ? null : record.version();
    }

    /** What the overlay shows of the key; null if that is nothing. */
    private Overlay.@Nullable Slot slot(Bytes recordKey) {
        Check.argument(range.contains(recordKey), "key %s lies outside %s", recordKey, range);
        lookAtLocks(recordKey);
        Overlay.Slot newest = overlay.newest(recordKey);
        return newest == null ? null : visible(newest);
    }

    @Override
    public void scanVersions(KeyRange within, boolean backward, VersionVisitor visitor) {
        KeyRange both = range.intersection(within);
        if (both == null) {
            return;
        }
        RangeLocks met = lookAtLocks(both);
        VersionVisitor careful = met == null ? visitor : met.watching(visitor, backward);
        Comparator<Bytes> order = backward ? Comparator.reverseOrder() : Comparator.naturalOrder();
        Merge merge = new Merge(overlay.copy(both), order, careful);
        if (backward) {
            snapshotOfRange().scanBackward(partition.structure(), both, merge::table);
        } else {
            snapshotOfRange().scan(partition.structure(), both, merge::table);
        }
        merge.rest();
        if (met != null) {
            met.end(merge.isOver);
        }
    }

    private Snapshot snapshotOfRange() {
        Snapshot opened = snapshot();
        hasMetLater |= opened.applied(partition).version().seq() > asOfSeq;
        return opened;
    }

    @Override
    public long count() {
        if (!locks.isFreeToRead()) {
            return countOneByOne();
        }
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

    private void lookAtLocks(Bytes recordKey) {
        if (!locks.isFreeToRead()) {
            switch (locks.sight(recordKey, asOfSeq)) {
                case FREE -> {}
                case DIRTY -> {
                    hasMetDirty = true;
                    hasMetLocked |= waitsForVotes;
                }
                case LOCKED -> hasMetLocked = true;
            }
        }
    }

    /** The locks in a range, before the overlay is searched; null if there are none. */
    private @Nullable RangeLocks lookAtLocks(KeyRange within) {
        ConcurrentNavigableMap<Bytes, ?> locked = locks.exclusiveIn(within);
        return locked == null ? null : new RangeLocks(locked);
    }

    /** Locks that a scan may meet. They count as far as the scan comes. */
    private final class RangeLocks {
        private final List<Bytes> met = new ArrayList<>();
        private @Nullable Bytes last;
        private boolean isBackward;

        RangeLocks(ConcurrentNavigableMap<Bytes, ?> locked) {
            met.addAll(locked.keySet());
        }

        VersionVisitor watching(VersionVisitor visitor, boolean backward) {
            isBackward = backward;
            return (key, version, value) -> {
                last = key;
                return visitor.visit(key, version, value);
            };
        }

        /**
         * The scan has ended.
         *
         * @param isStopped before its range did
         */
        void end(boolean isStopped) {
            Bytes end = isStopped ? last : null;
            for (Bytes key : met) {
                int beyond = end == null ? 0 : isBackward ? end.compareTo(key) : key.compareTo(end);
                if (beyond <= 0) {
                    lookAtLocks(key);
                }
            }
        }
    }

    private Snapshot snapshot() {
        if (snapshot == null) {
            snapshot = table.get();
        }
        return snapshot;
    }

    /**
     * Brings the overlay's records and the table's together in one order; the overlay's hide the table's. Most visitors
     * stop soon, so the overlay's are sorted only as far as they are taken.
     */
    private final class Merge {
        private final PriorityQueue<Overlay.Slot> recent;
        private final Comparator<Bytes> order;
        private final VersionVisitor visitor;
        private boolean isOver;

        Merge(List<Overlay.Slot> slots, Comparator<Bytes> order, VersionVisitor visitor) {
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
            isOver = isOver || !visitor.visit(key, record.version(), record.value());
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
            isOver = slot != null && value != null && !visitor.visit(newest.key(), slot.version(), value);
        }
    }
}
