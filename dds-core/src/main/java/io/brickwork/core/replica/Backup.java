package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a replica does for the primary of its view: promises, reports, is levelled, stores.
 *
 * <p>It never says no to an entry of its view, and takes none of another. It acknowledges cumulatively, once a turn.
 */
final class Backup {
    /** A frame takes no further message from about half of this on, so that a longer one holds a long message. */
    private static final int LARGE_FRAME_BYTES = 512 << 10;

    private final Replica replica;
    private final ReplicaHost host;
    private final PartitionLog log;

    /** The epoch in which the primary has begun to level this replica; 0 before. */
    private long levelEpoch;
    /** Where the level of that epoch lies. */
    private long levelSeq;
    /** The epoch in which the primary said that the logs part below what the table has; 0 if it never did. */
    private long divergedEpoch;
    /** Up to where every member has synced, as the primary told. */
    private long syncedEverywhereSeq;
    /** Whether the primary has sent anything since it was last told everything. */
    private boolean isAsked;
    /** What the primary was told in this epoch; -1 if nothing. */
    private long toldStoredSeq = -1;

    private long toldSyncedSeq;
    /** Whether the primary was told that the disk here is too full for puts. */
    private boolean toldFull;

    Backup(Replica replica, ReplicaHost host, PartitionLog log) {
        this.replica = replica;
        this.host = host;
        this.log = log;
    }

    // ---- view change

    void onFence(BrickId from, GroupView fenced) {
        GroupView view = replica.view();
        long promised = log.promisedEpoch();
        if (!fenced.primary().equals(from) || replica.roleIn(fenced) == Role.OTHER_LIFE) {
            return; // who it is meant for is not this life of the brick
        }
        if (fenced.epoch() > promised || (fenced.epoch() == promised && view == null)) {
            // An earlier life may have promised the epoch, but only as one whom that view leaves out.
            replica.promise(fenced);
        } else if (fenced.epoch() < promised) {
            host.send(from, new ReplicaMessage.WrongEpoch(replica.partition(), fenced.epoch(), promised));
        } else if (replica.isPromiseSynced() && levelEpoch != fenced.epoch()) {
            report();
        }
    }

    /** Goes on in an epoch of an earlier life: what {@link Defence#COUNT_STARTS} forbids. */
    void resume(long epoch) {
        levelEpoch = epoch;
        levelSeq = replica.committedSeq();
    }

    /** The promise is synced, and with it all that was stored before: this is what is here. */
    void report() {
        GroupView view = replica.currentView();
        host.send(
                view.primary(),
                new ReplicaMessage.FenceReport(
                        replica.partition(),
                        view.epoch(),
                        log.last(),
                        log.runs().toList(),
                        replica.isIncomplete() || hasDiverged()));
    }

    /** Whether its table holds what the group, which an operator had to found anew, does not know: nothing can take that out of it but a copy. */
    private boolean hasDiverged() {
        return divergedEpoch == log.promisedEpoch();
    }

    void onClosed() {
        isAsked = false;
        toldStoredSeq = -1;
    }

    void onLevel(BrickId from, ReplicaMessage.Level level) {
        GroupView view = replica.view();
        if (view == null
                || view.epoch() != level.epoch()
                || replica.openEpoch() != 0
                || replica.isIncomplete()
                || !replica.isPromiseSynced()) {
            return;
        }
        if (levelEpoch != level.epoch()) {
            if (level.baseSeq() > log.lastSeq()) {
                return; // a chunk that is not the first one
            }
            if (level.baseSeq() < log.applied().seq() && replica.role() == Role.LEARNER) {
                divergedEpoch = level.epoch();
                report();
                return;
            }
            if (log.lastSeq() > level.baseSeq()) {
                replica.cut(level.baseSeq());
            }
            levelEpoch = level.epoch();
            levelSeq = level.levelSeq();
        }
        for (Entry entry : level.entries()) {
            if (entry.seq() == log.lastSeq() + 1 && entry.seq() <= levelSeq) {
                replica.store(entry.compact());
            }
        }
        isAsked = true;
    }

    void onOpen(BrickId from, ReplicaMessage.Open open) {
        if (!take(from, open) || replica.openEpoch() != 0) {
            return;
        }
        if (open.levelSeq() < replica.committedSeq() || open.levelSeq() > log.lastSeq()) {
            replica.disbelieve(
                    from,
                    "epoch %d opens at level %d, and here %d entries are stored and %d are committed"
                            .formatted(open.epoch(), open.levelSeq(), log.lastSeq(), replica.committedSeq()));
            return;
        }
        replica.open(open.levelSeq());
    }

    // ---- phase one and two

