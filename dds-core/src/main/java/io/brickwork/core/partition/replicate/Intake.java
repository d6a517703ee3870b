package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.view.FencedMember;

/**
 * How a member that is not the primary takes entries in, whoever sends them: of its own view, in order, as long as it
 * can keep up; with each it learns how far the partition is committed.
 */
public final class Intake {
    /** A frame takes no further message from about half of this on, so that a longer one holds a long message. */
    private static final int LARGE_FRAME_BYTES = 512 << 10;

    private final PartitionLog log;
    private final CommitPoint commitPoint;
    private final Storage storage;
    private final FencedMember member;
    private final Ports ports;

    /** Up to where every member has synced, as was told. */
    private long syncedEverywhereSeq;

    public Intake(PartitionLog log, CommitPoint commitPoint, Storage storage, FencedMember member, Ports ports) {
        this.log = log;
        this.commitPoint = commitPoint;
        this.storage = storage;
        this.member = member;
        this.ports = ports;
    }

    /** Stores the entry if it is of the view that this member is in, and the next one, and there is room. */
    public void onStore(BrickId from, ReplicaMessage.Store store) {
        if (!member.takes(from, store)) {
            return;
        }
        member.openIfClosed(store.committedSeq());
        // Who lags behind takes no more, as if it had been lost on the way: it comes again, and meanwhile the primary's
        // window stops the writers. What is committed here is applied whatever others do, so this ends.
        if (!ports.load().lagsBehind()) {
            boolean isNew = store.entry().seq() > log.lastSeq();
            boolean isNext = store.entry().seq() == log.lastSeq() + 1; // seq only after seq - 1: never a hole
            if (isNext || (isNew && !ports.cluster().defends(Defence.STORE_WITHOUT_GAPS))) {
                storage.store(freed(store.entry()));
            }
        }
        learn(store.committedSeq(), store.syncedEverywhereSeq());
    }

    /** Learns how far the partition is committed, if the message is of the view that this member is in. */
    public void onCommit(BrickId from, ReplicaMessage.Commit commit) {
        if (!member.takes(from, commit)) {
            return;
        }
        member.openIfClosed(commit.committedSeq());
        learn(commit.committedSeq(), commit.syncedEverywhereSeq());
    }

    /** The entry in memory of its own where it would keep a large frame alive of which it is a small part. */
    private static Entry freed(Entry entry) {
        int frameBytes = entry.encoded().backingArray().length;
        return frameBytes > LARGE_FRAME_BYTES && entry.encoded().length() < frameBytes / 2 ? entry.compact() : entry;
    }

    private void learn(long committedSeq, long syncedEverywhere) {
        commitPoint.advance(committedSeq);
        // Nothing is synced everywhere that is not stored here.
        syncedEverywhereSeq = Math.max(syncedEverywhereSeq, Math.min(syncedEverywhere, log.lastSeq()));
    }

    /** Up to where this member says that it has stored entries. */
    public long storedSeq() {
        long storedSeq = ports.cluster().limit(Defence.ACKNOWLEDGE_ONLY_STORED, storage.storedSeq(), log.lastSeq());
        // What is not synced cannot be applied, and so not leave the overlay: the primary's window holds it back.
        return ports.load().isOverlayFull() ? Math.min(storedSeq, log.syncedSeq()) : storedSeq;
    }

    /** Up to where every member has synced, as far as this one knows. */
    public long syncedEverywhereSeq() {
        return syncedEverywhereSeq;
    }
}
