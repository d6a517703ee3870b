package io.brickwork.core.partition.view;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Role;
import io.brickwork.core.partition.tenure.Tenure;
import org.jspecify.annotations.Nullable;

/**
 * What a replica does for the primary that brings its group into a view: promises, reports, is levelled, opens. The
 * other side of {@link ViewChange}, and of a learner's way into a view that is open.
 *
 * <p>It never says no to its view's primary, and takes nothing of another epoch.
 */
public final class FencedMember {
    private final Tenure tenure;
    private final PartitionLog log;
    private final Extent extent;
    private final CommitPoint commitPoint;
    private final Storage storage;
    private final Refusals refusals;
    private final Ports ports;
    private final ViewSteps steps;

    /** The epoch in which the primary has begun to level this replica; 0 before. */
    private long levelEpoch;
    /** Where the level of that epoch lies. */
    private long levelSeq;
    /** The epoch in which the primary said that the logs part below what the table has; 0 if it never did. */
    private long divergedEpoch;
    /** Whether anything was sent to this replica since it last told everything. */
    private boolean isAsked;
    /** What was told in this epoch of how far this replica has stored; -1 if nothing. */
    private long toldStoredSeq = -1;

    public FencedMember(
            Tenure tenure,
            PartitionLog log,
            Extent extent,
            CommitPoint commitPoint,
            Storage storage,
            Refusals refusals,
            Ports ports,
            ViewSteps steps) {
        this.tenure = tenure;
        this.log = log;
        this.extent = extent;
        this.commitPoint = commitPoint;
        this.storage = storage;
        this.refusals = refusals;
        this.ports = ports;
        this.steps = steps;
    }

    // ---- fence

    public void onFence(BrickId from, GroupView fenced) {
        GroupView view = tenure.view();
        long promised = log.promisedEpoch();
        if (!fenced.primary().equals(from) || tenure.roleIn(fenced) == Role.OTHER_LIFE) {
            return; // who it is meant for is not this life of the brick
        }
        if (fenced.epoch() > promised || (fenced.epoch() == promised && view == null)) {
            // An earlier life may have promised the epoch, but only as one whom that view leaves out.
            steps.promise(fenced);
            if (!ports.cluster().defends(Defence.REPORT_WHEN_PROMISE_SYNCED)) {
                report();
            }
        } else if (fenced.epoch() < promised) {
            ports.peers().send(from, new ReplicaMessage.WrongEpoch(tenure.partition(), fenced.epoch(), promised));
        } else if (tenure.isPromiseSynced() && levelEpoch != fenced.epoch()) {
            report();
        }
    }

    /** Goes on in an epoch of an earlier life: what {@link Defence#COUNT_STARTS} forbids. */
    public void resume(long epoch) {
        levelEpoch = epoch;
        levelSeq = commitPoint.seq();
    }

    /** The promise is synced, and with it all that was stored before: this is what is here. */
    public void report() {
        GroupView view = tenure.currentView();
        ports.peers()
                .send(
                        view.primary(),
                        new ReplicaMessage.FenceReport(
                                tenure.partition(),
                                view.epoch(),
                                log.last(),
                                log.runs().toList(),
                                extent.isIncomplete() || hasDiverged()));
    }

    /**
     * Whether its table holds what the group, which an operator had to found anew, does not know: nothing can take that
     * out of it but a copy.
     */
    private boolean hasDiverged() {
        return divergedEpoch == log.promisedEpoch();
    }

    /** The view is closed here. */
    public void onClosed() {
        isAsked = false;
        toldStoredSeq = -1;
    }

    // ---- level

    public void onLevel(ReplicaMessage.Level level) {
        GroupView view = tenure.view();
        if (view == null
                || view.epoch() != level.epoch()
                || tenure.isOpen()
                || extent.isIncomplete()
                || !tenure.isPromiseSynced()) {
            return;
        }
        if (levelEpoch != level.epoch()) {
            if (level.baseSeq() > log.lastSeq()) {
                return; // a chunk that is not the first one
            }
            if (level.baseSeq() < log.applied().seq() && tenure.role() == Role.LEARNER) {
                divergedEpoch = level.epoch();
                report();
                return;
            }
            if (log.lastSeq() > level.baseSeq()) {
                storage.cut(level.baseSeq());
            }
            levelEpoch = level.epoch();
            levelSeq = level.levelSeq();
        }
        for (Entry entry : level.entries()) {
            if (entry.seq() == log.lastSeq() + 1 && entry.seq() <= levelSeq) {
                storage.store(entry.compact());
            }
        }
        isAsked = true;
    }

