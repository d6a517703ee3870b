package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.ChunkReader;
import io.brickwork.core.table.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the primary does for one learner: finds where its log parts from the group's, sends what it lacks, or has it
 * take a copy of the table if the log no longer reaches back; and follows it up with new entries until it is level.
 *
 * <p>The learner asks for one chunk after the other, so a slow one costs a slow copy. Meanwhile the log is kept here
 * from the first chunk on. Entries are sent as far as a window allows: a learner never stops the primary.
 */
public final class LearnerFeed {
    private static final long RETRY_NANOS = 100_000_000;
    /** Without progress for so long a learner is dropped. */
    private static final long STUCK_NANOS = 15_000_000_000L;
    /** Entries that may be on their way to it. */
    private static final int WINDOW_BYTES = 1 << 20;
    /** So many entries behind it counts as level: the rest comes with the view change. */
    private static final int LEVEL_ENTRIES = 128;

    private enum Phase {
        /** It has not said what it has. */
        ASKING,
        /** It takes a copy. */
        COPYING,
        /** Its log is cut, and brought up to where the log here was. */
        LEVELLING,
        /** It stores what members store. */
        FOLLOWING
    }

    private final Tenure tenure;
    private final CommitPoint commitPoint;
    private final PartitionLog log;
    private final Extent extent;
    private final Repairs repairs;
    private final Ports ports;
    private final GroupView view;
    private final Member learner;
    /** What is copied: what the table had when the copy began. What it takes in later comes with the log. */
    private @Nullable KeyRange range;
    /** Whether the copied range has both parts of a split that is stored and not applied. */
    private boolean isUnsplit;

    private Phase phase = Phase.ASKING;
    private long baseSeq;
    private boolean cuts;
    private long levelSeq;
    private long storedSeq;
    private long syncedSeq;
    private long sentSeq;
    private long inFlightBytes;
    private long toldCommittedSeq = -1;
    /** Entries above it are kept in the log here; {@link Long#MAX_VALUE} if none are for its sake. */
    private long keptAboveSeq = Long.MAX_VALUE;
    /** Up to where the entries may be whose effects its table has. */
    private long copiedSeq;

    private long retryNanos;
    private long progressNanos;
    private boolean isTimed;

    public LearnerFeed(
            Tenure tenure,
            CommitPoint commitPoint,
            PartitionLog log,
            Extent extent,
            Repairs repairs,
            Ports ports,
            GroupView view,
            Member learner) {
        this.tenure = tenure;
        this.commitPoint = commitPoint;
        this.log = log;
        this.extent = extent;
        this.repairs = repairs;
        this.ports = ports;
        this.view = view;
        this.learner = learner;
    }

    public Member learner() {
        return learner;
    }

    public BrickId brick() {
        return learner.brick();
    }

    /** Whether the learner knows by its view which keys the partition has. Else another view begins anew. */
    private boolean knowsShape() {
        Group group = ports.cluster().metadata().group(tenure.partition());
        return group != null
                && !extent.isSplitUnrecorded()
                && !ports.cluster().metadata().hasAbsorbedSince(tenure.partition(), group.newestSlot());
    }

    // ---- where its log parts

    public void onReport(ReplicaMessage.FenceReport report, long nowNanos) {
        boolean isNoUse = phase == Phase.LEVELLING && report.isIncomplete();
        if ((phase != Phase.ASKING && phase != Phase.COPYING && !isNoUse) || !knowsShape()) {
            return;
        }
        progressed(nowNanos);
        EpochRuns theirs = EpochRuns.reported(report.runs());
        if (!report.isIncomplete() && !ports.cluster().defends(Defence.LEARNER_SHAKES_HANDS)) {
            phase = Phase.FOLLOWING; // what it has is what the group has, up to there
            storedSeq = Math.min(theirs.last().seq(), log.lastSeq());
            sentSeq = storedSeq;
            sendNext(nowNanos);
            return;
        }
        long common = report.isIncomplete() ? -1 : log.runs().commonSeq(theirs);
        boolean isFarther = common >= 0 && theirs.toList().getFirst().lastSeq() > log.lastSeq();
        // Nobody follows the log through a split: the child may be there already, with what came after it.
        boolean isBeforeSplit =
                theirs.last().compareTo(ports.cluster().metadata().lastSplit(tenure.partition())) < 0;
        if (common < 0 || isFarther || isBeforeSplit || common < log.trimmedSeq()) {
            if (phase != Phase.COPYING) {
                phase = Phase.COPYING;
                keptAboveSeq = log.applied().seq();
            }
            sendNext(nowNanos);
            return;
        }
        phase = Phase.LEVELLING;
        baseSeq = common;
        cuts = theirs.last().seq() > common;
        levelSeq = log.lastSeq();
        storedSeq = common;
        keptAboveSeq = common;
        sendNext(nowNanos);
    }

    // ---- copy

    public void onCopyAsk(ReplicaMessage.CopyAsk ask, long nowNanos) {
        if (phase != Phase.COPYING) {
            return;
        }
        Snapshot snapshot = ports.table().turnSnapshot();
        if (ask.from().equals(TableChunk.Cursor.START)) {
            isUnsplit = !extent.shows(snapshot);
            range = isUnsplit ? unsplitRange(snapshot) : extent.range();
        }
        KeyRange copied = range;
        if (copied == null || (isUnsplit && !copied.equals(unsplitRange(snapshot)))) {
            return; // asked again; dropped if that goes on for long
        }
        progressed(nowNanos);
        TableChunk chunk;
        try {
            chunk = ChunkReader.read(
                    snapshot,
                    tenure.partition(),
                    copied,
                    ask.from(),
                    ports.load().copyChunkBytes());
        } catch (CorruptRecordException rotten) {
            repairs.onCorrupt(rotten); // never skipped: it asks again, and the record may have been repaired then
            return;
        }
        if (ask.from().equals(TableChunk.Cursor.START)) {
            keptAboveSeq = Math.min(keptAboveSeq, chunk.applied().seq());
        }
        copiedSeq = Math.max(copiedSeq, chunk.applied().seq());
        ports.peers()
                .send(
                        brick(),
                        new ReplicaMessage.CopyPart(
                                tenure.partition(),
                                view.epoch(),
                                ask.from(),
                                CopyCodec.encode(tenure.partition(), chunk)));
    }