    void onStore(BrickId from, ReplicaMessage.Store store) {
        if (!take(from, store)) {
            return;
        }
        openIfClosed(store.committedSeq());
        if (host.lagsBehind()) {
            // As if it had been lost on the way: it comes again, and meanwhile the primary's window stops the writers.
            // What is committed here is applied whatever others do, so this ends.
            learn(store.committedSeq(), store.syncedEverywhereSeq());
            return;
        }
        boolean isNew = store.entry().seq() > log.lastSeq();
        boolean isNext = store.entry().seq() == log.lastSeq() + 1; // seq only after seq - 1: never a hole
        if (isNext || (isNew && !host.defends(Defence.STORE_WITHOUT_GAPS))) {
            replica.store(freed(store.entry()));
        }
        learn(store.committedSeq(), store.syncedEverywhereSeq());
    }

    /** The entry in memory of its own where it would keep a large frame alive of which it is a small part. */
    private static Entry freed(Entry entry) {
        int frameBytes = entry.encoded().backingArray().length;
        return frameBytes > LARGE_FRAME_BYTES && entry.encoded().length() < frameBytes / 2 ? entry.compact() : entry;
    }

    void onCommit(BrickId from, ReplicaMessage.Commit commit) {
        if (take(from, commit)) {
            openIfClosed(commit.committedSeq());
            learn(commit.committedSeq(), commit.syncedEverywhereSeq());
        }
    }

    /**
     * The primary sends these only in an open view, so the view is open, also if its {@code Open} was lost. That all members have the level commits it, but in a view that is too small to commit anything; and what a
     * learner is brought up to is what the primary had stored, which nobody else need have. So what the primary says is committed counts, and nothing else.
     */
    private void openIfClosed(long committedSeq) {
        if (replica.openEpoch() == 0) {
            long known = Math.max(replica.committedSeq(), Math.min(committedSeq, log.lastSeq()));
            if (known >= levelSeq || replica.role() == Role.LEARNER) {
                replica.open(known);
            }
        }
    }

    private void learn(long committedSeq, long syncedEverywhere) {
        replica.advanceCommitted(committedSeq);
        // Nothing is synced everywhere that is not stored here.
        syncedEverywhereSeq = Math.max(syncedEverywhereSeq, Math.min(syncedEverywhere, log.lastSeq()));
    }

    /** Whether the message is of the view this replica has been levelled in; answers it if it is of another. */
    private boolean take(BrickId from, ReplicaMessage message) {
        GroupView view = replica.view();
        long epoch = message.epoch();
        if (!host.defends(Defence.REFUSE_OTHER_EPOCHS) && view != null) {
            return true;
        }
        if (epoch < log.promisedEpoch()) {
            host.send(from, new ReplicaMessage.WrongEpoch(replica.partition(), epoch, log.promisedEpoch()));
            return false;
        }
        boolean isLevelled = (levelEpoch == epoch && log.lastSeq() >= levelSeq) || isTrusted(view);
        boolean isMine = view != null && view.epoch() == epoch && !replica.isClosedForGood(epoch);
        if (!isMine || replica.isIncomplete() || !isLevelled) {
            return false; // comes again, or never should
        }
        isAsked = true;
        return true;
    }

    /** Whether it need not be levelled, as no learner of a brick that keeps all rules. */
    private boolean isTrusted(@Nullable GroupView view) {
        boolean isTrusted = replica.role() == Role.LEARNER && !host.defends(Defence.LEARNER_SHAKES_HANDS);
        if (isTrusted && view != null) {
            levelEpoch = view.epoch();
        }
        return isTrusted;
    }

    // ---- answers

    /** Tells the primary how far this replica has stored: if that is news, or if it asked and nothing more is to come. */
    void acknowledge() {
        GroupView view = replica.view();
        if (view == null || levelEpoch != view.epoch() || !log.isCutSynced()) {
            return;
        }
        long storedSeq = host.defends(Defence.ACKNOWLEDGE_ONLY_STORED) ? replica.storedSeq() : log.lastSeq();
        if (host.isOverlayFull()) {
            // What is not synced cannot be applied, and so not leave the overlay: the primary's window holds it back.
            storedSeq = Math.min(storedSeq, log.syncedSeq());
        }
        if (storedSeq <= toldStoredSeq && !(isAsked && storedSeq == log.lastSeq())) {
            return;
        }
        toldStoredSeq = storedSeq;
        isAsked &= storedSeq < log.lastSeq();
        if (replica.openEpoch() == 0) {
            host.send(view.primary(), new ReplicaMessage.Levelled(replica.partition(), view.epoch(), storedSeq));
        } else {
            toldSyncedSeq = log.syncedSeq();
            toldFull = host.fillPermille() >= host.fullPermille();
            host.send(
                    view.primary(),
                    new ReplicaMessage.Stored(
                            replica.partition(),
                            view.epoch(),
                            storedSeq,
                            toldSyncedSeq,
                            replica.committedSeq(),
                            host.fillPermille()));
        }
    }

    void onTick() {
        boolean isFull = host.fillPermille() >= host.fullPermille();
        if (replica.openEpoch() != 0 && (toldSyncedSeq < log.syncedSeq() || isFull != toldFull)) {
            isAsked = true; // trimming at the primary waits for the one, puts for the other
            acknowledge();
        }
    }

    long syncedEverywhereSeq() {
        return syncedEverywhereSeq;
    }
}