    // ---- open

    public void onOpen(BrickId from, ReplicaMessage.Open open) {
        if (!takes(from, open) || tenure.isOpen()) {
            return;
        }
        if (open.levelSeq() < commitPoint.seq() || open.levelSeq() > log.lastSeq()) {
            refusals.disbelieve(
                    from,
                    "epoch %d opens at level %d, and here %d entries are stored and %d are committed"
                            .formatted(open.epoch(), open.levelSeq(), log.lastSeq(), commitPoint.seq()));
            return;
        }
        steps.open(open.levelSeq());
    }

    /**
     * The primary says of an open view how far it is committed, so the view is open, also if its {@code Open} was lost.
     * That all members have the level commits it, but in a view that is too small to commit anything; and what a
     * learner is brought up to is what the primary had stored, which nobody else need have. So what the primary says is
     * committed counts, and nothing else.
     */
    public void openIfClosed(long committedSeq) {
        if (!tenure.isOpen()) {
            long known = Math.max(commitPoint.seq(), Math.min(committedSeq, log.lastSeq()));
            if (known >= levelSeq || tenure.role() == Role.LEARNER) {
                steps.open(known);
            }
        }
    }

    /**
     * Whether the message is of the view this replica has been levelled in, which it is to answer then; answers it if
     * it is of another.
     */
    public boolean takes(BrickId from, ReplicaMessage message) {
        GroupView view = tenure.view();
        long epoch = message.epoch();
        if (epoch < log.promisedEpoch()) {
            if (takesOthers(view)) {
                return true;
            }
            ports.peers().send(from, new ReplicaMessage.WrongEpoch(tenure.partition(), epoch, log.promisedEpoch()));
            return false;
        }
        boolean isLevelled = (levelEpoch == epoch && log.lastSeq() >= levelSeq) || isTrusted(view);
        boolean isMine = tenure.isOfView(epoch) && !tenure.isClosedForGood(epoch);
        if (!isMine || extent.isIncomplete() || !isLevelled) {
            return takesOthers(view); // comes again, or never should
        }
        isAsked = true;
        return true;
    }

    /** Whether it takes messages that are not of its view, as no member of a brick that keeps all rules. */
    private boolean takesOthers(@Nullable GroupView view) {
        return view != null && !ports.cluster().defends(Defence.REFUSE_OTHER_EPOCHS);
    }

    /** Whether it need not be levelled, as no learner of a brick that keeps all rules. */
    private boolean isTrusted(@Nullable GroupView view) {
        boolean isTrusted = tenure.role() == Role.LEARNER && !ports.cluster().defends(Defence.LEARNER_SHAKES_HANDS);
        if (isTrusted && view != null) {
            levelEpoch = view.epoch();
        }
        return isTrusted;
    }

    // ---- answers

    /** Whether this replica has been levelled, so that how far it has stored says something. */
    public boolean isLevelled() {
        GroupView view = tenure.view();
        return view != null
                && levelEpoch == view.epoch()
                && (log.isCutSynced() || !ports.cluster().defends(Defence.ANSWER_WHEN_CUT_SYNCED));
    }

    /** From here on another brick than before is told how far this replica has stored, and knows nothing of it yet. */
    public void tellsAnother() {
        toldStoredSeq = -1;
    }

    /** Whoever sends entries to this replica is to be told once more, news or not. */
    public void askedAgain() {
        isAsked = true;
    }

    /**
     * Whether whoever sends entries to this replica is to be told that it has stored so much: it is news, or the sender
     * asked and nothing more is to come. Counts as told if so.
     *
     * @param hasOtherNews whether there is something else to tell, so that it is told in any case
     */
    public boolean tells(long storedSeq, boolean hasOtherNews) {
        boolean isAnswer = isAsked && storedSeq == log.lastSeq();
        if (storedSeq <= toldStoredSeq && !isAnswer && !hasOtherNews) {
            return false;
        }
        toldStoredSeq = storedSeq;
        isAsked &= storedSeq < log.lastSeq();
        return true;
    }

    /** What was told last of how far this replica has stored; -1 if nothing in the view that it is in. */
    public long toldStoredSeq() {
        return toldStoredSeq;
    }

    /** Tells how far it has been levelled. */
    public void tellLevelled(long storedSeq) {
        GroupView view = tenure.currentView();
        ports.peers().send(view.primary(), new ReplicaMessage.Levelled(tenure.partition(), view.epoch(), storedSeq));
    }
}
