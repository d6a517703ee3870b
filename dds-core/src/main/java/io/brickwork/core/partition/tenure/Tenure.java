package io.brickwork.core.partition.tenure;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.group.View;
import io.brickwork.core.partition.port.ClusterPort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one replica is in its group: what is decided of the group, which view it has promised to, and whether that view
 * is open here. The only owner of all of this.
 *
 * <pre>
 * promise(view)    lower epochs are refused from here on; nothing is open
 * promiseSynced()  the promise is on disk, and counts
 * open(serves)     the view is open here
 * close()          for good: the epoch is not opened again in this life of the brick
 * </pre>
 */
public final class Tenure {
    private final PartitionId partition;
    private final ClusterPort cluster;
    /**
     * What the metadata log says of the group, as far as this brick has carried it out; null before it said anything.
     */
    private @Nullable Group group;
    /** The newest view this replica has promised to in this life of the brick; null before. */
    private @Nullable GroupView view;

    private Role role = Role.LEFT_OUT;
    /** Where the promise lies in the log; it counts once it is synced. */
    private long promisePosition;

    private boolean isPromiseSynced;
    /** The epoch of the view that is open here; 0 if none is. */
    private long openEpoch;
    /** The epoch that was open here and is closed for good: nothing more of it is taken. */
    private long closedEpoch;
    /** Whether it answers requests: a learner does not, nor does a view that is too small to commit anything. */
    private boolean isServing;

    /** Of a replica that has promised nothing in this life of the brick. */
    public Tenure(PartitionId partition, ClusterPort cluster) {
        this.partition = partition;
        this.cluster = cluster;
    }

    /** Of a replica that takes another's place: the promise stays, and nothing is open. */
    public Tenure(Tenure before) {
        this(before.partition, before.cluster);
        group = before.group;
        view = before.view;
        role = before.role;
        isPromiseSynced = before.isPromiseSynced;
        promisePosition = before.promisePosition;
    }

    // ---- what happens

    /** The metadata log says something new of the group. */
    public void decided(Group newest) {
        group = newest;
    }

    /**
     * Takes nothing of lower epochs from here on. What was open must be closed.
     *
     * @param position of the promise in the log
     */
    public void promise(GroupView newView, long position) {
        view = newView;
        role = roleIn(newView);
        isPromiseSynced = false;
        promisePosition = position;
    }

    /** The record at this position is synced; returns whether that makes the promise count. */
    public boolean synced(long position) {
        if (position != promisePosition || isPromiseSynced || view == null) {
            return false;
        }
        isPromiseSynced = true;
        return true;
    }

    /** The promise was written once more, since what it stood on is trimmed. */
    public void promiseMoved(long position) {
        promisePosition = position;
    }

    /** Goes on in the view of an earlier life: what {@link Defence#COUNT_STARTS} forbids. */
    public void resume(GroupView before) {
        view = before;
        role = roleIn(before);
        isPromiseSynced = true;
    }

    /**
     * The view is open here.
     *
     * @param serves whether requests are answered
     */
    public void open(boolean serves) {
        openEpoch = currentView().epoch();
        isServing |= serves;
    }

    /** Nothing is open any more. */
    public void close() {
        closedEpoch = openEpoch == 0 ? closedEpoch : openEpoch;
        openEpoch = 0;
        isServing = false;
    }

    /** The replica does nothing any more. */
    public void retire() {
        view = null;
        role = Role.LEFT_OUT;
    }

    /** Has the metadata log decide another view in place of this one, unless it has already. */
    public void propose(BrickId primary, List<Member> members, List<Member> learners) {
        Group decided = group;
        if (decided != null && view != null && decided.newest().epoch() == view.epoch()) {
            cluster.propose(new MetadataCommand.ChangeView(
                    partition,
                    view.epoch(),
                    decided.openedEpoch(),
                    primary,
                    members,
                    decided.learners(members, learners)));
        }
    }

    // ---- questions

    public PartitionId partition() {
        return partition;
    }

    /** What the metadata log says of the group; null before it said anything. */
    public @Nullable Group group() {
        return group;
    }

    /** The view promised to in this life; null if there is none yet. */
    public @Nullable GroupView view() {
        return view;
    }

    /** The view promised to in this life. */
    public GroupView currentView() {
        return Check.present(view, "partition %s has no view", partition);
    }

    /** The epoch promised to in this life; 0 if none. */
    public long viewEpoch() {
        return view == null ? 0 : view.epoch();
    }

    /** The newest view that is known; null before anything is. */
    public @Nullable View knownView() {
        Group decided = group;
        if (decided != null && (view == null || view.epoch() < decided.newest().epoch())) {
            return decided.newest().toView();
        }
        return view == null ? null : view.toView();
    }

    public Role role() {
        return role;
    }

    /** What this brick is in the view. */
    public Role roleIn(GroupView other) {
        Member self = cluster.member();
        Member named = other.member(cluster.self());
        Member learner = other.learner(cluster.self());
        if (named == null && learner == null) {
            return Role.LEFT_OUT;
        }
        boolean isThisLife = self != null && (self.equals(named) || self.equals(learner));
        if (!isThisLife) {
            return Role.OTHER_LIFE;
        }
        return named != null ? Role.MEMBER : Role.LEARNER;
    }

    public boolean isPromiseSynced() {
        return isPromiseSynced;
    }

    /** Where the promise of this life lies in the log. */
    public long promisePosition() {
        return promisePosition;
    }

    public boolean isOpen() {
        return openEpoch != 0;
    }

    /** The epoch of the view that is open here; 0 if none is. */
    public long openEpoch() {
        return openEpoch;
    }

    /** Whether it answers requests. */
    public boolean isServing() {
        return isServing;
    }

    /** Whether the epoch was closed here, and may not be opened again. */
    public boolean isClosedForGood(long epoch) {
        return epoch <= closedEpoch;
    }

    /** Whether this is the epoch of the view promised to. */
    public boolean isOfView(long epoch) {
        return view != null && view.epoch() == epoch;
    }

    /** Whether this is the epoch of the view promised to, and this brick its primary. */
    public boolean isMine(long epoch) {
        return isOfView(epoch) && currentView().primary().equals(cluster.self());
    }

    /** How many members a view must have to commit anything. */
    public int minInSync() {
        return group == null ? 1 : group.minInSync();
    }

    /** Whether the view has the members that it takes to commit. */
    public boolean commits(GroupView opened) {
        return group == null
                || opened.members().size() >= group.minInSync()
                || !cluster.defends(Defence.COMMIT_WITH_MIN_IN_SYNC);
    }

    /** Whether the partition is to be split or given up, and is not yet. */
    public boolean isToBeReshaped() {
        Group decided = group;
        return decided != null && (decided.split() != null || decided.isLeaving());
    }
}
