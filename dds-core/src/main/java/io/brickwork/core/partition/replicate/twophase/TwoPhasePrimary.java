package io.brickwork.core.partition.replicate.twophase;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.replicate.LearnerFeed;
import io.brickwork.core.partition.replicate.Learners;
import io.brickwork.core.partition.replicate.MemberProgress;
import io.brickwork.core.partition.replicate.Proposals;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.replicate.Window;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Tenure;
import java.util.ArrayList;
import java.util.List;

/**
 * Two-phase commit at the primary of one open view: an entry that is stored here is sent to every other member (phase
 * one), and is committed when all have stored it (phase two), which they hear with the next entry or by a
 * {@link ReplicaMessage.Commit}.
 *
 * <p>Learners are fed beside, and never waited for. Who gets nowhere is left out of the next view, if enough stay.
 *
 * <p>Source: Gribble 2000 §4.1.
 */
public final class TwoPhasePrimary implements Replicator {
    /** What the primary knows of one other member. */
    private static final class Other {
        private final MemberProgress progress;
        /** Up to where it has said that it knows of commits: a {@code Commit} on its own may be lost. */
        private long knownCommittedSeq;

        Other(MemberProgress progress) {
            this.progress = progress;
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
    private final Window window;

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
                others.add(new Other(new MemberProgress(member.brick(), tenure, log, commitPoint, ports, levelSeq)));
            }
        }
        window = new Window(log, levelSeq);
        proposals = new Proposals(tenure, ports.cluster());
        learners = new Learners(
                view,
                proposals,
                learner -> new LearnerFeed(tenure, commitPoint, log, extent, repairs, ports, view, learner));
    }

    @Override
    public void begin(long levelSeq) {
        for (Other member : others) {
            ports.peers()
                    .send(member.progress.brick(), new ReplicaMessage.Open(tenure.partition(), view.epoch(), levelSeq));
        }
    }

    // ---- phase one

    @Override
    public void replicate(Entry stored, long nowNanos) {
        window.add(stored);
        long syncedEverywhere = syncedEverywhereSeq();
        for (Other member : others) {
            member.progress.sendNew(stored, syncedEverywhere, nowNanos);
        }
        learners.feed();
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
            if (member.progress.brick().equals(from)) {
                member.progress.onStored(
                        stored.storedSeq(), stored.syncedSeq(), stored.fillPermille(), log.lastSeq(), nowNanos);
                member.knownCommittedSeq = Math.max(member.knownCommittedSeq, stored.committedSeq());
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
            MemberProgress progress = member.progress;
            if (progress.syncedSeq() > progress.storedSeq() || progress.storedSeq() > log.lastSeq()) {
                throw new Check.InvariantBroken("partition %s: %s has stored up to %d and synced up to %d of %d entries"
                        .formatted(
                                tenure.partition(),
                                progress.brick(),
                                progress.storedSeq(),
                                progress.syncedSeq(),
                                log.lastSeq()));
            }
        }
        long here = ports.cluster().limit(Defence.COMMIT_WHEN_STORED_HERE, storage.storedSeq(), log.lastSeq());
        long inAll = here;
        for (Other member : others) {
            inAll = Math.min(inAll, member.progress.storedSeq());
        }
        long everywhere = ports.cluster().limit(Defence.COMMIT_WHEN_ALL_HAVE_STORED, inAll, here);
        window.commitUpTo(everywhere);
        commitPoint.count(everywhere, ports.peers().outbox());
        boolean isAllCommitted = commitPoint.seq() == log.lastSeq();
        if (window.bytes() < 0 || (window.bytes() == 0) != isAllCommitted) {
            throw new Check.InvariantBroken("partition %s: a window of %d bytes, committed up to %d, stored up to %d"
                    .formatted(tenure.partition(), window.bytes(), commitPoint.seq(), log.lastSeq()));
        }
    }

    // ---- time and links

    @Override
    public void onLinkUp(BrickId peer, long nowNanos) {
        for (Other member : others) {
            if (member.progress.brick().equals(peer)) {
                member.progress.onLinkUp();
                member.progress.remind(log.lastSeq(), syncedEverywhereSeq(), nowNanos);
            }
        }
        learners.onLinkUp(peer, nowNanos);
    }

    @Override
    public void onTick(long nowNanos) {
        for (Other member : others) {
            MemberProgress progress = member.progress;
            boolean isUninformed = member.knownCommittedSeq < progress.toldCommittedSeq();
            if (progress.onTick(log.lastSeq(), isUninformed, nowNanos)) {
                progress.remind(log.lastSeq(), syncedEverywhereSeq(), nowNanos);
            } else if (progress.toldCommittedSeq() < commitPoint.seq()
                    || progress.toldSyncedSeq() < syncedEverywhereSeq()) {
                progress.sendCommit(syncedEverywhereSeq());
            }
        }
        learners.onTick(nowNanos);
        dropSilent(nowNanos);
    }

    // ---- who should be in the next view

    /** A member that gets nowhere should make room. */
    private void dropSilent(long nowNanos) {
        List<BrickId> silent = new ArrayList<>(0);
        for (Other member : others) {
            if (member.progress.isSilent(nowNanos)) {
                silent.add(member.progress.brick());
            }
        }
        if (commits && !silent.isEmpty()) {
            proposals.leaveOut(silent, List.of(others.getFirst().progress.brick()), nowNanos);
        }
    }

    // ---- questions

    @Override
    public long syncedEverywhereSeq() {
        long everywhere = log.syncedSeq();
        for (Other member : others) {
            everywhere = Math.min(everywhere, member.progress.syncedSeq());
        }
        long needed = Math.min(everywhere, learners.keptAboveSeq());
        return ports.cluster().limit(Defence.KEEP_LOG_FOR_LEARNERS, needed, everywhere);
    }

    @Override
    public long uncommittedBytes() {
        return window.bytes();
    }

    @Override
    public int fullestPermille() {
        int fullest = 0;
        for (Other member : others) {
            fullest = Math.max(fullest, member.progress.fillPermille());
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
