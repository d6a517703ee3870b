package io.brickwork.core.partition.replicate.twophase;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.replicate.LearnerFeed;
import io.brickwork.core.partition.replicate.Learners;
import io.brickwork.core.partition.replicate.Proposals;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.view.Lineup;
import java.util.ArrayList;
import java.util.List;

/**
 * Two-phase commit at the primary of one open view: an entry that is stored here is sent to every other member (phase one), and is committed when all have stored it (phase two), which they hear with the next entry or by a
 * {@link ReplicaMessage.Commit}.
 *
 * <p>Learners are fed beside, and never waited for. Who gets nowhere is left out of the next view, if enough stay.
 *
 * <p>Source: Gribble 2000 §4.1.
 */
public final class TwoPhasePrimary implements Replicator {
    private static final long RETRY_NANOS = 100_000_000;
    /** A member that lacks something and gets nowhere for so long is left out of the next view, if enough stay (T24). */
    private static final long SILENT_NANOS = 3_000_000_000L;
    /** Entries sent again at once, unless a single one is larger. */
    private static final int RESEND_BYTES = 1 << 20;

    /** What the primary knows of one other member. */
    private static final class Other {
        private final BrickId brick;
        private long storedSeq;
        private long syncedSeq;
        private int fillPermille;
        private long toldCommittedSeq = -1;
        /** Up to where it has said that it knows of commits: a {@code Commit} on its own may be lost. */
        private long knownCommittedSeq;

        private long toldSyncedSeq;
        /** When something was last sent to it or heard from it that moved it forward; at first, the first tick. */
        private long progressNanos;

        private boolean isTimed;
        /** Since when it has lacked something without getting on; only while {@code isLacking}. */
        private long lackingNanos;

        private long lackingSeq;
        private boolean isLacking;
        /** Whether it must be heard from, even if it lacks nothing: its link is new. */
        private boolean isSilent = true;

        Other(BrickId brick, long storedSeq) {
            this.brick = brick;
            this.storedSeq = storedSeq;
        }
    }

    private final Tenure tenure;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Storage storage;
    private final Ports ports;
    private final GroupView view;
    /** Whether the view has the members that it takes to commit anything. */
    private final boolean commits;

    private final List<Other> others = new ArrayList<>();
    private final Proposals proposals;
    private final Learners learners;
    /** Bytes of entries that are not committed yet. */
    private long windowBytes;

    /**
     * @param levelSeq what all members have
     * @param commits whether the view has the members that it takes to commit anything
     */
    public TwoPhasePrimary(
            Tenure tenure,
            PartitionLog log,
            Extent extent,
            CommitPoint commitPoint,
            Storage storage,
            Repairs repairs,
            Ports ports,
            long levelSeq,
            boolean commits) {
        this.tenure = tenure;
        this.log = log;
        this.commitPoint = commitPoint;
        this.storage = storage;
        this.ports = ports;
        this.view = tenure.currentView();
        this.commits = commits;
        for (Member member : view.members()) {
            if (!member.brick().equals(ports.cluster().self())) {
                others.add(new Other(member.brick(), levelSeq));
            }
        }
        proposals = new Proposals(tenure);
        learners = new Learners(
                view,
                proposals,
                learner -> new LearnerFeed(tenure, commitPoint, log, extent, repairs, ports, view, learner));
    }

    @Override
    public void begin(long levelSeq) {
        for (Other member : others) {
            ports.peers().send(member.brick, new ReplicaMessage.Open(tenure.partition(), view.epoch(), levelSeq));
        }
    }

    // ---- phase one

    @Override
    public void replicate(Entry stored, long nowNanos) {
        windowBytes += stored.encoded().length();
        long syncedEverywhere = syncedEverywhereSeq();
        for (Other member : others) {
            if (member.storedSeq == stored.seq() - 1) {
                member.progressNanos = nowNanos; // it lacked nothing until now
            }
            send(member, stored, syncedEverywhere);
        }
        learners.feed();
    }

    private void send(Other member, Entry entry, long syncedEverywhere) {
        member.toldCommittedSeq = commitPoint.seq();
        member.toldSyncedSeq = syncedEverywhere;
        ports.peers().send(member.brick, new ReplicaMessage.Store(member.toldCommittedSeq, syncedEverywhere, entry));
    }

    // ---- phase two

