package io.brickwork.core.partition.store;

import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.partition.port.LogPort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * What one replica has stored: its entries, its promise, and how durable they are.
 *
 * <p>Entries above {@code appliedSeq} are in the {@link Overlay} too. All of it is rebuilt from the table's applied
 * version and a replay of the brick's log: an entry adds, a cut removes, what the table has is skipped.
 */
public final class PartitionLog {
    /** Entries that {@link #read} returns at once, unless a single one is larger. */
    public static final int CHUNK_BYTES = 256 << 10;

    private final PartitionId partition;
    private final LogPort port;
    private final Overlay overlay;
    private final Locks locks;
    private final EntryPositions positions;
    private EpochRuns runs;
    /** The last applied version that the machine has been told of; the table may be further. */
    private Version applied;

    /** Entries that change which keys the partition has, in order; see {@link #reshaping}. */
    private final ArrayList<Entry> reshaping = new ArrayList<>();

    /** Whether the last that was read back says that all before it is void. */
    private boolean isAbandoned;

    private long promisedEpoch;
    private long promisePosition = -1;
    private long writtenSeq;
    private long syncedSeq;
    /** The position of a cut that is not synced yet; -1 without one. */
    private long cutPosition = -1;
    /**
     * Replay only: entries at the log's head that stand on some that were trimmed, and must be cut further on; 0 and 0
     * without any.
     */
    private long orphanFirstSeq;

    private long orphanLastSeq;

    /** Entries that put on record where the partition stands in transactions, and that are not known to be synced. */
    private final ArrayDeque<Long> unsyncedStands = new ArrayDeque<>();

    /**
     * Over a table that has this, with nothing in the log; {@link #replay} and {@link #endReplay} follow.
     *
     * @param prepared transactions in which the partition has voted yes, as the table has it
     */
    public PartitionLog(Applied applied, Collection<SessionRow.Stand> prepared, LogPort port) {
        this.port = port;
        locks = new Locks(prepared);
        this.partition = applied.partition();
        this.applied = applied.version();
        overlay = new Overlay(this.applied.seq());
        positions = new EntryPositions(1);
        runs = new EpochRuns(this.applied);
    }

    /** One that takes another's place at the same brick: what was promised stays promised. */
    public PartitionLog(Applied applied, Collection<SessionRow.Stand> prepared, LogPort port, PartitionLog before) {
        this(applied, prepared, port);
        promisedEpoch = before.promisedEpoch;
        promisePosition = before.promisePosition;
        endReplay();
    }

    /** Takes in a record that an earlier life of this brick appended. */
    public void replay(long position, LogRecord.OfPartition record) {
        switch (record) {
            case LogRecord.Promise promise -> {
                promisedEpoch = Math.max(promisedEpoch, promise.epoch());
                promisePosition = position;
            }
            case LogRecord.Cut cut -> {
                isAbandoned = cut.seq() == 0;
                positions.cut(cut.seq());
                cutRuns(cut.seq());
                overlay.cut(Math.max(cut.seq(), applied.seq()));
                locks.cut(Math.max(cut.seq(), applied.seq()));
                cutReshaping(cut.seq());
                orphanLastSeq = Math.min(orphanLastSeq, cut.seq());
            }
            case LogRecord.Stored stored -> {
                isAbandoned = false;
                replayEntry(position, stored.entry());
            }
        }
    }

    private void replayEntry(long position, Entry entry) {
        long seq = entry.seq();
        if (positions.isEmpty() && seq <= applied.seq() + 1) {
            positions.restart(seq);
        } else if (positions.isEmpty() && (!hasOrphans() || seq == orphanLastSeq + 1)) {
            // The entries below are neither here nor in the table: what is needed begins further on, behind the cut
            // that voids these.
            orphanFirstSeq = hasOrphans() ? orphanFirstSeq : seq;
            orphanLastSeq = seq;
            return;
        }
        if (seq != positions.nextSeq()) {
            throw new LogCorruptException("partition %s: entry %s follows entry %d in the log, applied up to %s"
                    .formatted(partition, entry.version(), positions.nextSeq() - 1, applied));
        }
        addRun(entry.version(), positions.isEmpty());
        positions.add(seq, position);
        if (seq > applied.seq()) {
            overlay.add(entry);
            locks.onStored(entry);
            addReshaping(entry);
        }
    }

    private void addReshaping(Entry entry) {
        if (entry.reshapes()) {
            reshaping.add(entry);
        }
    }

    private void cutReshaping(long seq) {
        reshaping.removeIf(entry -> entry.seq() > seq);
    }

