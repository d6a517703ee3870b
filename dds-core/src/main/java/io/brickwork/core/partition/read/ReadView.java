package io.brickwork.core.partition.read;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.partition.store.Overlay;
import io.brickwork.core.partition.store.ReplicaRecords;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a replica shows to callers in its own process: they read on their own threads, without a word to the lane.
 *
 * <p>This is the one place where memory is shared between threads, so here is the argument why it is right.
 *
 * <p><b>The writer</b> is the lane alone. It publishes in this order:
 *
 * <ol>
 *   <li>the overlay has an entry before its storing is acknowledged to anyone, so before it can be committed;
 *   <li>{@code committedSeq} moves forward before anyone is told that an entry up to it is committed; within an open
 *       view it never moves back;
 *   <li>an entry leaves the overlay only after the table's transaction with it has committed, and only those entries
 *       that are in it;
 *   <li>what a transaction has locked is locked here before the storing of its vote is acknowledged, and free again
 *       only when the overlay has its effects and {@code committedSeq} has passed its decision;
 *   <li>the view is closed here before a fence is answered, and opened only after the replica has everything that is
 *       committed; it is opened anew, with fewer keys, before the storing of an entry that splits the partition is
 *       acknowledged.
 * </ol>
 *
 * <p><b>A reader</b>, in this order: reads {@code open} and finds the view open; reads {@code committedSeq}; looks at
 * the locks; searches the overlay; only if nothing visible is there, opens a snapshot of the table; finds {@code open}
 * unchanged; and finds, last of all, the brick's lease valid. Each of these is a volatile read or an operation of a
 * concurrent map, so it sees all that the lane did before what it sees.
 *
 * <p><b>Claim</b>: what it returns is the newest committed value at some moment of the call. Let w be the last write of
 * the key that was committed anywhere when the call began. All members stored w before it was committed, this one among
 * them, so w was in the overlay here before the call (1). If w is still in the overlay when it is searched, the newest
 * slot of the key is w or newer. If that slot is above the {@code committedSeq} read, the reader cannot tell and gives
 * up: the lane will ask the primary. Otherwise the slot is committed, and is w or newer: right. If w is not in the
 * overlay any more, it is in the table (3), and so in the snapshot, which is opened later; what hides it there is newer
 * still, and committed, since the table holds nothing else. A slot's {@code older} vanishes only when the table has it:
 * same argument. Finally, if the view was closed in between, the entries found might have been cut, or missed some of
 * another view: {@code open} has changed, and the reader gives up (5). An object of its own for each opening makes
 * "unchanged" safe against closing and opening again. A view of which this replica has not heard opens only when the
 * lease has ended, so that a valid one says that nothing was committed without this replica (T10, T11).
 *
 * <p>A transaction is committed when all its votes are stable, and its records are changed later: then w is the vote.
 * It was stored here before the call, so the key was locked (4); if it is no more, the decision is committed here, and
 * the overlay or the table have what it has written: the argument goes on as before. If it is, the reader gives up.
 *
 * <p>A range is read the same way, with the overlay copied out first; if the table's snapshot is past
 * {@code committedSeq} the two may show different moments, and the reader gives up.
 *
 * <p>Giving up costs nothing but time: the same read then goes through the machine.
 *
 * <p>Source: reads at any replica of CRAQ (Terrace and Freedman 2009 §2.3), dirty versions answered by the primary.
 */
public final class ReadView {
    /** One opening of a view at this replica; compared by identity. */
    private record Open(StructureType type, Extent.Keys keys, long epoch) {}

    private final PartitionId partition;
    private final Locks locks;
    private final Overlay overlay;
    private final Table table;
    private final LeaseEnd lease;
    private final ReadViews views;
    private volatile @Nullable Open open;
    private volatile long committedSeq;

    /** @param views takes it in while it is open */
    public ReadView(PartitionId partition, Locks locks, Overlay overlay, Table table, LeaseEnd lease, ReadViews views) {
        this.locks = locks;
        this.partition = partition;
        this.overlay = overlay;
        this.table = table;
        this.lease = lease;
        this.views = views;
    }

    /** What a read gave, and the version up to which the replica was read. */
    public record Result(Version asOf, Bytes result) {}

    /** Lane only. */
    public void open(StructureType type, Extent.Keys keys, long epoch, long committedSeq) {
        close();
        this.committedSeq = committedSeq;
        open = new Open(type, keys, epoch);
        views.put(partition.structure(), keys.range().low(), this);
    }

    /** Lane only. */
    public void close() {
        Open before = open;
        if (before != null) {
            open = null;
            views.remove(partition.structure(), before.keys.range().low(), this);
        }
    }

    /** Lane only; never backwards while open. */
    public void commit(long committedSeq) {
        Check.invariant(
                committedSeq >= this.committedSeq, "committed up to %d after %d", committedSeq, this.committedSeq);
        this.committedSeq = committedSeq;
    }

    /**
     * Evaluates a pure read, linearizably. Any thread; opens and closes a snapshot of the table.
     *
     * @param monotonicNanos the clock that leases are measured on; looked at last
     * @return null if this replica cannot answer by itself just now: ask the brick
     */
    public @Nullable Result read(Bytes routingKey, Bytes body, LongSupplier monotonicNanos) {
        Open opened = open;
        if (opened == null || !opened.keys.range().contains(routingKey) || !opened.type.isRead(body)) {
            return null;
        }
        long asOfSeq = committedSeq;
        Bytes result;
        boolean isSafe;
        try (LazySnapshot snapshot = new LazySnapshot(table)) {
            ReplicaRecords records = new ReplicaRecords(partition, opened.keys, locks, overlay, asOfSeq, snapshot::get);
            result = opened.type.evaluate(body, records, NoChanges.INSTANCE);
            isSafe = !records.hasMetDirty() && !records.hasMetLater() && !records.hasMetLocked();
        } catch (RuntimeException e) {
            return null; // the brick meets the same, and answers for it
        }
        boolean mayAnswer = isSafe && isSame(open, opened) && lease.isValid(monotonicNanos.getAsLong());
        return mayAnswer ? new Result(new Version(opened.epoch, asOfSeq), result) : null;
    }

    @SuppressWarnings("ReferenceEquality") // each opening is an object of its own
    private static boolean isSame(@Nullable Open now, Open then) {
        return now == then;
    }

    /** A snapshot that is opened when it is first needed. */
    private static final class LazySnapshot implements AutoCloseable {
        private final Table table;
        private @Nullable Snapshot snapshot;

        LazySnapshot(Table table) {
            this.table = table;
        }

        Snapshot get() {
            if (snapshot == null) {
                snapshot = table.callersSnapshot();
            }
            return snapshot;
        }

        @Override
        public void close() {
            if (snapshot != null) {
                snapshot.close();
            }
        }
    }

    /** Reads change nothing. */
    enum NoChanges implements Changes {
        INSTANCE;

        @Override
        public void put(Bytes recordKey, Bytes value) {
            throw new IllegalStateException("a read wants to put a record");
        }

        @Override
        public void delete(Bytes recordKey) {
            throw new IllegalStateException("a read wants to delete a record");
        }
    }
}
