package io.brickwork.core.partition.reshape;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Merge;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.execute.Sequencer;
import io.brickwork.core.partition.execute.SessionExpiry;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.transact.DrainGate;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.ChunkReader;
import org.jspecify.annotations.Nullable;

/**
 * What a primary does when its partition and a neighbour are to become one, as the metadata log has decided. Whoever is
 * primary goes on where another one left off.
 *
 * <pre>
 * of the one that goes     stores an entry by which it gives up everything; all members serve nothing from then on
 *                          answers {@link ReplicaMessage.MergeAsk} with all that it had, once that entry is in its table
 * of the one that stays    asks for it, and stores it as an entry of its own
 *                          tells the metadata log once that is committed: the neighbour's group is gone
 * </pre>
 *
 * <p>So a merge moves what the smaller one has through the log of the other, and asks for nothing of where their
 * replicas are.
 */
public final class MergeDriver {
    private static final long RETRY_NANOS = 100_000_000;

    private final Sequencer sequencer;
    private final SessionExpiry expiry;
    private final DrainGate drain;
    private final Tenure tenure;
    private final PartitionLog log;
    private final Extent extent;
    private final CommitPoint commitPoint;
    private final Repairs repairs;
    private final Ports ports;
    private boolean isAsked;
    private long askedNanos;
    /** It was found too large: nothing is given up in this view. */
    private boolean isCancelled;

    public MergeDriver(
            Sequencer sequencer,
            SessionExpiry expiry,
            DrainGate drain,
            Tenure tenure,
            PartitionLog log,
            Extent extent,
            CommitPoint commitPoint,
            Repairs repairs,
            Ports ports) {
        this.sequencer = sequencer;
        this.expiry = expiry;
        this.drain = drain;
        this.tenure = tenure;
        this.log = log;
        this.extent = extent;
        this.commitPoint = commitPoint;
        this.repairs = repairs;
        this.ports = ports;
    }

    public void onTick(long nowNanos) {
        Group group = tenure.group();
        Merge merge = group == null ? null : group.merge();
        if (group == null
                || merge == null
                || group.newest().epoch() != sequencer.view().epoch()
                || !sequencer.commits()) {
            return;
        }
        if (!merge.absorbs()) {
            giveUp(group, merge.other(), nowNanos);
        } else if (!isAsked || nowNanos - askedNanos >= RETRY_NANOS) {
            isAsked = true;
            askedNanos = nowNanos;
            takeIn(merge.other());
        }
    }

    // ---- the one that goes

    private void giveUp(Group group, PartitionId into, long nowNanos) {
        if (extent.hasClose()) {
            return;
        }
        if (!drain.isDrained(nowNanos)) {
            return;
        }
        if (isCancelled || content(group.range(), Absorption.MOST_BYTES / 2) == null) {
            isCancelled = true;
            ports.cluster()
                    .propose(new MetadataCommand.CancelMerge(
                            into, tenure.partition(), sequencer.view().epoch()));
            return;
        }
        sequencer.store(version -> EntryCodec.encodeClose(tenure.partition(), version), nowNanos);
    }

    /**
     * All that the table has; null if it is too much, or cannot be read. What is stored and not yet in the table is
     * bounded too, or nothing is given up.
     */
    private @Nullable TableChunk content(KeyRange range, int limitBytes) {
        if (log.overlay().bytes() > Absorption.MOST_BYTES / 2) {
            return null;
        }
        try {
            TableChunk chunk = ChunkReader.read(
                    ports.table().turnSnapshot(), tenure.partition(), range, TableChunk.Cursor.START, limitBytes);
            // The first row of a chunk is taken however large it is.
            return chunk.next() == null && CopyCodec.bytesOf(chunk) <= limitBytes ? chunk : null;
        } catch (CorruptRecordException rotten) {
            repairs.onCorrupt(rotten);
            return null;
        }
    }

    public void onAsk(BrickId from, ReplicaMessage.MergeAsk ask) {
        Group group = tenure.group();
        if (group == null || !extent.hasAppliedClose() || !new Merge(ask.into(), false).equals(group.merge())) {
            return; // asked again
        }
        TableChunk content = content(group.range(), 2 * Absorption.MOST_BYTES);
        if (content != null) {
            ports.peers()
                    .tell(
                            from,
                            new ReplicaMessage.MergePart(
                                    ask.into(),
                                    ask.epoch(),
                                    new Absorption(tenure.partition(), group.range(), content)));
        }
    }

    // ---- the one that stays

    private void takeIn(PartitionId from) {
        Entry entry = extent.absorbing(from);
        if (entry == null) {
            Group other = ports.cluster().metadata().group(from);
            if (other != null) {
                ports.peers()
                        .tell(
                                other.newest().primary(),
                                new ReplicaMessage.MergeAsk(
                                        from, sequencer.view().epoch(), tenure.partition()));
            }
        } else if (entry.seq() <= commitPoint.seq()) {
            ports.cluster().propose(new MetadataCommand.FinishMerge(tenure.partition(), from, entry.version()));
        }
    }

    public void onPart(ReplicaMessage.MergePart part, long nowNanos) {
        Absorption absorption = part.absorption();
        Group group = tenure.group();
        boolean isMeant = group != null
                && new Merge(absorption.from(), true).equals(group.merge())
                && group.newest().epoch() == sequencer.view().epoch()
                && sequencer.commits()
                && extent.absorbing(absorption.from()) == null;
        if (!isMeant) {
            return;
        }
        if (absorption.content().applied().epoch() >= sequencer.view().epoch()) {
            ports.cluster().reached(Situation.MERGED_FROM_HIGHER_EPOCH);
            if (ports.cluster().defends(Defence.MERGE_INTO_HIGHER_EPOCH)) {
                // What is written from here on must be newer than all that comes.
                GroupView view = sequencer.view();
                tenure.propose(view.primary(), view.members(), view.learners());
                return;
            }
        }
        sequencer.store(version -> EntryCodec.encodeAbsorption(tenure.partition(), version, absorption), nowNanos);
        expiry.onAbsorbed();
        isAsked = false; // to tell as soon as it is committed
    }
}
