package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.CopyStep;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.GetOp;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/**
 * Carries out {@link CopyStep}s in the transaction of their batch, and knows which partitions are incomplete. Used as
 * the {@link Applier} is.
 *
 * <p>What it knows changes before the transaction commits: if that fails, nothing here is used again.
 */
final class CopySteps {
    /** How many records and rows one step removes: about ten milliseconds' worth. */
    private static final int CLEARED_RECORDS = 4096;
    /**
     * A step removes no more after this many bytes: LMDB notes every page that becomes free, and a large value has
     * hundreds.
     */
    private static final long CLEARED_BYTES = 64L << 20;

    private final LmdbStore store;
    private final Sums sums;
    private final SessionRows sessions;
    /** Shared with the {@link Applier}. */
    private final Map<PartitionId, Applied> applied;

    private final Map<PartitionId, CopyMark> marks = new TreeMap<>();
    private final RecordWriter records;
    private final ByteWriter writer = new ByteWriter(1024);
    private final NativeBytes key = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
    private final NativeBytes row = new NativeBytes(4096);

    CopySteps(
            LmdbStore store,
            Sums sums,
            SessionRows sessions,
            RecordWriter records,
            Map<PartitionId, Applied> applied,
            List<CopyMark> marks) {
        this.store = store;
        this.sums = sums;
        this.sessions = sessions;
        this.records = records;
        this.applied = applied;
        marks.forEach(mark -> this.marks.put(mark.partition(), mark));
    }

    @Nullable
    CopyMark mark(PartitionId partition) {
        return marks.get(partition);
    }

    void apply(Txn<DirectBuffer> txn, CopyStep step) {
        PartitionId partition = step.partition();
        switch (step) {
            case CopyStep.Begin begin -> {
                boolean isCleared = clear(txn, partition, begin.range());
                mark(txn, isCleared ? CopyMark.cleared(partition) : CopyMark.clearing(partition));
            }
            case CopyStep.Drop drop -> {
                if (clear(txn, partition, drop.range())) {
                    unmark(txn, partition);
                } else {
                    mark(txn, CopyMark.clearing(partition));
                }
            }
            case CopyStep.Chunk put -> {
                CopyMark mark = marked(partition);
                mark(txn, mark.plus(put(txn, partition, put.chunk())));
            }
            case CopyStep.Repair repair -> repair(txn, partition, repair.row());
            case CopyStep.Finish finish -> {
                Applied reached = new Applied(
                        partition, finish.version(), marked(partition).liveRecords());
                TableCodec.encodeApplied(writer, reached);
                store.meta.put(txn, key.of(LmdbStore.appliedKey(partition)), row.of(writer));
                applied.put(partition, reached);
                unmark(txn, partition);
            }
        }
    }

    private CopyMark marked(PartitionId partition) {
        return Check.present(marks.get(partition), "partition %s is not marked", partition);
    }

    private void mark(Txn<DirectBuffer> txn, CopyMark mark) {
        TableCodec.encodeMark(writer, mark);
        store.meta.put(txn, key.of(TableCodec.markKey(mark.partition())), row.of(writer));
        marks.put(mark.partition(), mark);
    }

    private void unmark(Txn<DirectBuffer> txn, PartitionId partition) {
        store.meta.delete(txn, key.of(TableCodec.markKey(partition)));
        marks.remove(partition);
    }

    /** Takes in what another partition had, in place of whatever is there. Returns how many records. */
    long absorb(Txn<DirectBuffer> txn, int structure, Absorption absorption) {
        while (!clearRecords(txn, structure, absorption.range(), new Room())) {
            // A slice at a time; what is left over there, if anything is, is as small as what takes its place.
        }
        return putRecords(txn, structure, absorption.content());
    }

    /** Returns how many of the records were not there. */
    private long put(Txn<DirectBuffer> txn, PartitionId partition, TableChunk chunk) {
        long added = putRecords(txn, partition.structure(), chunk);
        for (SessionRow session : chunk.sessions()) {
            TableCodec.encodeSession(writer, partition, session);
            DirectBuffer storedKey = key.of(TableCodec.sessionKey(partition, session.session()));
            SessionRows.put(store, sums, txn, partition.structure(), storedKey, row.of(writer), writer);
        }
        return added;
    }

