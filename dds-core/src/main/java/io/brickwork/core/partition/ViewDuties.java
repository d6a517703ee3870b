package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.LogPort;
import io.brickwork.core.partition.port.RegistryPort;
import io.brickwork.core.partition.replicate.Follower;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.tenure.Role;
import io.brickwork.core.partition.view.ViewChange;
import io.brickwork.core.table.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one replica does in its group's current view: it brings the view about ({@link ViewChange}), leads it
 * ({@link Primary}), follows in it ({@link Follower}), or does nothing. Opens and closes the view here, and with it
 * what callers may read.
 *
 * <p>At most one of view change and primary is there at a time; either is gone when the view is closed. {@link #check}
 * holds that, and that what is open is what was promised.
 */
final class ViewDuties {
    private final Rooms rooms;
    private final ReplicaHost host;
    private final RegistryPort registry;

    /** Whether what is here was copied in the epoch of the view. */
    private boolean hasCopied;
    /** Null until it is needed: the structure says which it is. */
    private @Nullable Follower follower;
    /** Null while this replica does not bring its group into a view. */
    private @Nullable ViewChange viewChange;
    /** Null while this replica is not the primary of an open view. */
    private @Nullable Primary primary;

    /**
     * @param isIncomplete whether the table has but half a copy
     * @param before of the replica whose place this one takes, before or after a copy; null if there is none
     */
    ViewDuties(
            Applied applied,
            boolean isIncomplete,
            ReplicaHost host,
            LogPort log,
            RegistryPort registry,
            Table table,
            @Nullable ViewDuties before) {
        this.host = host;
        this.registry = registry;
        rooms = new Rooms(
                applied, isIncomplete, host, log, table, before == null ? null : before.rooms, new RoomListener());
        hasCopied = before != null && !isIncomplete;
    }

    Rooms rooms() {
        return rooms;
    }

    private final class RoomListener implements Rooms.Listener {
        @Override
        public void onCommitted(long seq) {
            rooms.readView.commit(seq); // readers in this process must see it before anyone is told
            if (rooms.log.locks().onCommitted(seq)) { // only then, see ReadView
                rooms.reads.onUnlocked();
            }
            rooms.waiters.answerUpTo(seq, host.outbox());
            registry.onCommitted();
        }

        @Override
        public void onReshaped() {
            updateExtent();
        }

        @Override
        public void onCut(long seq) {
            rooms.waiters.drop(seq);
        }

        @Override
        public void onSplit(Split split) {
            registry.onSplit(split);
        }

        @Override
        public void promise(GroupView view) {
            ViewDuties.this.promise(view);
        }

        @Override
        public void open(long levelSeq) {
            ViewDuties.this.open(levelSeq);
        }
    }

    // ---- what is decided

    /** The metadata log says something new of the group, or of this brick. */
    void onGroup(Group decided) {
        rooms.tenure.decided(decided);
        Member self = host.member();
        updateExtent();
        if (self == null || !rooms.extent.isAttached()) {
            return;
        }
        rooms.commitPoint.advance(rooms.extent.recordedSeq());
        GroupView newest = decided.newest();
        boolean isMember = rooms.tenure.roleIn(newest) == Role.MEMBER;
        if (rooms.tenure.isOpen() && rooms.tenure.openEpoch() < newest.epoch() && !isMember) {
            close(); // leases given from here on do not cover it any more
        }
        if (isMember && newest.primary().equals(self.brick()) && newest.epoch() > rooms.log.promisedEpoch()) {
            promise(newest);
            viewChange = new ViewChange(decided, rooms.extent.rules(), self.brick(), new ViewGroup());
        }
        if (rooms.tenure.view() == null
                && newest.epoch() == rooms.log.promisedEpoch()
                && !host.defends(Defence.COUNT_STARTS)) {
            resume(decided);
        }
        if (viewChange != null && rooms.tenure.currentView().epoch() == newest.epoch() && decided.isOpen()) {
            viewChange.onRecorded();
        }
    }

    /**
     * Simulations that leave a rule out only: continues a view of an earlier incarnation, which
     * {@link Defence#COUNT_STARTS} forbids.
     */
    private void resume(Group decided) {
        rooms.tenure.resume(decided.newest());
        rooms.member.resume(decided.newest().epoch());
        if (decided.newest().primary().equals(host.self()) && decided.isOpen()) {
            new ViewGroup().opened(rooms.log.lastSeq());
        }
    }

    /** Looks at what is stored, decided and applied by now, which may change which keys are served here. */
    private void updateExtent() {
        if (rooms.extent.update(rooms.tenure.group()) && rooms.tenure.isServing() && rooms.tenure.isOpen()) {
            serveReads();
        }
    }

    /**
     * Lets callers in this process read the keys that are served; refuses the reads that wait for other members if
     * there are none.
     */
    private void serveReads() {
        if (rooms.extent.keys().isClosed()) {
            rooms.readView.close();
            rooms.reads.refuseAll();
        } else {
            rooms.readView.open(
                    rooms.extent.type(), rooms.extent.keys(), rooms.tenure.openEpoch(), rooms.commitPoint.seq());
        }
    }

    // ---- opening and closing

    /** Closes what is open, and forces the promise to refuse lower epochs. */
    private void promise(GroupView newView) {
        close();
        hasCopied = false;
        rooms.log.promise(newView.epoch());
        rooms.tenure.promise(newView, rooms.log.promisePosition());
    }

    /** Ends whatever this replica does in its view, for good. */
    void close() {
        rooms.readView.close(); // before the fence is answered
        if (rooms.tenure.isOpen()) {
            host.outbox().note(new Event.ViewClosed(rooms.partition, rooms.tenure.openEpoch()));
        }
        rooms.tenure.close();
        if (primary != null) {
            primary.close();
        }
        primary = null;
        viewChange = null;
        rooms.member.onClosed();
        if (follower != null) {
            follower.onClosed();
        }
        rooms.reads.refuseAll();
    }

    /** The view is open here, with everything up to {@code levelSeq} committed. */
    private void open(long levelSeq) {
        GroupView opened = rooms.tenure.currentView();
        Check.invariant(
                rooms.extent.isAttached() && levelSeq >= rooms.commitPoint.seq() && levelSeq <= rooms.log.lastSeq(),
                "partition %s opens epoch %d at level %d, committed up to %d, stored up to %d",
                rooms.partition,
                opened.epoch(),
                levelSeq,
                rooms.commitPoint.seq(),
                rooms.log.lastSeq());
        boolean serves = isReader();
        rooms.tenure.open(serves);
        if (serves) {
            serveReads();
        }
        rooms.commitPoint.advance(levelSeq);
        host.outbox().note(new Event.ViewOpened(rooms.partition, opened, levelSeq, true));
    }

    /** Whether it answers requests once the view is open. */
    boolean isReader() {
        return rooms.tenure.role() == Role.MEMBER
                && rooms.extent
                        .rules()
                        .readers(rooms.tenure.currentView().toView())
                        .contains(host.self());
    }

    /**
     * The view is open, and has so few members that it commits nothing: all that is done in it is to bring learners
     * level.
     */
    private void openWithoutCommits(long levelSeq) {
        rooms.tenure.open(false);
        host.outbox().note(new Event.ViewOpened(rooms.partition, rooms.tenure.currentView(), levelSeq, false));
    }

    /** What the view change works on: this replica as its group's primary. */
    private final class ViewGroup implements ViewChange.Group {
        @Override
        public void send(BrickId to, ReplicaMessage message) {
            host.send(to, message);
        }

        @Override
        public boolean defends(Defence defence) {
            return host.defends(defence);
        }

        @Override
        public void reached(Situation situation) {
            host.reached(situation);
        }

        @Override
        public EpochRuns runs() {
            return rooms.log.runs();
        }

        @Override
        public List<Entry> read(long fromSeq, long toSeq) {
            return rooms.log.read(fromSeq, toSeq);
        }

        @Override
        public void cut(long seq) {
            rooms.storage.cut(seq);
        }

        @Override
        public void store(Entry entry) {
            rooms.storage.store(entry);
        }

        @Override
        public long storedSeq() {
            return rooms.log.isCutSynced() ? rooms.storage.storedSeq() : -1;
        }

        @Override
        public void record(List<BrickId> fenced) {
            host.propose(new MetadataCommand.OpenView(rooms.partition, rooms.tenure.viewEpoch(), fenced));
        }

        @Override
        public void propose(GroupView next) {
            rooms.tenure.propose(next.primary(), next.members(), next.learners());
        }

        @Override
        public void opened(long levelSeq) {
            boolean commits = rooms.tenure.commits(rooms.tenure.currentView());
            Replicator replicator = ReplicationFactory.replicator(rooms, levelSeq, commits);
            primary = new Primary(rooms, replicator, commits);
            viewChange = null;
            if (commits) {
                open(levelSeq);
                replicator.begin(levelSeq);
            } else {
                openWithoutCommits(levelSeq);
            }
        }

        @Override
        public void note(Event event) {
            host.outbox().note(event);
        }
    }

    // ---- messages

    /** The primary offers a copy, since its log does not reach back to where this learner's ends. */
    void onCopyOffer(BrickId from) {
        if (rooms.tenure.role() == Role.LEARNER && rooms.tenure.isPromiseSynced()) {
            if (hasCopied) {
                rooms.member.report(); // the offer is older than the copy
            } else {
                registry.beginCopy(from);
            }
        }
    }

    /** What takes entries in, as any member but the primary, or as a learner. */
    Follower follower() {
        Follower known = follower;
        if (known == null) {
            known = ReplicationFactory.follower(rooms);
            follower = known;
        }
        return known;
    }

    /** The view change that this replica drives in the epoch; null if it drives none. */
    @Nullable
    ViewChange viewChange(long epoch) {
        return rooms.tenure.isMine(epoch) && rooms.tenure.isPromiseSynced() ? viewChange : null;
    }

    /** This replica as the primary of an open view; null if it is not. */
    @Nullable
    Primary primary() {
        return primary;
    }

    void onLinkUp(BrickId peer, long nowNanos) {
        if (viewChange != null && rooms.tenure.isPromiseSynced()) {
            viewChange.onLinkUp(nowNanos);
        }
        if (primary != null) {
            primary.replicator().onLinkUp(peer, nowNanos);
        } else if (rooms.extent.isAttached()) {
            follower().onLinkUp(peer, nowNanos);
        }
    }

    // ---- log

    /** The record at this position is synced. */
    void onSynced(long position, long nowNanos) {
        if (!rooms.tenure.synced(position)) {
            return;
        }
        GroupView view = rooms.tenure.currentView();
        host.outbox().note(new Event.Fenced(rooms.partition, view.epoch(), view.primary()));
        if (viewChange != null) {
            viewChange.begin(nowNanos);
        } else {
            rooms.member.report();
        }
    }

    /** Storing may have come further. */
    void afterStoring(long nowNanos) {
        if (viewChange != null) {
            viewChange.onStored(nowNanos);
        }
        if (primary != null) {
            primary.replicator().onStored(nowNanos);
        } else if (rooms.extent.isAttached()) {
            follower().acknowledge(nowNanos);
        }
    }

    void onTick(long nowNanos) {
        if (viewChange != null && rooms.tenure.isPromiseSynced()) {
            viewChange.onTick(nowNanos);
        }
        if (primary != null) {
            primary.onTick(nowNanos);
        } else if (rooms.extent.isAttached()) {
            follower().onTick(nowNanos);
        }
    }

    /** Sequence number of the last entry that every member is known to have synced. */
    long syncedEverywhereSeq() {
        if (primary != null) {
            return primary.replicator().syncedEverywhereSeq();
        }
        return follower == null ? 0 : follower.syncedEverywhereSeq();
    }

    // ---- checks

    /**
     * What must hold after every turn: what is stored is in order, and what is open is what was promised. Allocates
     * nothing as long as it does.
     */
    void check() {
        rooms.log.check();
        GroupView view = rooms.tenure.view();
        long openEpoch = rooms.tenure.openEpoch();
        long promised = rooms.log.promisedEpoch();
        long committed = rooms.commitPoint.seq();
        boolean isOrdered = rooms.log.applied().seq() <= committed && committed <= rooms.log.lastSeq();
        boolean isPromised = view == null || view.epoch() == promised;
        boolean isOpenInView = openEpoch == 0 || (rooms.tenure.isOfView(openEpoch) && rooms.tenure.isPromiseSynced());
        boolean isPrimaryInView =
                primary == null || (openEpoch != 0 && viewChange == null && rooms.tenure.isMine(openEpoch));
        if (!isOrdered || !isPromised || !isOpenInView || !isPrimaryInView) {
            throw new Check.InvariantBroken(
                    "partition %s: applied %s, committed up to %d, stored up to %d; promised epoch %d, in %s, open in epoch %d, %s"
                            .formatted(
                                    rooms.partition,
                                    rooms.log.applied(),
                                    committed,
                                    rooms.log.lastSeq(),
                                    promised,
                                    view,
                                    openEpoch,
                                    primary == null ? "no primary" : "primary"));
        }
    }
}
