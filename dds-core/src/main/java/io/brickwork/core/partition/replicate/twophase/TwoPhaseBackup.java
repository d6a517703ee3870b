package io.brickwork.core.partition.replicate.twophase;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.replicate.Follower;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.view.FencedMember;

/**
 * What a member that is not the primary does in an open view: stores what it is sent, in order, and says how far it has come. A learner does the same, and does not count.
 *
 * <p>It acknowledges cumulatively, once a turn.
 */
public final class TwoPhaseBackup implements Follower {
    /** A frame takes no further message from about half of this on, so that a longer one holds a long message. */
    private static final int LARGE_FRAME_BYTES = 512 << 10;

    private final Tenure tenure;
    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Storage storage;
    private final FencedMember member;
    private final Ports ports;

    /** Up to where every member has synced, as the primary told. */
    private long syncedEverywhereSeq;

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
        this.storage = storage;
        this.member = member;
        this.ports = ports;
    }

    // ---- phase one and two

    @Override
    public void onStore(BrickId from, ReplicaMessage.Store store, long nowNanos) {
        if (!member.takes(from, store)) {
            return;
        }
        member.openIfClosed(store.committedSeq());
        if (ports.load().lagsBehind()) {
            // As if it had been lost on the way: it comes again, and meanwhile the primary's window stops the writers.
            // What is committed here is applied whatever others do, so this ends.
            learn(store.committedSeq(), store.syncedEverywhereSeq());
            return;
        }
        boolean isNew = store.entry().seq() > log.lastSeq();
        boolean isNext = store.entry().seq() == log.lastSeq() + 1; // seq only after seq - 1: never a hole
        if (isNext || (isNew && !ports.cluster().defends(Defence.STORE_WITHOUT_GAPS))) {
            storage.store(freed(store.entry()));
        }
        learn(store.committedSeq(), store.syncedEverywhereSeq());
    }

    /** The entry in memory of its own where it would keep a large frame alive of which it is a small part. */
    public static Entry freed(Entry entry) {
        int frameBytes = entry.encoded().backingArray().length;
        return frameBytes > LARGE_FRAME_BYTES && entry.encoded().length() < frameBytes / 2 ? entry.compact() : entry;
    }

    @Override
    public void onCommit(BrickId from, ReplicaMessage.Commit commit) {
        if (member.takes(from, commit)) {
            member.openIfClosed(commit.committedSeq());
            learn(commit.committedSeq(), commit.syncedEverywhereSeq());
        }
    }

    private void learn(long committedSeq, long syncedEverywhere) {
        commitPoint.advance(committedSeq);
        // Nothing is synced everywhere that is not stored here.
        syncedEverywhereSeq = Math.max(syncedEverywhereSeq, Math.min(syncedEverywhere, log.lastSeq()));
    }

    // ---- answers

    /** Nobody stands behind. */
    @Override
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {}

    @Override
    public void onLinkUp(BrickId peer, long nowNanos) {}

    @Override
    public void onClosed() {}

    /** Tells the primary how far this replica has stored: if that is news, or if it asked and nothing more is to come. */
    @Override
    public void acknowledge(long nowNanos) {
        if (!member.isLevelled()) {
            return;
        }
        long storedSeq = ports.cluster().defends(Defence.ACKNOWLEDGE_ONLY_STORED) ? storage.storedSeq() : log.lastSeq();
        if (ports.load().isOverlayFull()) {
            // What is not synced cannot be applied, and so not leave the overlay: the primary's window holds it back.
            storedSeq = Math.min(storedSeq, log.syncedSeq());
        }
        if (!member.tells(storedSeq)) {
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
        return syncedEverywhereSeq;
    }
}
