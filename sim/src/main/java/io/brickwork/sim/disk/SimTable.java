package io.brickwork.sim.disk;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.BatchCheck;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A brick's table on a {@link SimDisk}, as one process has it open.
 *
 * <p>A batch is in the table at one event and told at another, so between the two reads see more than the machine
 * knows; sometimes it is in the table before {@link #apply} returns. It checks what the design promises of every batch:
 * gapless, and never ahead of what this brick's log has synced (T70).
 */
final class SimTable implements Table {
    private final SimDisk disk;
    private final TableStore store;
    private final LongConsumer applied;
    private @Nullable Batch underWay;
    private boolean isCommitted;
    private boolean isClosed;

    SimTable(SimDisk disk, LongConsumer applied) {
        this.disk = disk;
        this.store = disk.tableStore();
        this.applied = applied;
    }

    @Override
    public Snapshot snapshot() {
        Check.state(!isClosed, "the table is closed");
        return new View(store.current(), true);
    }

    @Override
    public void apply(Batch batch) {
        Check.state(!isClosed, "the table is closed");
        Check.invariant(underWay == null, "batch %d while batch %s is under way", batch.number(), underWay);
        BatchCheck.check(batch, store.current());
        checkSynced(batch);
        underWay = batch;
        isCommitted = false;
        long nanos = disk.random.nextInt(4) == 0 ? 0 : disk.random.tailed(0, disk.options.applyMeanNanos());
        if (nanos == 0) {
            commit(batch);
        } else {
            at(disk.endOf(nanos), () -> commit(batch));
        }
    }

    /**
     * Checked when the batch is handed over: the brick may void entries while the batch that holds them is under way,
     * and forgets them in a later batch.
     */
    private void checkSynced(Batch batch) {
        for (Part part : batch.parts()) {
            Version last = part.entries().getLast().version();
            Check.invariant(
                    disk.isLogChecked(part.partition(), last),
                    "partition %s: entry %s is in the table before this brick's log has synced it",
                    part.partition(),
                    last);
        }
    }

    private void commit(Batch batch) {
        store.commit(batch);
        isCommitted = true;
        at(disk.endOf(disk.random.tailed(0, disk.options.tellMeanNanos())), () -> tell(batch));
    }

    private void tell(Batch batch) {
        underWay = null;
        applied.accept(batch.number());
    }

    private void at(long timeNanos, Runnable action) {
        disk.queue.at(timeNanos, () -> {
            if (!isClosed) {
                action.run();
            }
        });
    }

    @Override
    public int fillPermille() {
        return disk.fillPermille();
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        Batch batch = underWay;
        if (batch != null && !isCommitted) {
            store.commit(batch);
        }
        isClosed = true;
        disk.tableClosed();
    }

    /** The process is dead: a batch that is not in the table will never be. */
    void die() {
        isClosed = true;
    }

    /** A consistent view: the state it was opened on, which nobody changes while it is open. */
    static final class View implements Snapshot {
        private final TableStore.State state;
        /** Whether rows of sessions are copied for who asks, who may change them. */
        private final boolean copiesRows;

        private boolean isClosed;

        View(TableStore.State state, boolean copiesRows) {
            this.state = state;
            this.copiesRows = copiesRows;
            state.readers++;
        }

        @Override
        public @Nullable TableRecord get(int structure, Bytes recordKey) {
            checkOpen();
            NavigableMap<Bytes, TableStore.Cell> of = state.records.get(structure);
            TableStore.Cell cell = of == null ? null : of.get(recordKey);
            return cell == null ? null : read(structure, recordKey, cell);
        }

        @Override
        public void scan(int structure, KeyRange range, Visitor visitor) {
            visit(structure, within(structure, range), visitor);
        }

        @Override
        public void scanBackward(int structure, KeyRange range, Visitor visitor) {
            visit(structure, within(structure, range).descendingMap(), visitor);
        }

        private NavigableMap<Bytes, TableStore.Cell> within(int structure, KeyRange range) {
            checkOpen();
            NavigableMap<Bytes, TableStore.Cell> of = state.records.get(structure);
            Bytes high = range.high();
            if (of == null) {
                return new TreeMap<>();
            }
            return high == null ? of.tailMap(range.low(), true) : of.subMap(range.low(), true, high, false);
        }

        private void visit(int structure, NavigableMap<Bytes, TableStore.Cell> within, Visitor visitor) {
            for (Map.Entry<Bytes, TableStore.Cell> entry : within.entrySet()) {
                if (!visitor.visit(entry.getKey(), read(structure, entry.getKey(), entry.getValue()))) {
                    return;
                }
            }
        }

        @Override
        public Applied applied(PartitionId partition) {
            checkOpen();
            return state.applied.getOrDefault(partition, Applied.nothing(partition));
        }

        @Override
        public List<Applied> partitions() {
            checkOpen();
            return List.copyOf(state.applied.values());
        }

        @Override
        public @Nullable CopyMark mark(PartitionId partition) {
            checkOpen();
            return state.marks.get(partition);
        }

        @Override
        public List<CopyMark> incomplete() {
            checkOpen();
            return List.copyOf(state.marks.values());
        }

        @Override
        public void scanSessions(PartitionId partition, @Nullable SessionId after, SessionVisitor visitor) {
            checkOpen();
            NavigableMap<SessionId, SessionRow> rows = state.sessions.get(partition);
            if (rows == null) {
                return;
            }
            for (SessionRow row : (after == null ? rows : rows.tailMap(after, false)).values()) {
                if (!visitor.visit(copiesRows ? TableStore.copy(row) : row)) {
                    return;
                }
            }
        }

        @Override
        public void close() {
            if (!isClosed) {
                isClosed = true;
                state.readers--;
            }
        }

        private void checkOpen() {
            Check.state(!isClosed, "the snapshot is closed");
        }

        private static TableRecord read(int structure, Bytes recordKey, TableStore.Cell cell) {
            if (cell.isRotten()) {
                throw new CorruptRecordException(
                        "record " + recordKey + " of structure " + structure + " has a wrong checksum", recordKey);
            }
            return cell.record();
        }
    }
}