    @Override
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        if (message instanceof ReplicaMessage.Stored stored) {
            onStored(from, stored, nowNanos);
            learners.onMessage(from, message, nowNanos);
            commit();
        } else {
            learners.onMessage(from, message, nowNanos);
        }
    }

    private void onStored(BrickId from, ReplicaMessage.Stored stored, long nowNanos) {
        for (Other member : others) {
            if (member.brick.equals(from)) {
                if (stored.storedSeq() > member.storedSeq) {
                    member.storedSeq = Math.min(stored.storedSeq(), log.lastSeq());
                    member.progressNanos = nowNanos;
                }
                member.syncedSeq = Math.max(member.syncedSeq, Math.min(stored.syncedSeq(), member.storedSeq));
                member.knownCommittedSeq = Math.max(member.knownCommittedSeq, stored.committedSeq());
                member.fillPermille = stored.fillPermille();
                member.isSilent = false;
            }
        }
    }

    @Override
    public void onStored(long nowNanos) {
        commit();
        learners.promote(nowNanos);
    }

    /** What all members have stored is committed. */
    private void commit() {
        if (!commits) {
            return;
        }
        for (Other member : others) {
            if (member.syncedSeq > member.storedSeq || member.storedSeq > log.lastSeq()) {
                throw new Check.InvariantBroken("partition %s: %s has stored up to %d and synced up to %d of %d entries"
                        .formatted(
                                tenure.partition(), member.brick, member.storedSeq, member.syncedSeq, log.lastSeq()));
            }
        }
        long everywhere =
                ports.cluster().defends(Defence.COMMIT_WHEN_STORED_HERE) ? storage.storedSeq() : log.lastSeq();
        if (ports.cluster().defends(Defence.COMMIT_WHEN_ALL_HAVE_STORED)) {
            for (Other member : others) {
                everywhere = Math.min(everywhere, member.storedSeq);
            }
        }
        if (everywhere > commitPoint.seq()) {
            for (long seq = commitPoint.seq() + 1; seq <= everywhere; seq++) {
                Entry entry = log.entryHere(seq);
                windowBytes -= entry.encoded().length();
                ports.peers().outbox().note(new Event.EntryCommitted(tenure.partition(), entry.version()));
            }
            commitPoint.advance(everywhere);
        }
        boolean isAllCommitted = commitPoint.seq() == log.lastSeq();
        if (windowBytes < 0 || (windowBytes == 0) != isAllCommitted) {
            throw new Check.InvariantBroken("partition %s: a window of %d bytes, committed up to %d, stored up to %d"
                    .formatted(tenure.partition(), windowBytes, commitPoint.seq(), log.lastSeq()));
        }
    }

    // ---- time and links

    @Override
    public void onLinkUp(BrickId peer, long nowNanos) {
        for (Other member : others) {
            if (member.brick.equals(peer)) {
                member.isSilent = true;
                remind(member, nowNanos);
            }
        }
        learners.onLinkUp(peer, nowNanos);
    }

    @Override
    public void onTick(long nowNanos) {
        for (Other member : others) {
            if (!member.isTimed) {
                member.isTimed = true; // a monotonic clock may show anything, so there is no moment to begin with
                member.progressNanos = nowNanos;
            }
            boolean lacks = member.isSilent
                    || member.storedSeq < log.lastSeq()
                    || member.knownCommittedSeq < member.toldCommittedSeq
                    || member.fillPermille >= ports.table().fullPermille(); // it says once that there is room again
            boolean isBehind = member.storedSeq < log.lastSeq() && nowNanos - member.progressNanos >= RETRY_NANOS;
            if (isBehind && (!member.isLacking || member.storedSeq != member.lackingSeq)) {
                member.lackingNanos = nowNanos;
                member.lackingSeq = member.storedSeq;
            }
            member.isLacking = isBehind || (member.isLacking && member.storedSeq == member.lackingSeq);
            if (lacks && nowNanos - member.progressNanos >= RETRY_NANOS) {
                remind(member, nowNanos);
            } else if (member.toldCommittedSeq < commitPoint.seq() || member.toldSyncedSeq < syncedEverywhereSeq()) {
                sendCommit(member);
            }
        }
        learners.onTick(nowNanos);
        dropSilent(nowNanos);
    }

    /** Sends again what the member has not acknowledged. */
    private void remind(Other member, long nowNanos) {
        member.progressNanos = nowNanos;
        sendCommit(member);
        long syncedEverywhere = syncedEverywhereSeq();
        int bytes = 0;
        for (long seq = member.storedSeq + 1; seq <= log.lastSeq() && bytes < RESEND_BYTES; seq++) {
            Entry entry = log.entryHere(seq);
            send(member, entry, syncedEverywhere);
            bytes += entry.encoded().length();
        }
    }

    private void sendCommit(Other member) {
        member.toldCommittedSeq = commitPoint.seq();
        member.toldSyncedSeq = syncedEverywhereSeq();
        ports.peers()
                .send(
                        member.brick,
                        new ReplicaMessage.Commit(
                                tenure.partition(), view.epoch(), member.toldCommittedSeq, member.toldSyncedSeq));
    }

    // ---- who should be in the next view

    /** A member that gets nowhere should make room: the metadata log may see it alive where this brick cannot reach it (T24). */
    private void dropSilent(long nowNanos) {
        List<BrickId> silent = new ArrayList<>(0);
        for (Other member : others) {
            if (member.isLacking && nowNanos - member.lackingNanos >= SILENT_NANOS) {
                silent.add(member.brick);
            }
        }
        if (silent.isEmpty() || !commits || !ports.cluster().defends(Defence.LEAVE_OUT_THE_SILENT)) {
            return;
        }
        GroupView next = Lineup.without(view, silent, tenure.minInSync(), List.of(others.getFirst().brick));
        if (next != null && proposals.mayPropose(nowNanos)) {
            proposals.propose(next.primary(), next.members(), next.learners(), nowNanos);
        }
    }

    // ---- questions

    @Override
    public long syncedEverywhereSeq() {
        long everywhere = log.syncedSeq();
        for (Other member : others) {
            everywhere = Math.min(everywhere, member.syncedSeq);
        }
        return Math.min(everywhere, learners.keptAboveSeq());
    }

    @Override
    public long uncommittedBytes() {
        return windowBytes;
    }

    @Override
    public int fullestPermille() {
        int fullest = 0;
        for (Other member : others) {
            fullest = Math.max(fullest, member.fillPermille);
        }
        return fullest;
    }

    @Override
    public boolean isAlone() {
        return others.isEmpty();
    }

    @Override
    public boolean hasLearners() {
        return !learners.isEmpty();
    }
}