    /** In a replay the first entry that the log still has is the base, unless it is known what came before it. */
    private void addRun(Version version, boolean isFirst) {
        if (isFirst && version.seq() != applied.seq() + 1) {
            runs = new EpochRuns(version);
            return;
        }
        if (isFirst) {
            runs = new EpochRuns(applied);
        }
        runs.add(version);
    }

    private void cutRuns(long seq) {
        if (seq >= runs.toList().getFirst().lastSeq()) {
            runs.cut(seq);
        }
    }

    private boolean hasOrphans() {
        return orphanFirstSeq > 0 && orphanFirstSeq <= orphanLastSeq;
    }

    /** The replay is over; everything that it told is synced. */
    public void endReplay() {
        if (hasOrphans()) {
            throw new LogCorruptException("partition %s: the log holds entry %d and not %d, applied up to %s"
                    .formatted(partition, orphanFirstSeq, applied.seq() + 1, applied));
        }
        if (positions.isEmpty() || positions.nextSeq() <= applied.seq()) {
            positions.restart(applied.seq() + 1);
            runs = new EpochRuns(applied);
        }
        writtenSeq = lastSeq();
        syncedSeq = lastSeq();
        if (isAbandoned) {
            // The brick went down before the table had forgotten its part; the promise may have been trimmed away.
            promisedEpoch = Math.max(promisedEpoch, last().epoch());
        }
        if (last().epoch() > promisedEpoch && !isBorn()) {
            throw new LogCorruptException(
                    "partition %s: the log holds a promise of epoch %d and entries up to %d only, but the table has %s: the log is older than the table, or what was last written to it is gone"
                            .formatted(partition, promisedEpoch, positions.nextSeq() - 1, applied));
        }
    }

    /** Stores the entry that follows the last one. */
    public void store(Entry entry) {
        overlay.add(entry);
        locks.onStored(entry);
        if (entry.transaction() != null) {
            unsyncedStands.addLast(entry.seq());
        }
        addReshaping(entry);
        runs.add(entry.version());
        positions.add(entry.seq(), port.append(new LogRecord.Stored(entry), entry.seq()));
    }

    /** Throws away what lies above {@code seq}. */
    public void cut(long seq) {
        Check.invariant(
                seq >= applied.seq(), "partition %s: cut above %d, but applied up to %s", partition, seq, applied);
        overlay.cut(seq);
        locks.cut(seq);
        while (!unsyncedStands.isEmpty() && unsyncedStands.getLast() > seq) {
            unsyncedStands.removeLast();
        }
        cutReshaping(seq);
        runs.cut(seq);
        positions.cut(seq);
        writtenSeq = Math.min(writtenSeq, seq);
        syncedSeq = Math.min(syncedSeq, seq);
        cutPosition = port.append(new LogRecord.Cut(partition, seq), 0);
        port.requestSync();
    }

    /**
     * Makes everything void that the log holds of the partition. What is here in memory is not to be used any more.
     *
     * @return the position of the record that must be synced before the table forgets its part
     */
    public long abandon() {
        long position = port.append(new LogRecord.Cut(partition, 0), 0);
        port.requestSync();
        return position;
    }

    /** Promises to take nothing of a lower epoch; binding once synced. */
    public void promise(long epoch) {
        Check.invariant(
                epoch >= promisedEpoch, "partition %s: promise of %d after %d", partition, epoch, promisedEpoch);
        promisedEpoch = epoch;
        promisePosition = port.append(new LogRecord.Promise(partition, epoch), 0);
        port.requestSync();
    }

    /** An appended entry is written; entries that have been cut in the meantime do not count. */
    public void onWritten(long position, long seq) {
        if (positions.has(seq) && positions.position(seq) == position) {
            writtenSeq = Math.max(writtenSeq, seq);
        }
    }

    /** Whether another entry has the number by now: the one at the position was cut. */
    public boolean isReplaced(long position, long seq) {
        return positions.has(seq) && positions.position(seq) != position;
    }

    public void onSynced(long position, long seq) {
        if (position == cutPosition) {
            cutPosition = -1;
        }
        if (positions.has(seq) && positions.position(seq) == position) {
            writtenSeq = Math.max(writtenSeq, seq);
            syncedSeq = Math.max(syncedSeq, seq);
        } else if (seq > 0 && seq < positions.firstSeq()) {
            syncedSeq = Math.max(syncedSeq, seq);
        }
        while (!unsyncedStands.isEmpty() && unsyncedStands.getFirst() <= syncedSeq) {
            unsyncedStands.removeFirst();
        }
    }

    /** Up to where entries are written, synced or not. */
    long writtenSeq() {
        return writtenSeq;
    }

    /**
     * Sequence number of the last entry that counts as stored where the structure is REPLICATED. Votes and outcomes of
     * transactions must be synced even there.
     */
    public long durableSeq() {
        return unsyncedStands.isEmpty() ? writtenSeq : Math.min(writtenSeq, unsyncedStands.getFirst() - 1);
    }

