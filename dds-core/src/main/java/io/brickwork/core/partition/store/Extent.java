package io.brickwork.core.partition.store;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Absorbed;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.Origin;
import io.brickwork.core.partition.port.ClusterPort;
import io.brickwork.core.partition.port.TablePort;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.transaction.RecordAccess;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys a replica has, also while its partition is split and merged, and what it needs to read them.
 *
 * <p>The metadata log says which keys the partition has. Less is served here:
 *
 * <ul>
 *   <li>nothing of what a split gives away, from the moment at which its entry is stored, since all others may have
 *       stored it too, and the child be open;
 *   <li>nothing at all once the partition is to be merged into another, or an entry that gives up everything is stored;
 *   <li>nothing of what it takes in before that is in its own table.
 * </ul>
 *
 * <p>An entry that takes in a neighbour is applied when the metadata log has recorded it, so that it stays in the log
 * until whoever is primary has told; and when nothing of that neighbour is here any more, since both have their records
 * in the same place.
 */
public final class Extent {
    private final PartitionId partition;
    private final ClusterPort cluster;
    private final TablePort table;
    private final PartitionLog log;
    private final boolean isIncomplete;
    /** What the partition is a part of; null until the catalog has been read. */
    private @Nullable Attachment attachment;

    /** The structure, and which of its keys are served here. */
    private record Attachment(StructureInfo structure, RecordAccess type, Keys keys) {}

    /**
     * What is served.
     *
     * @param range of keys
     * @param isClosed whether none of them is
     * @param splitSeq a table that is not so far counts records outside of the range too
     * @param absorbSeq and so does one that is as far as this
     */
    public record Keys(KeyRange range, boolean isClosed, long splitSeq, long absorbSeq) {
        public static Keys all(KeyRange range) {
            return new Keys(range, false, 0, Long.MAX_VALUE);
        }

        /** Whether what a table counts that has applied so far are the records of the range. */
        public boolean counts(Version applied) {
            return applied.seq() >= splitSeq && applied.seq() < absorbSeq;
        }
    }

    /** @param isIncomplete whether the table has but half a copy: what is here counts for nothing */
    public Extent(PartitionId partition, ClusterPort cluster, TablePort table, PartitionLog log, boolean isIncomplete) {
        this.partition = partition;
        this.cluster = cluster;
        this.table = table;
        this.log = log;
        this.isIncomplete = isIncomplete;
    }

    /** Of a replica that takes another's place, with what a copy has brought, or will bring. */
    public Extent(Extent before, PartitionLog log, boolean isIncomplete) {
        this(before.partition, before.cluster, before.table, log, isIncomplete);
        attachment = before.attachment;
    }

    // ---- what is served

    /** Tells what the partition is. */
    public void attach(StructureInfo structure, StructureType type, KeyRange range) {
        if (attachment == null) {
            attachment = new Attachment(structure, new RecordAccess(type), Keys.all(range));
        }
    }

    /** The replica does nothing any more. */
    public void detach() {
        attachment = null;
    }

    public boolean isAttached() {
        return attachment != null;
    }

    private Attachment attached() {
        return Check.present(attachment, "partition %s is not attached", partition);
    }

    /** Whether what is here is half a copy. */
    public boolean isIncomplete() {
        return isIncomplete;
    }

    /** What is served; only once it is attached, like all that follows. */
    public Keys keys() {
        return attached().keys;
    }

    public KeyRange range() {
        return attached().keys.range();
    }

    /** Whether the record key is served here. */
    public boolean owns(Bytes recordKey) {
        return !attached().keys.isClosed() && attached().keys.range().contains(recordKey);
    }

    public RecordAccess type() {
        return attached().type;
    }

    public Replication replication() {
        return attached().structure.spec().replication();
    }

    /** Who does what in a view of the partition's group. */
    public GroupRules rules() {
        return GroupRules.of(replication());
    }

    public Durability durability() {
        return attached().structure.spec().durability();
    }

    /** The records as of a sequence number, for one evaluation in this turn. */
    public ReplicaRecords records(long asOfSeq) {
        return new ReplicaRecords(partition, attached().keys, log.locks(), log.overlay(), asOfSeq, table::turnSnapshot);
    }

    /** Whether the snapshot's table has taken in, or given away, no more than this replica knows. */
    public boolean shows(Snapshot snapshot) {
        return attached().keys.counts(snapshot.applied(partition).version());
    }

    /**
     * The keys that the snapshot's table has while a split is stored here that is neither in that table nor recorded by
     * the metadata log: both parts, though only one is served. Null if there is no such split.
     */
    public @Nullable KeyRange unsplitRange(Snapshot snapshot) {
        Group group = cluster.metadata().group(partition);
        Version applied = snapshot.applied(partition).version();
        Entry only = null;
        for (Entry entry : log.reshaping()) {
            if (entry.split() != null && entry.seq() > applied.seq()) {
                if (only != null || group == null || !isPending(entry, group)) {
                    return null; // an earlier split is recorded, and about to be applied
                }
                only = entry;
            }
        }
        return only == null || group == null ? null : cluster.metadata().settledRange(group, applied);
    }

    /**
     * Looks at what is stored and decided by now, which may change what is served.
     *
     * @return whether it does
     */
    public boolean update(@Nullable Group decided) {
        Attachment before = attachment;
        if (decided == null || before == null) {
            return false;
        }
        Keys keys = served(decided);
        attachment = new Attachment(before.structure, before.type, keys);
        return !keys.equals(before.keys);
    }

