package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.BatchCheck;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A table in memory, for tests that drive a machine by hand: a batch is applied by {@link #applyNow}. Snapshots may be
 * taken by any thread.
 */
public final class MemoryTable implements Table {
    private record Key(int structure, Bytes bytes) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return structure != other.structure
                    ? Integer.compare(structure, other.structure)
                    : bytes.compareTo(other.bytes);
        }
    }

    /** How many records and rows one step removes: few, so that whoever clears a partition has to ask again. */
    private static final int CLEARED_AT_ONCE = 4;

    private record State(
            NavigableMap<Key, TableRecord> records,
            NavigableMap<PartitionId, Applied> applied,
            NavigableMap<PartitionId, CopyMark> marks,
            NavigableMap<PartitionId, NavigableMap<SessionId, SessionRow>> sessions)
            implements BatchCheck.State {
        State() {
            this(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        }

        State copy() {
            State copy =
                    new State(new TreeMap<>(records), new TreeMap<>(applied), new TreeMap<>(marks), new TreeMap<>());
            sessions.forEach((partition, rows) -> {
                NavigableMap<SessionId, SessionRow> copied = new TreeMap<>();
                rows.values().forEach(row -> copied.put(row.session(), copyOf(row)));
                copy.sessions.put(partition, copied);
            });
            return copy;
        }

        static SessionRow copyOf(SessionRow row) {
            return new SessionRow(row);
        }

        @Override
        public Version applied(PartitionId partition) {
            Applied of = applied.get(partition);
            return of == null ? Version.NONE : of.version();
        }

        @Override
        public @Nullable CopyMark mark(PartitionId partition) {
            return marks.get(partition);
        }

        void apply(Part part) {
            PartitionId partition = part.partition();
            long live =
                    applied.getOrDefault(partition, Applied.nothing(partition)).liveRecords();
            Absorption absorption = part.absorption();
            if (absorption != null) {
                records.keySet()
                        .removeIf(key -> key.structure == partition.structure()
                                && absorption.range().contains(key.bytes));
                for (TableChunk.Row row : absorption.content().records()) {
                    records.put(new Key(partition.structure(), row.key()), row.record());
                    live++;
                }
            }
            for (Entry entry : part.entries()) {
                for (Effect effect : entry.effects()) {
                    Key key = new Key(partition.structure(), effect.recordKey());
                    Bytes value = effect.value();
                    TableRecord old = value == null
                            ? records.remove(key)
                            : records.put(key, new TableRecord(entry.version(), value));
                    live += (value == null ? 0 : 1) - (old == null ? 0 : 1);
                }
                SessionRow.fold(rows(partition), entry);
            }
            Version version = part.entries().getLast().version();
            Split split = part.split();
            if (split != null) {
                long given = records.keySet().stream()
                        .filter(key -> key.structure == partition.structure()
                                && split.given().contains(key.bytes))
                        .count();
                live -= given;
                applied.put(split.child(), new Applied(split.child(), version, given));
                rows(partition).values().forEach(row -> rows(split.child()).put(row.session(), copyOf(row)));
            }
            applied.put(partition, new Applied(partition, version, live));
        }

        void apply(CopyStep step) {
            PartitionId partition = step.partition();
            switch (step) {
                case CopyStep.Begin begin ->
                    marks.put(
                            partition,
                            clear(partition, begin.range())
                                    ? CopyMark.cleared(partition)
                                    : CopyMark.clearing(partition));
                case CopyStep.Drop drop -> {
                    if (clear(partition, drop.range())) {
                        marks.remove(partition);
                    } else {
                        marks.put(partition, CopyMark.clearing(partition));
                    }
                }
                case CopyStep.Chunk put -> {
                    long added = 0;
                    for (TableChunk.Row row : put.chunk().records()) {
                        added += records.put(new Key(partition.structure(), row.key()), row.record()) == null ? 1 : 0;
                    }
                    put.chunk().sessions().forEach(row -> rows(partition).put(row.session(), copyOf(row)));
                    marks.put(partition, markOf(partition).plus(added));
                }
                case CopyStep.Repair repair -> {} // nothing rots in it
                case CopyStep.Finish finish -> {
                    applied.put(
                            partition,
                            new Applied(
                                    partition,
                                    finish.version(),
                                    markOf(partition).liveRecords()));
                    marks.remove(partition);
                }
            }
        }

        /** Says whether nothing is left. */
        private boolean clear(PartitionId partition, KeyRange range) {
            applied.remove(partition);
            int removed = 0;
            Key at = records.ceilingKey(new Key(partition.structure(), range.low()));
            while (at != null && at.structure == partition.structure() && range.contains(at.bytes)) {
                if (removed++ == CLEARED_AT_ONCE) {
                    return false;
                }
                records.remove(at);
                at = records.higherKey(at);
            }
            sessions.remove(partition);
            return true;
        }

        private NavigableMap<SessionId, SessionRow> rows(PartitionId partition) {
            return sessions.computeIfAbsent(partition, p -> new TreeMap<>());
        }

        private CopyMark markOf(PartitionId partition) {
            return Check.present(marks.get(partition), "partition %s is not marked", partition);
        }
    }

    private volatile State state = new State();
    private @Nullable Batch waiting;
    private int fillPermille;

    @Override
    public Snapshot snapshot() {
        return new View(state);
    }

    @Override
    public void apply(Batch batch) {
        if (waiting != null) {
            throw new IllegalStateException(
                    "batch " + batch.number() + " before batch " + waiting.number() + " was applied");
        }
        BatchCheck.check(batch, state);
        waiting = batch;
    }

    /** Applies the batch that waits; gives its number, or 0 if none does. */
    public long applyNow() {
        Batch batch = waiting;
        if (batch == null) {
            return 0;
        }
        waiting = null;
        State after = state.copy();
        batch.steps().forEach(after::apply);
        batch.parts().forEach(after::apply);
        state = after;
        return batch.number();
    }

    public void fill(int permille) {
        fillPermille = permille;
    }

    @Override
    public int fillPermille() {
        return fillPermille;
    }

    @Override
    public void close() {}

    private record View(State state) implements Snapshot {
        @Override
        public @Nullable TableRecord get(int structure, Bytes recordKey) {
            return state.records.get(new Key(structure, recordKey));
        }

        @Override
        public void scan(int structure, KeyRange range, Visitor visitor) {
            visit(within(structure, range), visitor);
        }

        @Override
        public void scanBackward(int structure, KeyRange range, Visitor visitor) {
            visit(within(structure, range).descendingMap(), visitor);
        }

        private NavigableMap<Key, TableRecord> within(int structure, KeyRange range) {
            Bytes high = range.high();
            Key end = high == null ? new Key(structure + 1, Bytes.EMPTY) : new Key(structure, high);
            return state.records.subMap(new Key(structure, range.low()), true, end, false);
        }

        private static void visit(NavigableMap<Key, TableRecord> within, Visitor visitor) {
            for (Map.Entry<Key, TableRecord> entry : within.entrySet()) {
                if (!visitor.visit(entry.getKey().bytes, entry.getValue())) {
                    return;
                }
            }
        }

        @Override
        public Applied applied(PartitionId partition) {
            return state.applied.getOrDefault(partition, Applied.nothing(partition));
        }

        @Override
        public List<Applied> partitions() {
            return List.copyOf(state.applied.values());
        }

        @Override
        public @Nullable CopyMark mark(PartitionId partition) {
            return state.marks.get(partition);
        }

        @Override
        public List<CopyMark> incomplete() {
            return List.copyOf(state.marks.values());
        }

        @Override
        public void scanSessions(PartitionId partition, @Nullable SessionId after, SessionVisitor visitor) {
            NavigableMap<SessionId, SessionRow> rows = state.sessions.getOrDefault(partition, new TreeMap<>());
            for (SessionRow row : (after == null ? rows : rows.tailMap(after, false)).values()) {
                if (!visitor.visit(State.copyOf(row))) {
                    return;
                }
            }
        }

        @Override
        public void close() {}
    }
}
