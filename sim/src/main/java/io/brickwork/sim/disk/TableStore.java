package io.brickwork.sim.disk;

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
import io.brickwork.core.table.Table;
import io.brickwork.sim.kernel.SimRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a table is on the disk: a state that batches replace as a whole. A state that a snapshot looks at is copied
 * before it changes.
 */
final class TableStore {
    /**
     * How many records and rows one step removes: few, so that partitions as small as those of a simulation take
     * several.
     */
    private static final int CLEARED_AT_ONCE = 16;

    private State current;

    TableStore() {
        this(new State());
    }

    private TableStore(State current) {
        this.current = current;
    }

    /** The same, in memory of its own. */
    TableStore copy() {
        return new TableStore(current.copy());
    }

    State current() {
        return current;
    }

    void commit(Table.Batch batch) {
        if (current.readers > 0) {
            current = current.copy();
        }
        batch.steps().forEach(current::apply);
        batch.parts().forEach(current::apply);
    }

    /** A record, and whether it can be read. */
    record Cell(TableRecord record, boolean isRotten) {}

    /** Everything that a table holds at one moment. */
    static final class State implements BatchCheck.State {
        final TreeMap<Integer, TreeMap<Bytes, Cell>> records = new TreeMap<>();
        final TreeMap<PartitionId, Applied> applied = new TreeMap<>();
        final TreeMap<PartitionId, CopyMark> marks = new TreeMap<>();
        final TreeMap<PartitionId, TreeMap<SessionId, SessionRow>> sessions = new TreeMap<>();
        private long bytes;
        /** Open snapshots of this state. */
        int readers;

        @Override
        public Version applied(PartitionId partition) {
            Applied of = applied.get(partition);
            return of == null ? Version.NONE : of.version();
        }

        @Override
        public @Nullable CopyMark mark(PartitionId partition) {
            return marks.get(partition);
        }

        long bytes() {
            return bytes;
        }

        boolean rot(int structure, Bytes recordKey) {
            TreeMap<Bytes, Cell> of = records.get(structure);
            Cell cell = of == null ? null : of.get(recordKey);
            if (of == null || cell == null) {
                return false;
            }
            of.put(recordKey, new Cell(cell.record(), true));
            return true;
        }

        boolean hasRot() {
            return records.values().stream().flatMap(of -> of.values().stream()).anyMatch(Cell::isRotten);
        }

        boolean rotAny(SimRandom random) {
            List<Map.Entry<Integer, TreeMap<Bytes, Cell>>> filled = records.entrySet().stream()
                    .filter(of -> !of.getValue().isEmpty())
                    .toList();
            if (filled.isEmpty()) {
                return false;
            }
            var of = random.pick(filled);
            return rot(of.getKey(), random.pick(List.copyOf(of.getValue().keySet())));
        }

        private void apply(Table.Part part) {
            PartitionId partition = part.partition();
            TreeMap<Bytes, Cell> of = records.computeIfAbsent(partition.structure(), s -> new TreeMap<>());
            Applied before = applied.getOrDefault(partition, Applied.nothing(partition));
            long live = before.liveRecords();
            Absorption absorption = part.absorption();
            if (absorption != null) {
                List.copyOf(of.keySet()).stream()
                        .filter(absorption.range()::contains)
                        .forEach(key -> remove(of, key));
                for (TableChunk.Row row : absorption.content().records()) {
                    TableRecord record = row.record();
                    live += put(
                            of,
                            row.key().compact(),
                            new TableRecord(record.version(), record.value().compact()));
                }
            }
            for (Entry entry : part.entries()) {
                for (Effect effect : entry.effects()) {
                    live += apply(of, effect, entry.version());
                }
                SessionRow.fold(sessions.computeIfAbsent(partition, p -> new TreeMap<>()), entry);
            }
            Version version = part.entries().getLast().version();
            Split split = part.split();
            if (split != null) {
                long given = split(partition, split, version);
                live -= given;
            }
            applied.put(partition, new Applied(partition, version, live));
        }

        /** Returns how many records the child is given. */
        private long split(PartitionId parent, Split split, Version version) {
            TreeMap<Bytes, Cell> of = records.computeIfAbsent(parent.structure(), s -> new TreeMap<>());
            long given = 0;
            for (Bytes key : of.keySet()) {
                given += split.given().contains(key) ? 1 : 0;
            }
            TreeMap<SessionId, SessionRow> rows = new TreeMap<>();
            sessions.getOrDefault(parent, rows).forEach((session, row) -> rows.put(session, TableStore.copy(row)));
            sessions.put(split.child(), rows);
            applied.put(split.child(), new Applied(split.child(), version, given));
            return given;
        }