    /**
     * A split that is stored waits to be committed, and a view with too few members waits for its learners: then they
     * get both parts, and the split with the log.
     */
    private @Nullable KeyRange unsplitRange(Snapshot snapshot) {
        return tenure.commits(view) ? null : extent.unsplitRange(snapshot);
    }

    // ---- log

    public void onLevelled(ReplicaMessage.Levelled levelled, long nowNanos) {
        if (phase != Phase.LEVELLING) {
            return;
        }
        if (levelled.seq() > storedSeq || levelled.seq() == levelSeq) {
            storedSeq = Math.max(storedSeq, Math.min(levelled.seq(), levelSeq));
            keptAboveSeq = storedSeq;
            progressed(nowNanos);
            if (storedSeq == levelSeq) {
                phase = Phase.FOLLOWING;
                sentSeq = storedSeq;
            }
            sendNext(nowNanos);
        }
    }

    public void onStored(ReplicaMessage.Stored stored, long nowNanos) {
        if (phase != Phase.FOLLOWING) {
            return;
        }
        if (stored.storedSeq() > storedSeq) {
            storedSeq = Math.min(stored.storedSeq(), log.lastSeq());
            sentSeq = Math.max(sentSeq, storedSeq);
            progressed(nowNanos);
        }
        if (storedSeq >= sentSeq) {
            inFlightBytes = 0;
        }
        syncedSeq = Math.max(syncedSeq, Math.min(stored.syncedSeq(), storedSeq));
        keptAboveSeq = Math.max(keptAboveSeq, syncedSeq);
        feed();
    }

    /** There are entries that it has not got. */
    public void feed() {
        while (phase == Phase.FOLLOWING && sentSeq < log.lastSeq() && inFlightBytes < WINDOW_BYTES) {
            List<Entry> entries = log.read(sentSeq + 1, log.lastSeq());
            if (entries.isEmpty()) {
                phase = Phase.ASKING; // the log was trimmed under it, which keptAboveSeq should prevent
                return;
            }
            for (Entry entry : entries) {
                send(entry);
            }
        }
    }

    private void send(Entry entry) {
        sentSeq = entry.seq();
        inFlightBytes += entry.encoded().length();
        toldCommittedSeq = commitPoint.seq();
        ports.peers().send(brick(), new ReplicaMessage.Store(toldCommittedSeq, 0, entry));
    }

    // ---- time

    public void onTick(long nowNanos) {
        if (!isTimed) {
            isTimed = true;
            progressNanos = nowNanos;
            retryNanos = nowNanos;
        }
        boolean isWaiting = phase != Phase.FOLLOWING || storedSeq < log.lastSeq();
        if (!isWaiting) {
            progressNanos = nowNanos;
        }
        if (nowNanos - retryNanos >= 0) {
            sentSeq = storedSeq;
            inFlightBytes = 0;
            sendNext(nowNanos);
        } else if (phase == Phase.FOLLOWING && toldCommittedSeq < commitPoint.seq()) {
            sendCommit();
        }
    }

    public void onLinkUp(long nowNanos) {
        sentSeq = storedSeq;
        inFlightBytes = 0;
        sendNext(nowNanos);
    }

    private void progressed(long nowNanos) {
        isTimed = true;
        progressNanos = nowNanos;
    }

    /** Whatever comes next; comes again if nothing is heard of it. */
    private void sendNext(long nowNanos) {
        retryNanos = nowNanos + RETRY_NANOS;
        switch (phase) {
            case ASKING -> ports.peers().send(brick(), new ReplicaMessage.Fence(tenure.partition(), view));
            case COPYING -> ports.peers().send(brick(), new ReplicaMessage.CopyOffer(tenure.partition(), view.epoch()));
            case LEVELLING -> {
                List<Entry> entries = storedSeq < levelSeq ? log.read(storedSeq + 1, levelSeq) : List.of();
                ports.peers()
                        .send(
                                brick(),
                                new ReplicaMessage.Level(
                                        tenure.partition(), view.epoch(), baseSeq, cuts, levelSeq, entries));
            }
            case FOLLOWING -> {
                sendCommit();
                feed();
            }
        }
    }

    private void sendCommit() {
        toldCommittedSeq = commitPoint.seq();
        ports.peers().send(brick(), new ReplicaMessage.Commit(tenure.partition(), view.epoch(), toldCommittedSeq, 0));
    }

    // ---- what follows

    /** Whether it has all that counts, and may become a member. */
    public boolean isLevel() {
        boolean hasAll =
                phase == Phase.FOLLOWING && syncedSeq >= copiedSeq && storedSeq + LEVEL_ENTRIES >= log.lastSeq();
        return hasAll || !ports.cluster().defends(Defence.PROMOTE_WHEN_LEVEL);
    }

    /** Whether it gets nowhere. */
    public boolean isStuck(long nowNanos) {
        return isTimed && nowNanos - progressNanos >= STUCK_NANOS;
    }

    /** Entries above it must stay in the log. */
    public long keptAboveSeq() {
        return keptAboveSeq;
    }
}