    private long putRecords(Txn<DirectBuffer> txn, int structure, TableChunk chunk) {
        long added = 0;
        try (Cursor<DirectBuffer> cursor = store.data.openCursor(txn)) {
            for (TableChunk.Row at : chunk.records()) {
                boolean wasThere = records.put(
                        cursor,
                        structure,
                        at.key(),
                        at.record().version(),
                        at.record().value());
                added += wasThere ? 0 : 1;
            }
        }
        return added;
    }

    /** What is put was there before, so the sums have it. */
    private void repair(Txn<DirectBuffer> txn, PartitionId partition, TableChunk.Row row) {
        Bytes dataKey = TableCodec.dataKey(partition.structure(), row.key());
        DirectBuffer there = store.data.get(txn, key.of(dataKey));
        boolean isDamaged = there == null ? removeMisplaced(txn, partition, row, dataKey) : !isReadable(dataKey, there);
        if (!isDamaged) {
            return;
        }
        try (Cursor<DirectBuffer> cursor = store.data.openCursor(txn)) {
            records.mend(
                    cursor,
                    partition.structure(),
                    row.key(),
                    row.record().version(),
                    row.record().value());
        }
    }

    /** Removes the record if it stands under a key that has changed; says whether it did. */
    private boolean removeMisplaced(Txn<DirectBuffer> txn, PartitionId partition, TableChunk.Row row, Bytes dataKey) {
        TableCodec.encodeRecord(
                writer,
                partition.structure(),
                row.key(),
                row.record().version(),
                row.record().value());
        long hash = Sums.hash(writer);
        for (TableCheck.Unknown unknown : store.unknown()) {
            if (unknown.covers(dataKey)) {
                DirectBuffer there = store.data.get(txn, key.of(unknown.at()));
                if (there != null
                        && !isReadable(unknown.at(), there)
                        && Sums.hash(NativeBytes.copy(there, 0)) == hash) {
                    store.data.delete(txn, key.of(unknown.at()));
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isReadable(Bytes dataKey, DirectBuffer row) {
        return TableCheck.isReadable(dataKey, NativeBytes.copy(row, 0));
    }

    /**
     * Removes a slice of what the partition has; says whether nothing is left. From here to the end of the copy no row
     * of its sessions is in use.
     */
    private boolean clear(Txn<DirectBuffer> txn, PartitionId partition, KeyRange range) {
        store.meta.delete(txn, key.of(LmdbStore.appliedKey(partition)));
        applied.remove(partition);
        sessions.forget(partition);
        Room room = new Room();
        return clearRecords(txn, partition.structure(), range, room)
                && clear(
                        txn,
                        store.sessions,
                        partition.structure(),
                        TableCodec.partitionKey(partition),
                        TableCodec.partitionKey(partition),
                        null,
                        room);
    }

    private boolean clearRecords(Txn<DirectBuffer> txn, int structure, KeyRange range, Room room) {
        Bytes high = range.high();
        return clear(
                txn,
                store.data,
                structure,
                TableCodec.dataKey(structure, range.low()),
                TableCodec.dataKey(structure, Bytes.EMPTY),
                high == null ? null : TableCodec.dataKey(structure, high),
                room);
    }

    private static final class Room {
        int records = CLEARED_RECORDS;
        long bytes = CLEARED_BYTES;

        boolean isUsedUp() {
            return records <= 0 || bytes <= 0;
        }

        void use(long rowBytes) {
            records--;
            bytes -= rowBytes;
        }
    }

    /**
     * Removes rows from a key on, as long as their keys begin with the prefix and lie below the end. Says whether none
     * is left.
     */
    private boolean clear(
            Txn<DirectBuffer> txn,
            Dbi<DirectBuffer> database,
            int structure,
            Bytes from,
            Bytes prefix,
            @Nullable Bytes end,
            Room room) {
        try (Cursor<DirectBuffer> cursor = database.openCursor(txn)) {
            boolean found = cursor.get(key.of(from), GetOp.MDB_SET_RANGE);
            while (found) {
                Bytes at = NativeBytes.copy(cursor.key(), 0);
                if (!at.startsWith(prefix) || (end != null && at.compareTo(end) >= 0)) {
                    return true;
                }
                if (room.isUsedUp()) {
                    return false;
                }
                room.use(cursor.val().capacity());
                if (database == store.data) {
                    sums.removeRecord(structure, cursor.key(), cursor.val());
                } else {
                    sums.removeSession(structure, cursor.key(), cursor.val());
                }
                cursor.delete();
                // After a delete LMDB's cursor is before the row that follows.
                found = cursor.seek(SeekOp.MDB_NEXT);
            }
            return true;
        }
    }
}
