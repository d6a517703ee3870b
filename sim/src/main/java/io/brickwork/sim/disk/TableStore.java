package io.brickwork.sim.disk;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Effect;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.table.Applied;
import io.brickwork.core.table.SessionRow;
import io.brickwork.core.table.Table;
import io.brickwork.core.table.TableRecord;
import io.brickwork.sim.kernel.SimRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a table is on the disk: a state that batches replace as a whole. A state that a snapshot looks at is copied before it changes.
 */
final class TableStore {
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
        batch.parts().forEach(current::apply);
    }

    /** A record, and whether it can be read. */
    record Cell(TableRecord record, boolean isRotten) {}

    /** Everything that a table holds at one moment. */
    static final class State {
        final TreeMap<Integer, TreeMap<Bytes, Cell>> records = new TreeMap<>();
        final TreeMap<PartitionId, Applied> applied = new TreeMap<>();
        final TreeMap<PartitionId, TreeMap<SessionId, SessionRow>> sessions = new TreeMap<>();
        private long bytes;
        /** Open snapshots of this state. */
        int readers;

        Version version(PartitionId partition) {
            Applied of = applied.get(partition);
            return of == null ? Version.NONE : of.version();
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
            for (Entry entry : part.entries()) {
                for (Effect effect : entry.effects()) {
                    live += apply(of, effect, entry.version());
                }
                if (entry.completion() != null) {
                    sessions.computeIfAbsent(partition, p -> new TreeMap<>())
                            .computeIfAbsent(entry.completion().operation().session(), SessionRow::new)
                            .fold(entry);
                }
            }
            applied.put(
                    partition, new Applied(partition, part.entries().getLast().version(), live));
        }

        /** Returns by how much the number of live records grows. */
        private int apply(TreeMap<Bytes, Cell> of, Effect effect, Version version) {
            Bytes key = effect.recordKey().compact();
            Bytes value = effect.value();
            Cell before = value == null
                    ? of.remove(key)
                    : of.put(key, new Cell(new TableRecord(version, value.compact()), false));
            bytes += sizeOf(key, value)
                    - (before == null ? 0 : sizeOf(key, before.record().value()));
            return (value == null ? 0 : 1) - (before == null ? 0 : 1);
        }

        private static long sizeOf(Bytes key, @Nullable Bytes value) {
            return value == null ? 0 : 16L + key.length() + value.length();
        }

        private State copy() {
            State copy = new State();
            records.forEach((structure, of) -> copy.records.put(structure, new TreeMap<>(of)));
            copy.applied.putAll(applied);
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
        return new SessionRow(row.session(), row.lowWater(), row.completions().values());
    }

    /** Each part continues where its partition stands, in rising versions and without gaps. */
    static void checkContinues(Version applied, Table.Part part) {
        Version last = applied;
        for (Entry entry : part.entries()) {
            Check.invariant(
                    entry.partition().equals(part.partition())
                            && entry.seq() == last.seq() + 1
                            && entry.epoch() >= last.epoch(),
                    "partition %s: entry %s applied after %s",
                    part.partition(),
                    entry.version(),
                    last);
            last = entry.version();
        }
    }
}
