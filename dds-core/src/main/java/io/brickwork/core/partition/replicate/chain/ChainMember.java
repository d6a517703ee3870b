package io.brickwork.core.partition.replicate.chain;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.group.ChainRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.replicate.Follower;
import io.brickwork.core.partition.replicate.Intake;
import io.brickwork.core.partition.replicate.Proposals;
import io.brickwork.core.partition.replicate.twophase.TwoPhaseBackup;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Role;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.view.FencedMember;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of a chain behind the head: stores what the one before it sends, sends on what it has stored, and passes
 * back what all behind it have stored. The tail commits what it has stored.
 *
 * <p>Two invariants hold at every moment (van Renesse and Schneider 2004 §3): whoever stands further back has a prefix
 * of what those before it have; and what is on its way is with all before it.
 *
 * <p>A learner is fed by the head alone, and answers it as in two-phase commit.
 */
public final class ChainMember implements Follower {
    private final Tenure tenure;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Intake intake;
    private final FencedMember member;
    private final TwoPhaseBackup learner;
    private final Ports ports;

    /** What it is in the view that is open here; null while none is. */
    private @Nullable Link link;

    /** Its place in the chain of one open view. */
    private static final class Link {
        private final BrickId before;
        /** Null at the tail. */
        private final @Nullable Successor next;

        private final Proposals proposals;
        private long toldPassedSeq;
        private long toldSyncedSeq;
        private boolean toldFull;

        Link(BrickId before, @Nullable Successor next, Proposals proposals) {
            this.before = before;
            this.next = next;
            this.proposals = proposals;
        }
    }

    public ChainMember(
            Tenure tenure,
            PartitionLog log,
            CommitPoint commitPoint,
            Storage storage,
            FencedMember member,
            TwoPhaseBackup learner,
            Ports ports) {
        this.tenure = tenure;
        this.log = log;
        this.commitPoint = commitPoint;
        this.intake = new Intake(log, commitPoint, storage, member, ports);
        this.member = member;
        this.learner = learner;
        this.ports = ports;
    }

    private boolean isLearner() {
        return tenure.role() != Role.MEMBER;
    }

    /** Its place in the view that is open; null if none is, or it has none. */
    private @Nullable Link link() {
        if (link == null && tenure.isOpen()) {
            GroupView view = tenure.currentView();
            BrickId self = ports.cluster().self();
            BrickId before = ChainRules.INSTANCE.before(view, self);
            BrickId after = ChainRules.INSTANCE.after(view, self);
            if (before != null) {
                // All have what was committed when the view was opened, and nothing that came later is committed here.
                Successor next =
                        after == null ? null : new Successor(after, tenure, log, commitPoint, ports, commitPoint.seq());
                link = new Link(before, next, new Proposals(tenure, ports.cluster()));
                member.tellsAnother(); // the primary was told while it levelled
            }
        }
        return link;
    }

    @Override
    public void onClosed() {
        link = null;
    }

    // ---- entries come down the chain

    @Override
    public void onStore(BrickId from, ReplicaMessage.Store store, long nowNanos) {
        if (isLearner()) {
            learner.onStore(from, store, nowNanos);
        } else {
            intake.onStore(from, store);
        }
    }

    @Override
    public void onCommit(BrickId from, ReplicaMessage.Commit commit) {
        if (isLearner()) {
            learner.onCommit(from, commit);
        } else {
            intake.onCommit(from, commit);
        }
    }

    // ---- the word goes back

    @Override
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        Link place = link();
        if (message instanceof ReplicaMessage.Passed passed
                && place != null
                && place.next != null
                && from.equals(place.next.brick())) {
            place.next.onPassed(passed, nowNanos);
        }
    }

    @Override
    public void acknowledge(long nowNanos) {
        if (isLearner() || !tenure.isOpen()) {
            learner.acknowledge(nowNanos);
            return;
        }
        Link place = link();
        if (place == null || !member.isLevelled()) {
            return;
        }
        long storedSeq = intake.storedSeq();
        Successor next = place.next;
        if (next == null) {
            commitPoint.count(storedSeq, ports.peers().outbox()); // what the tail has stored, all have
        } else {
            long upToSeq = ports.cluster().limit(Defence.FORWARD_ONLY_STORED, storedSeq, log.lastSeq());
            next.forward(upToSeq, intake.syncedEverywhereSeq(), nowNanos);
            commitPoint.advance(Math.min(next.passedSeq(), storedSeq));
        }
        tell(place, storedSeq);
    }

    /** Tells the one before if there is news, or if it asked and nothing more is to come. */
    private void tell(Link place, long storedSeq) {
        Successor next = place.next;
        long behindSeq = next == null ? storedSeq : Math.min(next.passedSeq(), storedSeq);
        long passedSeq = ports.cluster().limit(Defence.PASS_BACK_WHAT_ALL_HAVE, behindSeq, storedSeq);
        if (!member.tells(storedSeq, passedSeq > place.toldPassedSeq)) {
            return;
        }
        long syncedSeq = next == null ? log.syncedSeq() : Math.min(log.syncedSeq(), next.syncedSeq());
        int fill = fillPermille(place);
        place.toldPassedSeq = passedSeq;
        place.toldSyncedSeq = Math.min(syncedSeq, storedSeq);
        place.toldFull = isFull(fill);
        ports.peers()
                .send(
                        place.before,
                        new ReplicaMessage.Passed(
                                tenure.partition(),
                                tenure.openEpoch(),
                                storedSeq,
                                passedSeq,
                                place.toldSyncedSeq,
                                fill));
    }

    private int fillPermille(Link place) {
        int own = ports.table().fillPermille();
        return place.next == null ? own : Math.max(own, place.next.fillPermille());
    }

    private boolean isFull(int fill) {
        return fill >= ports.table().fullPermille();
    }

    // ---- time and links

    @Override
    public void onLinkUp(BrickId peer, long nowNanos) {
        Link place = isLearner() ? null : link();
        if (place != null && place.next != null && place.next.brick().equals(peer)) {
            place.next.onLinkUp(intake.syncedEverywhereSeq(), nowNanos);
        }
    }

    @Override
    public void onTick(long nowNanos) {
        if (isLearner() || !tenure.isOpen()) {
            learner.onTick(nowNanos);
            return;
        }
        Link place = link();
        if (place == null) {
            return;
        }
        Successor next = place.next;
        if (next != null) {
            next.onTick(intake.syncedEverywhereSeq(), nowNanos);
            if (next.isSilent(nowNanos)) { // which nobody sees but this member
                place.proposals.leaveOut(List.of(next.brick()), List.of(), nowNanos);
            }
        }
        long syncedSeq = next == null ? log.syncedSeq() : Math.min(log.syncedSeq(), next.syncedSeq());
        if (place.toldSyncedSeq < Math.min(syncedSeq, member.toldStoredSeq())
                || isFull(fillPermille(place)) != place.toldFull) {
            member.askedAgain(); // trimming waits for the one, puts for the other
            acknowledge(nowNanos);
        }
    }

    @Override
    public long syncedEverywhereSeq() {
        return isLearner() ? learner.syncedEverywhereSeq() : intake.syncedEverywhereSeq();
    }
}
