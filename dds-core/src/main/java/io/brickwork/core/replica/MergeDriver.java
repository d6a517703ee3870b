package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
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
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.ChunkReader;
import org.jspecify.annotations.Nullable;

/**
 * What a primary does when its partition and a neighbour are to become one, as the metadata log has decided. Whoever is primary goes on where another one left off.
 *
 * <pre>
 * of the one that goes     stores an entry by which it gives up everything; all members serve nothing from then on
 *                          answers {@link ReplicaMessage.MergeAsk} with all that it had, once that entry is in its table
 * of the one that stays    asks for it, and stores it as an entry of its own
 *                          tells the metadata log once that is committed: the neighbour's group is gone
 * </pre>
 *
 * <p>So a merge moves what the smaller one has through the log of the other, and asks for nothing of where their replicas are.
 */
final class MergeDriver {
    private static final long RETRY_NANOS = 100_000_000;

    private final Primary primary;
    private final Replica replica;
    private final ReplicaHost host;
    private boolean isAsked;
    private long askedNanos;
    /** It was found too large: nothing is given up in this view. */
    private boolean isCancelled;

    MergeDriver(Primary primary, Replica replica, ReplicaHost host) {
        this.primary = primary;
        this.replica = replica;
        this.host = host;
    }

    void onTick(long nowNanos) {
        Group group = replica.group();
        Merge merge = group == null ? null : group.merge();
        if (group == null
                || merge == null
                || group.newest().epoch() != primary.view().epoch()
                || !primary.commits()) {
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
        if (replica.extent().hasClose()) {
            return;
        }
        if (!primary.transactions().isDrained(nowNanos)) {
            return;
        }
        if (isCancelled || content(group.range(), Absorption.MOST_BYTES / 2) == null) {
            isCancelled = true;
            host.propose(new MetadataCommand.CancelMerge(
                    into, replica.partition(), primary.view().epoch()));
            return;
        }
        primary.store(version -> EntryCodec.encodeClose(replica.partition(), version), nowNanos);
    }

    /** All that the table has; null if it is too much, or cannot be read. What is stored and not yet in the table is bounded too, or nothing is given up. */
    private @Nullable TableChunk content(KeyRange range, int limitBytes) {
        if (replica.overlayBytes() > Absorption.MOST_BYTES / 2) {
            return null;
        }
        try {
            TableChunk chunk = ChunkReader.read(
                    host.turnSnapshot(), replica.partition(), range, TableChunk.Cursor.START, limitBytes);
            // The first row of a chunk is taken however large it is.
            return chunk.next() == null && CopyCodec.bytesOf(chunk) <= limitBytes ? chunk : null;
        } catch (CorruptRecordException rotten) {
            replica.onCorrupt(rotten);
            return null;
        }
    }

    void onAsk(BrickId from, ReplicaMessage.MergeAsk ask) {
        Group group = replica.group();
        if (group == null
                || !replica.extent().hasAppliedClose()
                || !new Merge(ask.into(), false).equals(group.merge())) {
            return; // asked again
        }
        TableChunk content = content(group.range(), 2 * Absorption.MOST_BYTES);
        if (content != null) {
            host.tell(
                    from,
                    new ReplicaMessage.MergePart(
                            ask.into(), ask.epoch(), new Absorption(replica.partition(), group.range(), content)));
        }
    }

    // ---- the one that stays

    private void takeIn(PartitionId from) {
        Entry entry = replica.extent().absorbing(from);
        if (entry == null) {
            Group other = host.metadata().group(from);
            if (other != null) {
                host.tell(
                        other.newest().primary(),
                        new ReplicaMessage.MergeAsk(from, primary.view().epoch(), replica.partition()));
            }
        } else if (entry.seq() <= replica.committedSeq()) {
            host.propose(new MetadataCommand.FinishMerge(replica.partition(), from, entry.version()));
        }
    }

    void onPart(ReplicaMessage.MergePart part, long nowNanos) {
        Absorption absorption = part.absorption();
        Group group = replica.group();
        boolean isMeant = group != null
                && new Merge(absorption.from(), true).equals(group.merge())
                && group.newest().epoch() == primary.view().epoch()
                && primary.commits()
                && replica.extent().absorbing(absorption.from()) == null;
        if (!isMeant) {
            return;
        }
        if (absorption.content().applied().epoch() >= primary.view().epoch()) {
            // What is written from here on must be newer than all that comes.
            GroupView view = primary.view();
            replica.proposeView(view.primary(), view.members(), view.learners());
            return;
        }
        primary.store(version -> EntryCodec.encodeAbsorption(replica.partition(), version, absorption), nowNanos);
        isAsked = false; // to tell as soon as it is committed
    }
}