    public void onApplied(Version version) {
        Check.invariant(
                version.compareTo(applied) >= 0 && version.seq() <= syncedSeq,
                "partition %s: applied %s after %s, synced up to %d",
                partition,
                version,
                applied,
                syncedSeq);
        applied = version;
        overlay.shrink(version.seq());
    }

    /**
     * Up to about {@link #CHUNK_BYTES} of entries from {@code fromSeq} to {@code toSeq}; empty if the log no longer
     * reaches back.
     */
    public List<Entry> read(long fromSeq, long toSeq) {
        List<Entry> entries = new ArrayList<>();
        int bytes = 0;
        for (long seq = fromSeq; seq <= Math.min(toSeq, lastSeq()) && bytes < CHUNK_BYTES; seq++) {
            Entry entry = overlay.entry(seq);
            if (entry == null) {
                if (!positions.has(seq)) {
                    return List.of();
                }
                if (!(port.read(positions.position(seq)) instanceof LogRecord.Stored stored)) {
                    throw new LogCorruptException(
                            "partition %s: entry %d is not where the log had it".formatted(partition, seq));
                }
                entry = stored.entry();
            }
            entries.add(entry);
            bytes += entry.encoded().length();
        }
        return entries;
    }

    /**
     * The position of the oldest record that this replica needs: of the first entry above {@code seq};
     * {@link Long#MAX_VALUE} if it needs none.
     */
    public long positionAbove(long seq) {
        long oldest = Math.max(seq + 1, positions.firstSeq()); // what is trimmed already is not needed
        return positions.has(oldest) ? positions.position(oldest) : Long.MAX_VALUE;
    }

    public void trim(long headPosition) {
        positions.trim(headPosition);
        runs.forget(Math.min(trimmedSeq(), lastSeq()));
    }

    /** Entries up to it are not in the log any more, or never were. */
    public long trimmedSeq() {
        return positions.firstSeq() - 1;
    }

    /** What must hold after every turn. Nothing is boxed as long as it does. */
    public void check() {
        if (applied.seq() > syncedSeq
                || syncedSeq > writtenSeq
                || writtenSeq > lastSeq()
                || (last().epoch() > promisedEpoch && !isBorn())) {
            throw new Check.InvariantBroken(
                    "partition %s: applied %s, synced up to %d, written up to %d, stored up to %s, promised epoch %d"
                            .formatted(partition, applied, syncedSeq, writtenSeq, last(), promisedEpoch));
        }
    }

    /**
     * Whether nothing was ever promised or stored: what the table has is of before the partition was one of its own.
     */
    private boolean isBorn() {
        return promisedEpoch == 0 && positions.isEmpty();
    }

    /** Looks at everything that is here, and throws if it does not fit together. */
    public void audit() {
        overlay.audit();
        Check.invariant(
                overlay.firstSeq() == applied.seq() + 1
                        && positions.nextSeq() == lastSeq() + 1
                        && positions.firstSeq() <= overlay.firstSeq()
                        && last().seq() == lastSeq(),
                "partition %s: applied %s, overlay from %d to %d, positions from %d to %d, runs up to %s",
                partition,
                applied,
                overlay.firstSeq(),
                lastSeq(),
                positions.firstSeq(),
                positions.nextSeq() - 1,
                last());
    }

    public Entry entryHere(long seq) {
        Entry entry = overlay.entry(seq);
        if (entry == null) {
            throw new Check.InvariantBroken("partition " + partition + ": entry " + seq + " is not in the overlay");
        }
        return entry;
    }

    /**
     * Entries that change which keys the partition has, in order: those that the table does not have; splits that
     * {@link #forgetReshaping} has not been told of; and what closes the partition for good.
     */
    public List<Entry> reshaping() {
        return reshaping;
    }

    /** Some of them are of no interest any more. */
    public void forgetReshaping(Predicate<Entry> isOver) {
        reshaping.removeIf(isOver);
    }

    public Overlay overlay() {
        return overlay;
    }

    public Locks locks() {
        return locks;
    }

    public EpochRuns runs() {
        return runs;
    }

    public Version last() {
        return runs.last();
    }

    public long lastSeq() {
        return overlay.lastSeq();
    }

    public Version applied() {
        return applied;
    }

    public long promisedEpoch() {
        return promisedEpoch;
    }

    /** Where the promise lies in the log; -1 if there is none. */
    public long promisePosition() {
        return promisePosition;
    }

    /** Whether what was cut is gone for good. */
    public boolean isCutSynced() {
        return cutPosition < 0;
    }

    public long syncedSeq() {
        return syncedSeq;
    }
}