        /** Returns by how much the number of live records grows. */
        private int apply(TreeMap<Bytes, Cell> of, Effect effect, Version version) {
            Bytes key = effect.recordKey().compact();
            Bytes value = effect.value();
            return value == null ? remove(of, key) : put(of, key, new TableRecord(version, value.compact()));
        }

        private int put(TreeMap<Bytes, Cell> of, Bytes key, TableRecord record) {
            Cell before = of.put(key, new Cell(record, false));
            bytes += sizeOf(key, record) - (before == null ? 0 : sizeOf(key, before.record()));
            return before == null ? 1 : 0;
        }

        private int remove(TreeMap<Bytes, Cell> of, Bytes key) {
            Cell before = of.remove(key);
            bytes -= before == null ? 0 : sizeOf(key, before.record());
            return before == null ? 0 : -1;
        }

        private void apply(CopyStep step) {
            PartitionId partition = step.partition();
            switch (step) {
                case CopyStep.Begin begin -> {
                    boolean isCleared = clear(partition, begin.range());
                    marks.put(partition, isCleared ? CopyMark.cleared(partition) : CopyMark.clearing(partition));
                }
                case CopyStep.Drop drop -> {
                    if (clear(partition, drop.range())) {
                        marks.remove(partition);
                    } else {
                        marks.put(partition, CopyMark.clearing(partition));
                    }
                }
                case CopyStep.Chunk put ->
                    marks.put(partition, marked(partition).plus(put(partition, put.chunk())));
                case CopyStep.Repair repair -> repair(partition, repair.row());
                case CopyStep.Finish finish -> {
                    long live = marked(partition).liveRecords();
                    applied.put(partition, new Applied(partition, finish.version(), live));
                    marks.remove(partition);
                }
            }
        }

        private void repair(PartitionId partition, TableChunk.Row row) {
            TreeMap<Bytes, Cell> of = records.computeIfAbsent(partition.structure(), s -> new TreeMap<>());
            Cell there = of.get(row.key());
            if (there != null && there.isRotten()) {
                put(
                        of,
                        row.key().compact(),
                        new TableRecord(
                                row.record().version(), row.record().value().compact()));
            }
        }

        private CopyMark marked(PartitionId partition) {
            return Check.present(marks.get(partition), "partition %s is not marked", partition);
        }

        /** Removes a slice of what the partition has; says whether nothing is left. */
        private boolean clear(PartitionId partition, KeyRange range) {
            applied.remove(partition);
            int room = CLEARED_AT_ONCE;
            TreeMap<Bytes, Cell> of = records.computeIfAbsent(partition.structure(), s -> new TreeMap<>());
            Bytes key = of.ceilingKey(range.low());
            for (; key != null && range.contains(key) && room > 0; room--) {
                remove(of, key);
                key = of.higherKey(key);
            }
            TreeMap<SessionId, SessionRow> rows = sessions.computeIfAbsent(partition, p -> new TreeMap<>());
            for (; !rows.isEmpty() && room > 0; room--) {
                rows.pollFirstEntry();
            }
            return rows.isEmpty() && (key == null || !range.contains(key));
        }

        /** Returns how many of the records were not there. */
        private int put(PartitionId partition, TableChunk chunk) {
            TreeMap<Bytes, Cell> of = records.computeIfAbsent(partition.structure(), s -> new TreeMap<>());
            int added = 0;
            for (TableChunk.Row row : chunk.records()) {
                TableRecord record = row.record();
                TableRecord kept =
                        new TableRecord(record.version(), record.value().compact());
                added += put(of, row.key().compact(), kept);
            }
            TreeMap<SessionId, SessionRow> rows = sessions.computeIfAbsent(partition, p -> new TreeMap<>());
            chunk.sessions().forEach(row -> rows.put(row.session(), TableStore.copy(row)));
            return added;
        }

        private static long sizeOf(Bytes key, TableRecord record) {
            return 16L + key.length() + record.value().length();
        }

        private State copy() {
            State copy = new State();
            records.forEach((structure, of) -> copy.records.put(structure, new TreeMap<>(of)));
            copy.applied.putAll(applied);
            copy.marks.putAll(marks);
            sessions.forEach((partition, rows) -> {
                TreeMap<SessionId, SessionRow> copied = new TreeMap<>();
                rows.forEach((session, row) -> copied.put(session, TableStore.copy(row)));
                copy.sessions.put(partition, copied);
            });
            copy.bytes = bytes;
            return copy;
        }
    }

    static SessionRow copy(SessionRow row) {
        return new SessionRow(row);
    }
}
