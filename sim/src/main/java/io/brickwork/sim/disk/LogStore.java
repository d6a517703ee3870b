package io.brickwork.sim.disk;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.log.LogRecordCodec;
import io.brickwork.sim.kernel.SimRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What of a log is on the disk, or in the operating system's cache of it: written records in order, and how far they
 * are synced.
 *
 * <p>Entries are kept as their encoding and decoded, checksum and all, whenever they are read.
 */
final class LogStore {
    /** What a record takes beside its entry. */
    private static final int OVERHEAD_BYTES = 24;

    private final int segmentBytes;
    /** Ascending by position. */
    private final ArrayList<Slot> slots = new ArrayList<>();
    /** Where segments begin, ascending; the first is the log's head, the last one is being filled. */
    private final ArrayList<Long> segments = new ArrayList<>();
    /** Where batches end that are written and not synced, ascending. */
    private final ArrayDeque<Long> unsyncedBatches = new ArrayDeque<>();
    /** The record of each entry that no later cut voids, by partition and sequence number. */
    private final TreeMap<PartitionId, TreeMap<Long, Slot>> entries = new TreeMap<>();
    /** Partitions whose newest record voids all their entries. */
    private final TreeSet<PartitionId> abandoned = new TreeSet<>();

    private long written;
    private long synced;
    /** What lies above it is on no disk, whatever later syncs have told. */
    private long droppedFrom = Long.MAX_VALUE;

    LogStore(int segmentBytes) {
        this.segmentBytes = segmentBytes;
        segments.add(0L);
    }

    /** The same, in memory of its own; what is written counts as synced, as after copying a directory. */
    LogStore copy() {
        LogStore copy = new LogStore(segmentBytes);
        copy.segments.clear();
        copy.segments.addAll(segments);
        copy.abandoned.addAll(abandoned);
        for (Slot slot : slots) {
            Slot copied = new Slot(slot);
            copy.slots.add(copied);
            copy.index(copied);
        }
        copy.written = written;
        copy.synced = written;
        return copy;
    }

    /** A record in its place. */
    static final class Slot {
        final long position;
        final long end;
        private final LogRecord record;
        private final @Nullable Bytes entry;
        private boolean isRotten;

        Slot(long position, LogRecord record) {
            this.position = position;
            this.end = position + sizeOf(record);
            // A record that holds an entry keeps nothing but its bytes.
            this.entry = record instanceof LogRecord.Stored stored
                    ? stored.entry().encoded().compact()
                    : null;
            this.record = record;
        }

        private Slot(Slot other) {
            position = other.position;
            end = other.end;
            record = other.record;
            entry = other.entry;
            isRotten = other.isRotten;
        }

        LogRecord read() {
            if (isRotten) {
                throw new LogCorruptException("log record at position " + position + " has a wrong checksum");
            }
            return entry == null ? record : new LogRecord.Stored(EntryCodec.decode(entry));
        }

        private @Nullable Version version() {
            return record instanceof LogRecord.Stored stored ? stored.entry().version() : null;
        }

        private static long sizeOf(LogRecord record) {
            return switch (record) {
                case LogRecord.Stored stored ->
                    OVERHEAD_BYTES + stored.entry().encoded().length();
                case LogRecord.Promise promise -> OVERHEAD_BYTES;
                case LogRecord.Cut cut -> OVERHEAD_BYTES;
                case LogRecord.Registered registered -> OVERHEAD_BYTES;
                case LogRecord.Paxos paxos -> {
                    ByteWriter writer = new ByteWriter(64);
                    LogRecordCodec.encode(paxos, writer);
                    yield writer.length();
                }
            };
        }
    }

    long head() {
        return segments.getFirst();
    }

    long written() {
        return written;
    }

    long synced() {
        return synced;
    }

    long keptBytes() {
        return written - head();
    }

    List<Slot> slots() {
        return slots;
    }

    void write(List<Slot> batch) {
        for (Slot slot : batch) {
            Check.invariant(slot.position == written, "record at %d written at %d", slot.position, written);
            if (slot.end - segments.getLast() > segmentBytes && slot.position > segments.getLast()) {
                segments.add(slot.position);
            }
            slots.add(slot);
            index(slot);
            written = slot.end;
        }
        if (!batch.isEmpty()) {
            unsyncedBatches.add(written);
        }
    }

    void sync(long position) {
        synced = Math.max(synced, position);
        while (!unsyncedBatches.isEmpty() && unsyncedBatches.getFirst() <= synced) {
            unsyncedBatches.removeFirst();
        }
    }

