package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.entry.Effect;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Applied;
import io.brickwork.core.table.SessionRow;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import io.brickwork.core.table.TableRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table in memory, for tests that drive a machine by hand: a batch is applied by {@link #applyNow}. Snapshots may be taken by any thread. */
public final class MemoryTable implements Table {
    private record Key(int structure, Bytes bytes) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return structure != other.structure
                    ? Integer.compare(structure, other.structure)
                    : bytes.compareTo(other.bytes);
        }
    }

    private record State(
            NavigableMap<Key, TableRecord> records,
            NavigableMap<PartitionId, Applied> applied,
            NavigableMap<PartitionId, List<Entry>> entries) {}

    private volatile State state = new State(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
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
        waiting = batch;
    }

    /** Applies the batch that waits; gives its number, or 0 if none does. */
    public long applyNow() {
        Batch batch = waiting;
        if (batch == null) {
            return 0;
        }
        waiting = null;
        NavigableMap<Key, TableRecord> records = new TreeMap<>(state.records);
        NavigableMap<PartitionId, Applied> applied = new TreeMap<>(state.applied);
        NavigableMap<PartitionId, List<Entry>> entries = new TreeMap<>(state.entries);
        for (Part part : batch.parts()) {
            Applied before = applied.getOrDefault(part.partition(), Applied.nothing(part.partition()));
            long live = before.liveRecords();
            for (Entry entry : part.entries()) {
                for (Effect effect : entry.effects()) {
                    Key key = new Key(part.partition().structure(), effect.recordKey());
                    Bytes value = effect.value();
                    TableRecord old = value == null
                            ? records.remove(key)
                            : records.put(key, new TableRecord(entry.version(), value));
                    live += (value == null ? 0 : 1) - (old == null ? 0 : 1);
                }
                List<Entry> all = new ArrayList<>(entries.getOrDefault(part.partition(), List.of()));
                all.add(entry);
                entries.put(part.partition(), all);
            }
            applied.put(
                    part.partition(),
                    new Applied(part.partition(), part.entries().getLast().version(), live));
        }
        state = new State(records, applied, entries);
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
            for (Map.Entry<Key, TableRecord> entry :
                    state.records.tailMap(new Key(structure, range.low())).entrySet()) {
                if (entry.getKey().structure != structure || !range.contains(entry.getKey().bytes)) {
                    return;
                }
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
        public List<SessionRow> sessions(PartitionId partition) {
            TreeMap<SessionId, SessionRow> rows = new TreeMap<>();
            for (Entry entry : state.entries.getOrDefault(partition, List.of())) {
                if (entry.completion() != null) {
                    rows.computeIfAbsent(entry.completion().operation().session(), SessionRow::new)
                            .fold(entry);
                }
            }
            return List.copyOf(rows.values());
        }

        @Override
        public void close() {}
    }
}
