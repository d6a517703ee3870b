package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.RecordsDigest;
import io.brickwork.core.table.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Reads all that the table holds, a little at a time, one partition after the other, round and round: what nobody asks
 * for rots unseen, and is missed when the other copies are gone. What cannot be read is repaired from another member;
 * what can is compared with the primary's.
 *
 * <p>Source: disk scrubbing, Schwarz et al. 2004; what rots in disks, Bairavasundaram et al. 2008.
 */
final class Scrubber {
    /** How long it rests between two slices, and after a partition. */
    private static final long SLICE_NANOS = 50_000_000;

    private static final long REST_NANOS = 5_000_000_000L;
    /** What is read at a time, unless a single record is larger. */
    private static final int SLICE_BYTES = 64 << 10;

    private final Replicas replicas;
    private final Replicas.Host host;
    /** The partition that is read, or was read last; null before the first. */
    private @Nullable PartitionId partition;
    /** Where the next slice begins; null at the beginning of the partition. */
    private @Nullable Bytes from;

    private boolean isAtWork;
    private long nextNanos;

    Scrubber(Replicas replicas, Replicas.Host host) {
        this.replicas = replicas;
        this.host = host;
    }

    /** The clock may show anything; rests count from here. */
    void begin(long nowNanos) {
        nextNanos = nowNanos + REST_NANOS;
    }

    void onTick(long nowNanos) {
        if (nowNanos - nextNanos < 0) {
            return;
        }
        if (!isAtWork) {
            partition = replicas.after(partition);
            from = null;
            isAtWork = partition != null;
        }
        PartitionMachine machine = partition == null ? null : replicas.find(partition);
        isAtWork = machine != null && machine.isAttached() && !machine.isIncomplete() && readSlice(machine);
        nextNanos = nowNanos + (isAtWork ? SLICE_NANOS : REST_NANOS);
    }

    /** Returns whether more of the partition follows. */
    private boolean readSlice(PartitionMachine machine) {
        KeyRange range = machine.range();
        Bytes low = from == null || from.compareTo(range.low()) < 0 ? range.low() : from;
        if (!range.contains(low)) {
            return false; // the rest was split off
        }
        Slice slice = new Slice(machine.partition().structure());
        Snapshot snapshot = host.turnSnapshot();
        try {
            snapshot.scan(machine.partition().structure(), new KeyRange(low, range.high()), slice::add);
        } catch (CorruptRecordException rotten) {
            machine.onCorrupt(rotten);
            from = after(rotten.recordKey());
            return from != null && range.contains(from);
        }
        Version applied = snapshot.applied(machine.partition()).version();
        if (!low.equals(slice.next) && slice.newest.compareTo(applied) <= 0) { // else it was copied from a later state
            machine.compare(
                    new KeyRange(low, slice.next == null ? range.high() : slice.next), applied, slice.digest.end());
        }
        from = slice.next;
        return from != null;
    }

    /** The least key above it. */
    private static @Nullable Bytes after(@Nullable Bytes key) {
        return key == null ? null : key.concat(Bytes.wrap(new byte[1]));
    }

    /** What is read of one partition at a time. */
    private static final class Slice {
        private final int structure;
        private final RecordsDigest digest = new RecordsDigest();
        private int room = SLICE_BYTES;
        /** The greatest version of an entry that wrote any of it. */
        private Version newest = Version.NONE;
        /** The first key that had no room; null if all had. */
        private @Nullable Bytes next;

        Slice(int structure) {
            this.structure = structure;
        }

        boolean add(Bytes key, TableRecord record) {
            if (room <= 0) {
                next = key;
                return false;
            }
            room -= key.length() + record.value().length();
            newest = newest.compareTo(record.version()) >= 0 ? newest : record.version();
            digest.add(structure, key, record);
            return true;
        }
    }
}
