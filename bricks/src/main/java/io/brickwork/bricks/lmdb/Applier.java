package io.brickwork.bricks.lmdb;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableCodec;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.table.BatchCheck;
import io.brickwork.core.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Txn;

/**
 * The only writer of the table: turns a batch into one synced LMDB transaction.
 *
 * <p>The effects of the batch are sorted by key, and of several effects on one key only the last is written; so LMDB
 * walks its tree once from left to right, mostly staying on the page it stands on.
 *
 * <p>{@link #check} is called by the lane, {@link #apply} by the applier's thread, never both at once. After a failure
 * it is not used again.
 */
final class Applier implements BatchCheck.State {
    private static final int PREFIX_BYTES = 8;

    private final LmdbStore store;
    private final Sums sums;
    private final SessionRows sessions;
    private final Map<PartitionId, Applied> applied = new TreeMap<>();
    private final RecordWriter records;
    private final CopySteps steps;
    private final Splits splits;
    private final ByteWriter writer = new ByteWriter(1024);
    private final NativeBytes key = new NativeBytes(NativeBytes.LONGEST_KEY_BYTES);
    private final NativeBytes row = new NativeBytes(4096);
    private volatile LongSupplier logSynced = () -> 0;

    /** A partition's way through the batch. */
    private static final class Progress {
        final PartitionId partition;
        Version version;
        long liveRecords;

        Progress(Applied applied) {
            partition = applied.partition();
            version = applied.version();
            liveRecords = applied.liveRecords();
        }

        Applied applied() {
            return new Applied(partition, version, liveRecords);
        }
    }

    /**
     * One effect of the batch. Ordered as its key is in the table.
     *
     * @param prefix the first bytes of the record key as a number, to compare without looking at the key
     */
    private record Change(int structure, long prefix, Effect effect, Version version, Progress progress)
            implements Comparable<Change> {
        static Change of(Entry entry, Effect effect, Progress progress) {
            return new Change(
                    progress.partition.structure(), prefixOf(effect.recordKey()), effect, entry.version(), progress);
        }

        /** Shorter keys are filled up with zeros, which sorts them no higher than their continuations. */
        private static long prefixOf(Bytes recordKey) {
            byte[] array = recordKey.backingArray();
            int offset = recordKey.backingOffset();
            int bytes = Math.min(PREFIX_BYTES, recordKey.length());
            long prefix = 0;
            for (int i = 0; i < bytes; i++) {
                prefix = prefix << 8 | (array[offset + i] & 0xFF);
            }
            return bytes == PREFIX_BYTES ? prefix : prefix << 8 * (PREFIX_BYTES - bytes - 1) << 8;
        }

        boolean hasKeyOf(Change other) {
            return prefix == other.prefix
                    && structure == other.structure
                    && effect.recordKey().equals(other.effect.recordKey());
        }

        @Override
        public int compareTo(Change other) {
            if (structure != other.structure) {
                return Integer.compare(structure, other.structure);
            }
            int byPrefix = Long.compareUnsigned(prefix, other.prefix);
            return byPrefix != 0 ? byPrefix : effect.recordKey().compareTo(other.effect.recordKey());
        }
    }

    /**
     * Goes on from what the table holds.
     *
     * @param partitions how far each is applied
     * @param marks on those that are incomplete
     */
    Applier(LmdbStore store, List<Applied> partitions, List<CopyMark> marks) {
        this.store = store;
        sums = new Sums(store.sums());
        records = new RecordWriter(sums);
        sessions = new SessionRows(store, sums);
        for (Applied partition : partitions) {
            applied.put(partition.partition(), partition);
        }
        splits = new Splits(store, sums);
        steps = new CopySteps(store, sums, sessions, records, applied, marks);
    }

    /** Notes with each batch up to where the log is synced. */
    void follow(LongSupplier logSynced) {
        this.logSynced = logSynced;
    }

    long logSynced() {
        return logSynced.getAsLong();
    }

    /** Breaks an invariant unless the batch goes on exactly where the table ends. */
    void check(Table.Batch batch) {
        BatchCheck.check(batch, this);
    }

    @Override
    public Version applied(PartitionId partition) {
        return appliedTo(partition).version();
    }

    @Override
    public @Nullable CopyMark mark(PartitionId partition) {
        return steps.mark(partition);
    }

    private Applied appliedTo(PartitionId partition) {
        Applied found = applied.get(partition);
        return found == null ? Applied.nothing(partition) : found;
    }

    /**
     * Applies a batch that was {@linkplain #check checked}. When it returns the batch is synced; when it throws the
     * batch may be in the table or not.
     *
     * @return the pages that hold rows
     */
    long apply(Table.Batch batch) {
        Map<PartitionId, Progress> progress = new TreeMap<>();
        long livePages;
        try (Txn<DirectBuffer> txn = store.beginWrite()) {
            batch.steps().forEach(step -> steps.apply(txn, step));
            List<Change> changes = new ArrayList<>();
            for (Table.Part part : batch.parts()) {
                Progress mine = progress.computeIfAbsent(part.partition(), id -> new Progress(appliedTo(id)));
                Absorption absorption = part.absorption();
                if (absorption != null) {
                    mine.liveRecords += steps.absorb(txn, part.partition().structure(), absorption);
                }
                for (Entry entry : part.entries()) {
                    for (Effect effect : entry.effects()) {
                        changes.add(Change.of(entry, effect, mine));
                    }
                    sessions.fold(txn, entry);
                }
                mine.version = part.entries().getLast().version();
            }
            write(txn, changes);
            sessions.write(txn, writer);
            for (Table.Part part : batch.parts()) {
                Progress mine = Check.present(progress.get(part.partition()), "partition %s", part.partition());
                Split split = part.split();
                if (split != null) {
                    Progress child = new Progress(new Applied(
                            split.child(), mine.version, splits.apply(txn, split, mine.partition, mine.liveRecords)));
                    mine.liveRecords -= child.liveRecords;
                    progress.put(child.partition, child);
                }
            }
            for (Progress mine : progress.values()) {
                TableCodec.encodeApplied(writer, mine.applied());
                store.meta.put(txn, key.of(LmdbStore.appliedKey(mine.partition)), row.of(writer));
            }
            sums.write(store, txn);
            long reached = logSynced.getAsLong();
            if (reached > 0) {
                store.putLogReached(txn, reached);
            }
            livePages = store.livePages(txn);
            txn.commit();
        }
        for (Progress mine : progress.values()) {
            applied.put(mine.partition, mine.applied());
        }
        sessions.trim();
        return livePages;
    }

    private void write(Txn<DirectBuffer> txn, List<Change> changes) {
        // A stable sort: the effects on one key stay in the order of their entries.
        changes.sort(null);
        try (Cursor<DirectBuffer> cursor = store.data.openCursor(txn)) {
            for (int i = 0; i < changes.size(); i++) {
                Change change = changes.get(i);
                if (i + 1 < changes.size() && changes.get(i + 1).hasKeyOf(change)) {
                    continue;
                }
                boolean wasThere;
                Bytes value = change.effect.value();
                Bytes recordKey = change.effect.recordKey();
                if (value != null) {
                    wasThere = records.put(cursor, change.structure, recordKey, change.version, value);
                } else {
                    wasThere = records.delete(cursor, change.structure, recordKey);
                }
                change.progress.liveRecords += (value != null ? 1 : 0) - (wasThere ? 1 : 0);
            }
        }
    }
}