    private Keys served(Group decided) {
        log.forgetReshaping(entry -> entry.seq() <= log.applied().seq() && isRecorded(entry, decided));
        KeyRange left = cluster.metadata().settledRange(decided, log.applied());
        Split next = decided.split();
        if (next != null && table.turnSnapshot().has(next.child())) {
            left = without(left, next);
        }
        boolean isClosed = decided.isLeaving() && cluster.defends(Defence.MERGE_WHEN_CLOSED);
        long splitSeq = 0;
        long absorbSeq = Long.MAX_VALUE;
        for (Entry entry : log.reshaping()) {
            Split split = entry.split();
            if (split != null) {
                splitSeq = entry.seq();
                left = without(left, split);
            } else if (entry.absorption() != null) {
                absorbSeq = Math.min(absorbSeq, entry.seq());
            } else {
                isClosed |= cluster.defends(Defence.MERGE_WHEN_CLOSED);
            }
        }
        return new Keys(left == null ? decided.range() : left, isClosed || left == null, splitSeq, absorbSeq);
    }

    private @Nullable KeyRange without(@Nullable KeyRange range, Split split) {
        return range == null || !cluster.defends(Defence.SPLIT_WHEN_STORED) ? range : range.intersection(split.kept());
    }

    /**
     * Whether the metadata log says of the partition what the entry has made of it. What is applied of another one
     * taken in is recorded; what closes the partition is not to be forgotten.
     */
    private boolean isRecorded(Entry entry, Group decided) {
        Split split = entry.split();
        if (split == null) {
            return entry.absorption() != null;
        }
        return !isPending(entry, decided) && cluster.metadata().hasHad(split.child());
    }

    /** Whether the entry carries out the split that the metadata log waits for. */
    private static boolean isPending(Entry entry, Group decided) {
        Split split = entry.split();
        return split != null
                && decided.split() != null
                && decided.split().child().equals(split.child());
    }

    // ---- splits

    /**
     * Up to where the metadata log has recorded splits that are stored here: that is committed, whatever the view, and
     * nobody else may have it. 0 if it has recorded none.
     */
    public long recordedSeq() {
        long recorded = 0;
        for (Entry entry : log.reshaping()) {
            recorded = child(entry) == null ? recorded : entry.seq();
        }
        return recorded;
    }

    /** The group that has come of the entry; null if none is recorded. */
    private @Nullable Group child(Entry entry) {
        Split split = entry.split();
        Group child = split == null ? null : cluster.metadata().group(split.child());
        Origin origin = child == null ? null : child.origin();
        return origin != null && origin.version().equals(entry.version()) ? child : null;
    }

    /** Whether a split is in the table, and the metadata log not known to have recorded it. */
    public boolean isSplitUnrecorded() {
        Group group = cluster.metadata().group(partition);
        Split next = group == null ? null : group.split();
        return next != null && table.turnSnapshot().has(next.child());
    }

    /** Whether an entry that splits the partition is here and not known to be in the table. */
    public boolean isSplitting() {
        return log.reshaping().stream()
                .anyMatch(entry ->
                        entry.split() != null && entry.seq() > log.applied().seq());
    }

    /**
     * Whether an entry that changes which keys the partition has, and that somebody waits for, is not known to be in
     * the table.
     */
    public boolean isWaitedFor() {
        return log.reshaping().stream()
                .anyMatch(entry -> entry.seq() > log.applied().seq());
    }

    /**
     * Whether this brick is to have a child of the partition that it has not got yet: then neither log nor table may be
     * given up.
     */
    public boolean owesSplit() {
        for (Entry entry : log.reshaping()) {
            Group child = child(entry);
            if (entry.seq() > log.applied().seq() && child != null && child.isBornOnly()) {
                return true;
            }
        }
        return false;
    }

    // ---- merges

    /** Whether everything was given up, and the table has that. */
    public boolean hasAppliedClose() {
        return log.reshaping().stream()
                .anyMatch(entry -> entry.kind() == Entry.Kind.CLOSE
                        && entry.seq() <= log.applied().seq());
    }

    public boolean hasClose() {
        return log.reshaping().stream().anyMatch(entry -> entry.kind() == Entry.Kind.CLOSE);
    }

    /**
     * The entry by which the other partition is taken in, and which the table does not have yet; null if there is none.
     */
    @Nullable
    public Entry absorbing(PartitionId other) {
        for (Entry entry : log.reshaping()) {
            Absorption absorption = entry.absorption();
            if (absorption != null && absorption.from().equals(other)) {
                return entry;
            }
        }
        return null;
    }

    /** Up to where entries may be applied, as far as the partition's shape is concerned. */
    public long applicableSeq() {
        for (Entry entry : log.reshaping()) {
            Absorption absorption = entry.absorption();
            if (absorption != null && entry.seq() > log.applied().seq() && !mayAbsorb(entry, absorption)) {
                return entry.seq() - 1;
            }
        }
        return Long.MAX_VALUE;
    }

    private boolean mayAbsorb(Entry entry, Absorption absorption) {
        Absorbed recorded = cluster.metadata().absorbed(absorption.from());
        return recorded != null
                && recorded.version().equals(entry.version())
                && (table.isGone(absorption.from()) || !cluster.defends(Defence.MERGE_WHEN_GONE));
    }

    // ---- applying

    /**
     * Those of the entries that are to be applied together: none after one that splits the partition, none before one
     * that takes in another.
     */
    public static List<Entry> together(List<Entry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            if (i > 0 && entries.get(i).absorption() != null) {
                return entries.subList(0, i);
            }
            if (entries.get(i).split() != null) {
                return entries.subList(0, i + 1);
            }
        }
        return entries;
    }
}
