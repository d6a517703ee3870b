package io.brickwork.core.partition.replicate.twophase;

import io.brickwork.core.BrickId;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.replicate.Follower;
import io.brickwork.core.partition.replicate.Intake;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.view.FencedMember;

/**
 * What a member that is not the primary does in an open view: stores what it is sent, in order, and says how far it has
 * come. A learner does the same, and does not count.
 *
 * <p>It acknowledges cumulatively, once a turn.
 */
public final class TwoPhaseBackup implements Follower {
    private final Tenure tenure;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Intake intake;
    private final FencedMember member;
    private final Ports ports;

    private long toldSyncedSeq;
    /** Whether the primary was told that the disk here is too full for puts. */
    private boolean toldFull;

    public TwoPhaseBackup(
            Tenure tenure,
            PartitionLog log,
            CommitPoint commitPoint,
            Storage storage,
            FencedMember member,
            Ports ports) {
        this.tenure = tenure;
        this.log = log;
        this.commitPoint = commitPoint;
        this.intake = new Intake(log, commitPoint, storage, member, ports);
        this.member = member;
        this.ports = ports;
    }

    // ---- phase one and two

    @Override
    public void onStore(BrickId from, ReplicaMessage.Store store, long nowNanos) {
        intake.onStore(from, store);
    }

    @Override
    public void onCommit(BrickId from, ReplicaMessage.Commit commit) {
        intake.onCommit(from, commit);
    }

    // ---- answers

    /** Nobody stands behind. */
    @Override
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {}

    @Override
    public void onLinkUp(BrickId peer, long nowNanos) {}

    /**
     * Tells the primary how far this replica has stored: if that is news, or if it asked and nothing more is to come.
     */
    @Override
    public void acknowledge(long nowNanos) {
        if (!member.isLevelled()) {
            return;
        }
        long storedSeq = intake.storedSeq();
        if (!member.tells(storedSeq, false)) {
            return;
        }
        if (!tenure.isOpen()) {
            member.tellLevelled(storedSeq);
            return;
        }
        GroupView view = tenure.currentView();
        toldSyncedSeq = log.syncedSeq();
        toldFull = isFull();
        ports.peers()
                .send(
                        view.primary(),
                        new ReplicaMessage.Stored(
                                tenure.partition(),
                                view.epoch(),
                                storedSeq,
                                toldSyncedSeq,
                                commitPoint.seq(),
                                ports.table().fillPermille()));
    }

    private boolean isFull() {
        return ports.table().fillPermille() >= ports.table().fullPermille();
    }

    @Override
    public void onTick(long nowNanos) {
        boolean isFull = isFull();
        if (tenure.isOpen() && (toldSyncedSeq < log.syncedSeq() || isFull != toldFull)) {
            member.askedAgain(); // trimming at the primary waits for the one, puts for the other
            acknowledge(nowNanos);
        }
    }

    @Override
    public long syncedEverywhereSeq() {
        return intake.syncedEverywhereSeq();
    }
}
