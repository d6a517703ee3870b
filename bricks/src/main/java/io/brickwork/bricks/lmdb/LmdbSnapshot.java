package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Snapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.LmdbException;

/**
 * A checked-out {@link Reader}.
 *
 * <p>LMDB crashes the JVM if a transaction is used by two threads at once, or after its environment is closed. So every
 * step into LMDB goes through {@link #enter} and {@link #leave}, a compare-and-set each. The table may take the reader
 * back at any time ({@link #revoke}): at once if no step is under way, else at the end of the step. Between two records
 * of a scan, while the visitor runs, none is.
 *
 * <pre>
 * IDLE ──enter──▶ BUSY ──leave──▶ IDLE          IDLE ──close, revoke──▶ ENDED
 *                 BUSY ──revoke──▶ LEAVING ──leave──▶ ENDED
 * </pre>
 */
final class LmdbSnapshot implements Snapshot {
    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int LEAVING = 2;
    private static final int ENDED = 3;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(LmdbSnapshot.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ReadTransactions pool;
    private final LmdbStore store;
    private final Reader reader;
    private final Thread openedBy = Thread.currentThread();

    @SuppressWarnings("UnusedVariable") // read and written through STATE
    private volatile int state = IDLE;

    /** Scans under way, each in the visitor of the one before. */
    private int scans;

    /** Why it was taken back; set before it is. */
    private volatile @Nullable String revokedBecause;

    /** Of a reader that has begun. */
    LmdbSnapshot(ReadTransactions pool, LmdbStore store, Reader reader) {
        this.pool = pool;
        this.store = store;
        this.reader = reader;
    }

    @Override
    public @Nullable TableRecord get(int structure, Bytes recordKey) {
        Bytes row;
        enter();
        try {
            row = reader.record(structure, recordKey);
        } catch (LmdbException e) {
            throw store.readFailed("record %s of structure %d".formatted(recordKey, structure), e);
        } finally {
            leave();
        }
        if (row == null) {
            refuseUnknown(structure, recordKey, false);
            return null;
        }
        return TableCodec.decodeRecord(structure, recordKey, row);
    }

    /** A record that cannot be read may be the one under this key: then it is not known whether there is one. */
    private void refuseUnknown(int structure, Bytes recordKey, boolean isEndOfScan) {
        List<TableCheck.Unknown> unknown = store.unknown();
        if (unknown.isEmpty()) {
            return;
        }
        Bytes dataKey = TableCodec.dataKey(structure, recordKey);
        for (TableCheck.Unknown one : unknown) {
            if (isEndOfScan ? one.cuts(dataKey) : one.covers(dataKey)) {
                throw new CorruptRecordException(
                        "whether structure %d has a record %s is not known: %s"
                                .formatted(structure, recordKey, one.what()),
                        recordKey);
            }
        }
    }

    @Override
    public void scan(int structure, KeyRange range, Visitor visitor) {
        scan(structure, range, false, visitor);
    }

    @Override
    public void scanBackward(int structure, KeyRange range, Visitor visitor) {
        scan(structure, range, true, visitor);
    }

    private void scan(int structure, KeyRange range, boolean isBackward, Visitor visitor) {
        refuseUnknown(structure, range.low(), true);
        Bytes high = range.high();
        if (high != null) {
            refuseUnknown(structure, high, true);
        }
        int depth = scans++;
        try {
            Reader.Row at = step(
                    "the first record of structure " + structure,
                    () -> isBackward
                            ? reader.lastRecord(depth, structure, range)
                            : reader.firstRecord(depth, structure, range));
            while (at != null && visitor.visit(at.key(), TableCodec.decodeRecord(structure, at.key(), at.row()))) {
                enter();
                try {
                    at = isBackward
                            ? reader.previousRecord(depth, structure, range)
                            : reader.nextRecord(depth, structure, range);
                } catch (LmdbException e) {
                    throw store.readFailed("a record of structure " + structure, e);
                } finally {
                    leave();
                }
            }
        } finally {
            scans--;
        }
    }

    @Override
    public Applied applied(PartitionId partition) {
        Bytes row = step(
                "how far partition " + partition + " is applied", () -> reader.meta(LmdbStore.appliedKey(partition)));
        return row == null ? Applied.nothing(partition) : TableCodec.decodeApplied(partition, row);
    }

    @Override
    public List<Applied> partitions() {
        List<Reader.Row> rows =
                step("the list of partitions", () -> reader.prefixed(store.meta, LmdbStore.appliedPrefix()));
        List<Applied> partitions = new ArrayList<>();
        for (Reader.Row row : rows) {
            partitions.add(TableCodec.decodeApplied(LmdbStore.partitionOf(row.key()), row.row()));
        }
        return partitions;
    }

    @Override
    public @Nullable CopyMark mark(PartitionId partition) {
        Bytes row = step("the mark on partition " + partition, () -> reader.meta(TableCodec.markKey(partition)));
        return row == null ? null : TableCodec.decodeMark(partition, row);
    }

    @Override
    public List<CopyMark> incomplete() {
        List<Reader.Row> rows =
                step("the list of incomplete partitions", () -> reader.prefixed(store.meta, TableCodec.MARK_PREFIX));
        List<CopyMark> marks = new ArrayList<>();
        for (Reader.Row row : rows) {
            marks.add(TableCodec.decodeMark(LmdbStore.partitionOf(row.key()), row.row()));
        }
        return marks;
    }

    @Override
    public void scanSessions(PartitionId partition, @Nullable SessionId after, SessionVisitor visitor) {
        String what = "a session of partition " + partition;
        Bytes prefix = TableCodec.partitionKey(partition);
        Bytes from = after == null ? prefix : TableCodec.sessionKey(partition, after);
        while (true) {
            Bytes begin = from;
            boolean isAfter = !begin.equals(prefix);
            List<Reader.Row> rows = step(what, () -> reader.sessionsFrom(prefix, begin, isAfter));
            for (Reader.Row row : rows) {
                if (!visitor.visit(TableCodec.decodeSession(partition, TableCodec.sessionOf(row.key()), row.row()))) {
                    return;
                }
            }
            if (rows.isEmpty()) {
                return;
            }
            from = rows.getLast().key();
        }
    }

    private <T extends @Nullable Object> T step(String what, Supplier<T> inside) {
        enter();
        try {
            return inside.get();
        } catch (LmdbException e) {
            throw store.readFailed(what, e);
        } finally {
            leave();
        }
    }

    /** Any thread, any number of times. */
    @Override
    public void close() {
        if (STATE.compareAndSet(this, IDLE, ENDED)) {
            pool.giveBack(reader);
        } else if ((int) STATE.getVolatile(this) == BUSY) {
            throw new IllegalStateException("a snapshot is closed while another thread reads from it");
        }
    }

    /** Takes the reader back, now or at the end of the step that is under way. Any thread. */
    void revoke(String because) {
        revokedBecause = because;
        if (STATE.compareAndSet(this, BUSY, LEAVING)) {
            return;
        }
        // If a step began or ended in between, the caller comes again.
        if (STATE.compareAndSet(this, IDLE, ENDED)) {
            pool.giveBack(reader);
        }
    }

    Thread openedBy() {
        return openedBy;
    }

    private void enter() {
        if (!STATE.compareAndSet(this, IDLE, BUSY)) {
            throw refusal();
        }
    }

    private void leave() {
        if (!STATE.compareAndSet(this, BUSY, IDLE)) {
            STATE.setVolatile(this, ENDED);
            pool.giveBack(reader);
        }
    }

    private IllegalStateException refusal() {
        String because = revokedBecause;
        if ((int) STATE.getVolatile(this) == BUSY) {
            return new IllegalStateException("a snapshot is used by two threads at once");
        }
        return new IllegalStateException(because != null ? because : "the snapshot is closed");
    }
}
