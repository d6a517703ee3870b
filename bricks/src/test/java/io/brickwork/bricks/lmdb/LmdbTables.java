package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A table, and what it says, for tests that look behind the contract. One partition: number 0 of structure 1. */
final class LmdbTables implements AutoCloseable {
    static final int STRUCTURE = 1;
    private static final PartitionId PARTITION = new PartitionId(STRUCTURE, 0);
    private static final long REFUSED = -1;

    final LmdbTable table;
    final AtomicLong nanos = new AtomicLong();
    final AtomicLong logBytes = new AtomicLong();
    final Queue<StoreFailedException> failures = new ConcurrentLinkedQueue<>();
    private final LinkedBlockingQueue<Long> told = new LinkedBlockingQueue<>();
    private long batches;
    private long seq;

    LmdbTables(TableOptions options) {
        table = LmdbTable.open(options, logBytes::get, nanos::get, told::add, failure -> {
            failures.add(failure);
            told.add(REFUSED);
        });
        try (var snapshot = table.snapshot()) {
            seq = snapshot.applied(PARTITION).version().seq();
        }
    }

    static Effect put(String key, int valueBytes) {
        return new Effect(Bytes.utf8(key), Bytes.wrap(new byte[valueBytes]));
    }

    static Effect put(String key, String value) {
        return new Effect(Bytes.utf8(key), Bytes.utf8(value));
    }

    static Effect delete(String key) {
        return new Effect(Bytes.utf8(key), null);
    }

    /** A batch of one entry for each effect. */
    Table.Batch batch(List<Effect> effects) {
        List<Entry> entries = new ArrayList<>();
        for (Effect effect : effects) {
            Version version = new Version(1, ++seq);
            entries.add(EntryCodec.encode(Entry.Kind.WRITE, PARTITION, version, null, 0, List.of(effect)));
        }
        return new Table.Batch(++batches, List.of(new Table.Part(PARTITION, entries)));
    }

    /** Applies a batch and waits for it; false if it failed. */
    boolean apply(List<Effect> effects) {
        Table.Batch batch = batch(effects);
        table.apply(batch);
        try {
            Long outcome = told.poll(60, TimeUnit.SECONDS);
            if (outcome == null) {
                throw new AssertionError("batch " + batch.number() + " is not told");
            }
            return outcome != REFUSED;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    boolean apply(Effect... effects) {
        return apply(List.of(effects));
    }

    @Nullable
    String get(String key) {
        try (var snapshot = table.snapshot()) {
            var record = snapshot.get(STRUCTURE, Bytes.utf8(key));
            return record == null ? null : record.value().toUtf8();
        }
    }

    @Override
    public void close() {
        table.close();
    }
}
