package io.brickwork.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A {@link Table} under test, with what it takes to fill it and to look into it. A subclass says how to open, crash and
 * damage one; the store behind it lives as long as the test.
 */
public abstract class TableFixture {
    static final PartitionId P = new PartitionId(1, 0);
    static final PartitionId P_NEXT = new PartitionId(1, 1);
    static final PartitionId OTHER = new PartitionId(2, 0);
    static final SessionId SESSION = new SessionId(1, 1);
    static final SessionId SESSION_NEXT = new SessionId(-1, 1);

    /** What the table has said it applied. */
    final Queue<Long> told = new ConcurrentLinkedQueue<>();

    /** The version of the last entry made for each partition. */
    final Map<PartitionId, Version> last = new TreeMap<>();

    long batches;
    protected Table table;

    /**
     * Opens the store: empty at first, afterwards with what survived.
     *
     * @param applied to be called with the number of each batch that is in the table
     */
    protected abstract Table open(LongConsumer applied);

    /** Returns once every batch handed in is applied and told. */
    protected abstract void settle();

    /**
     * All power is lost at this very moment, a batch perhaps half done. The open table is gone; the test does not touch
     * it again.
     */
    protected abstract void crash();

    /** Changes stored bytes of the record, which is there. The table is closed. */
    protected abstract void damage(int structure, Bytes recordKey);

    @BeforeEach
    void openTable() {
        table = open(told::add);
    }

    @AfterEach
    void closeTable() {
        table.close();
    }

    void reopen() {
        table.close();
        table = open(told::add);
    }

    // ---- making entries

    /** An entry before it has its place. */
    record Draft(@Nullable SessionId session, long number, long lowWater, List<Effect> effects) {}

    static Draft entry(SessionId session, long number, long lowWater, List<Effect> effects) {
        return new Draft(session, number, lowWater, effects);
    }

    @SafeVarargs
    final Table.Part part(PartitionId partition, List<Effect>... entries) {
        List<List<Effect>> list = new ArrayList<>();
        for (List<Effect> entry : entries) {
            list.add(entry);
        }
        return part(partition, list);
    }

    Table.Part part(PartitionId partition, List<List<Effect>> entries) {
        return part(
                partition,
                entries.stream().map(effects -> new Draft(null, 0, 0, effects)).toArray(Draft[]::new));
    }

    Table.Part part(PartitionId partition, Draft... drafts) {
        List<Entry> entries = new ArrayList<>();
        for (Draft draft : drafts) {
            entries.add(make(partition, draft));
        }
        return new Table.Part(partition, entries);
    }

    Entry make(PartitionId partition, Draft draft) {
        Version before = last.getOrDefault(partition, new Version(1, 0));
        Version version = new Version(before.epoch(), before.seq() + 1);
        last.put(partition, version);
        Completion completion = draft.session() == null ? null : completion(draft.session(), draft.number(), version);
        return EntryCodec.encode(Entry.Kind.WRITE, partition, version, completion, draft.lowWater(), draft.effects());
    }

    static Entry write(Version version, List<Effect> effects) {
        return EntryCodec.encode(Entry.Kind.WRITE, P, version, null, 0, effects);
    }

    static Completion completion(SessionId session, long number, Version version) {
        return new Completion(new OperationId(session, number), version, Completion.Status.DONE, key("r" + number));
    }

    void apply(Table.Part... parts) {
        table.apply(new Table.Batch(++batches, List.of(parts)));
        settle();
        assertThat(told).contains(batches);
    }

    void applyEntries(PartitionId partition, Entry... entries) {
        apply(new Table.Part(partition, List.of(entries)));
        last.put(partition, entries[entries.length - 1].version());
    }

    static List<Effect> puts(String key, String value) {
        return List.of(new Effect(key(key), key(value)));
    }

    static List<Effect> deletes(String key) {
        return List.of(new Effect(key(key), null));
    }

    static Bytes key(String text) {
        return Bytes.utf8(text);
    }

    static Bytes bytes(int... values) {
        byte[] array = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            array[i] = (byte) values[i];
        }
        return Bytes.wrap(array);
    }

    // ---- reading

    @Nullable
    Bytes get(int structure, String key) {
        try (Snapshot snapshot = table.snapshot()) {
            TableRecord record = snapshot.get(structure, key(key));
            return record == null ? null : record.value();
        }
    }

    Bytes digest(PartitionId partition) {
        try (Snapshot snapshot = table.snapshot()) {
            return PartitionDigest.of(snapshot, partition, KeyRange.ALL);
        }
    }

    Applied applied(PartitionId partition) {
        try (Snapshot snapshot = table.snapshot()) {
            return snapshot.applied(partition);
        }
    }

    static List<Bytes> scan(Snapshot snapshot, int structure, KeyRange range) {
        List<Bytes> keys = new ArrayList<>();
        snapshot.scan(structure, range, (key, record) -> keys.add(key));
        return keys;
    }

    List<String> scanned(int structure) {
        List<String> records = new ArrayList<>();
        try (Snapshot snapshot = table.snapshot()) {
            snapshot.scan(
                    structure,
                    KeyRange.ALL,
                    (key, record) ->
                            records.add(key.toUtf8() + "=" + record.value().toUtf8()));
        }
        return records;
    }
}