    /** A sync has failed: what it was to write is given up, and counts as clean. */
    void dropUnsynced() {
        droppedFrom = Math.min(droppedFrom, synced);
    }

    /** Keeps what is synced, some whole batches after that, and some records of the next: a torn tail. */
    void losePower(SimRandom random) {
        int whole = unsyncedBatches.isEmpty() ? 0 : random.nextInt(unsyncedBatches.size() + 1);
        long kept = synced;
        for (int i = 0; i < whole; i++) {
            kept = unsyncedBatches.removeFirst();
        }
        if (!unsyncedBatches.isEmpty() && random.nextBoolean()) {
            long torn = unsyncedBatches.getFirst();
            int from = indexAtOrAfter(kept);
            int to = indexAtOrAfter(torn);
            int extra = random.nextInt(to - from);
            kept = extra == 0 ? kept : slots.get(from + extra - 1).end;
        }
        unsyncedBatches.clear();
        kept = Math.max(head(), Math.min(kept, droppedFrom));
        droppedFrom = Long.MAX_VALUE;
        truncate(kept);
    }

    private void truncate(long end) {
        slots.subList(indexAtOrAfter(end), slots.size()).clear();
        while (segments.size() > 1 && segments.getLast() >= end) {
            segments.removeLast();
        }
        written = end;
        synced = Math.min(synced, end);
        entries.clear();
        slots.forEach(this::index);
    }

    long headAfterTrim(long position) {
        long head = segments.getFirst();
        // The last segment is being filled and the one before it is the full one that stays.
        for (int i = 1; i <= segments.size() - 2 && segments.get(i) <= position; i++) {
            head = segments.get(i);
        }
        return head;
    }

    void trim(long position) {
        long head = headAfterTrim(position);
        while (segments.getFirst() < head) {
            segments.removeFirst();
        }
        List<Slot> gone = slots.subList(0, indexAtOrAfter(head));
        for (Slot slot : gone) {
            if (slot.record instanceof LogRecord.Stored stored) {
                TreeMap<Long, Slot> of = entries.get(stored.partition());
                if (of != null) {
                    of.remove(stored.entry().seq(), slot);
                }
            }
        }
        gone.clear();
    }

    @Nullable
    Slot find(long position) {
        int index = indexAtOrAfter(position);
        return index < slots.size() && slots.get(index).position == position ? slots.get(index) : null;
    }

    /** Whether the log has a synced record of the entry, and no cut that voids the entry. */
    boolean isSynced(PartitionId partition, Version version) {
        return hasBelow(partition, version, Math.min(synced, droppedFrom));
    }

    /** Whether the log has a written record of the entry, and no cut that voids the entry. */
    boolean isWritten(PartitionId partition, Version version) {
        return hasBelow(partition, version, written);
    }

    /** The version of the entry with this sequence number; null if the log has none, or a cut voids it. */
    @Nullable
    Version version(PartitionId partition, long seq) {
        TreeMap<Long, Slot> of = entries.get(partition);
        Slot found = of == null ? null : of.get(seq);
        return found == null ? null : found.version();
    }

    /** Whether the newest record of the partition voids all its entries. */
    boolean isAbandoned(PartitionId partition) {
        return abandoned.contains(partition);
    }

    private boolean hasBelow(PartitionId partition, Version version, long position) {
        TreeMap<Long, Slot> of = entries.get(partition);
        Slot found = of == null ? null : of.get(version.seq());
        return found != null && version.equals(found.version()) && found.end <= position;
    }

    boolean rot(SimRandom random) {
        int count = indexAtOrAfter(synced);
        if (count == 0) {
            return false;
        }
        slots.get(random.nextInt(count)).isRotten = true;
        return true;
    }

    boolean rotNewest() {
        int count = indexAtOrAfter(synced);
        if (count == 0) {
            return false;
        }
        slots.get(count - 1).isRotten = true;
        return true;
    }

    private void index(Slot slot) {
        if (!(slot.record instanceof LogRecord.OfPartition record)) {
            return;
        }
        abandoned.remove(record.partition());
        switch (record) {
            case LogRecord.Stored stored ->
                entries.computeIfAbsent(stored.partition(), p -> new TreeMap<>())
                        .put(stored.entry().seq(), slot);
            case LogRecord.Cut cut -> {
                TreeMap<Long, Slot> of = entries.get(cut.partition());
                if (of != null) {
                    of.tailMap(cut.seq(), false).clear();
                }
                if (cut.seq() == 0) {
                    abandoned.add(cut.partition());
                }
            }
            case LogRecord.Promise promise -> {}
        }
    }

    private int indexAtOrAfter(long position) {
        int low = 0;
        int high = slots.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (slots.get(middle).position < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
