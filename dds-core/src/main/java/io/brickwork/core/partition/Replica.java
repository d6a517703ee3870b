package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.execute.Waiters;
import io.brickwork.core.partition.execute.WriteSample;
import io.brickwork.core.partition.port.LogPort;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.read.ReadView;
import io.brickwork.core.partition.read.Reads;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.repair.TableCompare;
import io.brickwork.core.partition.replicate.Follower;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.replicate.chain.ChainHead;
import io.brickwork.core.partition.replicate.chain.ChainMember;
import io.brickwork.core.partition.replicate.twophase.TwoPhaseBackup;
import io.brickwork.core.partition.replicate.twophase.TwoPhasePrimary;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Role;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.view.FencedMember;
import io.brickwork.core.partition.view.ViewChange;
import io.brickwork.core.partition.view.ViewSteps;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one partition.
 *
 * <p>Puts the rooms of this package together and hands them what comes. Every member of a group has stored something ({@link PartitionLog}, {@link CommitPoint}, {@link Extent}) and promised something ({@link Tenure}). What it does
 * besides depends on its role in the view: the {@link Primary} orders and commits writes, a {@link TwoPhaseBackup} stores them; both serve {@link Reads}. A learner is a backup that does not count, and serves nobody. The step from one
 * view to the next is the {@link ViewChange}, driven by the primary, with a {@link FencedMember} at each member; which views there are is decided by the metadata log, and comes in through {@link #onGroup}.
 *
 * <p>Guarantees: nothing is acknowledged before it is stored as durably as the structure asks; no entry or commit of an epoch is taken before this replica has been levelled in that very
 * epoch; what an earlier life of this brick did in an epoch is never continued, since views name incarnations.
 *
 * <p>Called by the brick's machine only.
 *
 * <p>Source: Gribble 2000 §3.2 (two-phase commit across a replica group), with views in place of its recovery by asking peers.
 */
public final class Replica {
    private final PartitionId partition;
    private final ReplicaHost host;
    private final Ports ports;
    private final Tenure tenure;
    private final PartitionLog log;
    private final Extent extent;
    private final CommitPoint commitPoint;
    private final Storage storage;
    private final ReadView readView;
    private final Waiters waiters = new Waiters();
    private final Refusals refusals;
    private final Repairs repairs;
    private final TableCompare compare;
    private final Reads reads;
    private final FencedMember member;
    private final TwoPhaseBackup backup;
    private final ChainMember chain;

    /** Whether what is here was copied in the epoch of the view. */
    private boolean hasCopied;
    /** Null while this replica does not bring its group into a view. */
    private @Nullable ViewChange viewChange;
    /** Null while this replica is not the primary of an open view. */
    private @Nullable Primary primary;

    private boolean isRetired;
    private boolean isMarked;
    private boolean isQueuedForApply;

    /**
     * As the table has it; {@link #replay} follows.
     *
     * @param isIncomplete whether the table has but half a copy
     */
    public Replica(Applied applied, boolean isIncomplete, ReplicaHost host, Table table) {
        this(applied, isIncomplete, host, table, null);
    }

    /** One that takes another's place, with what the table has after, or before, a copy: the promise stays. */
    public Replica(Applied applied, boolean isIncomplete, Replica before, Table table) {
        this(applied, isIncomplete, before.host, table, before);
        hasCopied = !isIncomplete;
    }

    private Replica(Applied applied, boolean isIncomplete, ReplicaHost host, Table table, @Nullable Replica before) {
        this.partition = applied.partition();
        this.host = host;
        ports = new Ports(host, host, host, host);
        LogPort logPort = new BrickLog();
        List<SessionRow.Stand> prepared = prepared(applied, isIncomplete, table);
        if (before == null) {
            tenure = new Tenure(partition, host);
            log = new PartitionLog(applied, prepared, logPort);
            extent = new Extent(partition, host, host, log, isIncomplete);
        } else {
            tenure = new Tenure(before.tenure);
            log = new PartitionLog(applied, prepared, logPort, before.log);
            extent = new Extent(before.extent, log, isIncomplete);
        }
        readView = new ReadView(partition, log.locks(), log.overlay(), table, host.leaseEnd(), host.readViews());
        commitPoint = new CommitPoint(log, applied.version().seq(), this::onCommitted);
        storage = new Storage(log, logPort, extent, tenure, ports, new StoredListener());
        refusals = new Refusals(tenure, host);
        repairs = new Repairs(tenure, extent, ports);
        compare = new TableCompare(tenure, repairs, ports);
        reads = new Reads(tenure, commitPoint, log, extent, refusals, repairs, host.leaseEnd(), ports);
        member = new FencedMember(tenure, log, extent, commitPoint, storage, refusals, ports, new Steps());
        backup = new TwoPhaseBackup(tenure, log, commitPoint, storage, member, ports);
        chain = new ChainMember(tenure, log, commitPoint, storage, member, backup, ports);
    }

    /** The transactions in which the partition has voted yes and that wait for their outcome, as the table has it. */
    private static List<SessionRow.Stand> prepared(Applied applied, boolean isIncomplete, Table table) {
        if (isIncomplete || applied.version().equals(Version.NONE)) {
            return List.of();
        }
        List<SessionRow.Stand> prepared = new ArrayList<>();
        try (Snapshot snapshot = table.snapshot()) {
            snapshot.scanSessions(applied.partition(), null, row -> {
                row.stands().stream()
                        .filter(stand -> stand.record().isPrepared())
                        .forEach(prepared::add);
                return true;
            });
        }
        prepared.sort(Comparator.comparing(SessionRow.Stand::version)); // locks are taken in the order of the votes
        return prepared;
    }

    /** The brick's log, as this replica writes it. */
    private final class BrickLog implements LogPort {
        @Override
        public long append(LogRecord record, long seq) {
            return host.append(Replica.this, record, seq);
        }

        @Override
        public void requestSync() {
            host.requestSync();
        }

        @Override
        public LogRecord read(long position) {
            return host.read(position);
        }
    }

    private final class StoredListener implements Storage.Listener {
        @Override
        public void onReshaped() {
            updateExtent();
        }

        @Override
        public void onCut(long seq) {
            waiters.drop(seq);
        }
    }

    private final class Steps implements ViewSteps {
        @Override
        public void promise(GroupView view) {
            Replica.this.promise(view);
        }

        @Override
        public void open(long levelSeq) {
            Replica.this.open(levelSeq);
        }
    }

    /** Everything up to {@code seq} is committed: readers in this process must see that before anyone is told. */
    private void onCommitted(long seq) {
        readView.commit(seq);
        if (log.locks().onCommitted(seq)) { // only then, see ReadView
            reads.onUnlocked();
        }
        waiters.answerUpTo(seq, host.outbox());
        host.onCommitted(this);
    }

    // ---- life of the replica

    /** Takes in a record of the log, before {@link #attach}. */
    public void replay(long position, LogRecord.OfPartition record) {
        log.replay(position, record);
    }

    public void endReplay() {
        log.endReplay();
    }

    /** Tells what the partition is. */
    public void attach(StructureInfo structure, StructureType type, KeyRange range) {
        extent.attach(structure, type, range);
    }

    /** What was stored or decided may change which keys are served here. */
    private void updateExtent() {
        if (extent.update(tenure.group()) && tenure.isServing() && tenure.isOpen()) {
            show();
        }
    }

    /** What callers in this process may read, and nobody who waits for the word of others if it is nothing. */
    private void show() {
        if (extent.keys().isClosed()) {
            readView.close();
            reads.refuseAll();
        } else {
            readView.open(extent.type(), extent.keys(), tenure.openEpoch(), commitPoint.seq());
        }
    }

    /** What becomes of the partition's keys. */
    public Extent extent() {
        return extent;
    }

    /** The metadata log says something new of the group, or of this brick. */
    public void onGroup(Group decided, long nowNanos) {
        tenure.decided(decided);
        Member self = host.member();
        updateExtent();
        if (self == null || !extent.isAttached()) {
            return;
        }
        commitPoint.advance(extent.recordedSeq());
        GroupView newest = decided.newest();
        if (tenure.isOpen() && tenure.openEpoch() < newest.epoch() && tenure.roleIn(newest) != Role.MEMBER) {
            close(); // leases given from here on do not cover it any more
        }
        boolean isPrimary =
                tenure.roleIn(newest) == Role.MEMBER && newest.primary().equals(self.brick());
        if (isPrimary && newest.epoch() > log.promisedEpoch()) {
            promise(newest);
            viewChange = new ViewChange(decided, self.brick(), new ViewGroup());
        }
        if (tenure.view() == null && !host.defends(Defence.COUNT_STARTS) && newest.epoch() == log.promisedEpoch()) {
            resume(decided);
        }
        if (viewChange != null && tenure.currentView().epoch() == newest.epoch() && decided.isOpen()) {
            viewChange.onRecorded();
        }
    }

    /** Goes on in the view of an earlier life, as no brick does that keeps all rules. */
    private void resume(Group decided) {
        tenure.resume(decided.newest());
        member.resume(decided.newest().epoch());
        if (decided.newest().primary().equals(host.self()) && decided.isOpen()) {
            new ViewGroup().opened(log.lastSeq());
        }
    }

    /** Another takes its place, or none: it does nothing any more. */
    public void retire() {
        close();
        isRetired = true;
        tenure.retire();
        extent.detach();
    }

    /** Makes everything void that the log holds of the partition; returns the position that must be synced before the table forgets its part. */
    public long abandonLog() {
        return log.abandon();
    }

    public boolean isAttached() {
        return extent.isAttached();
    }

    // ---- messages

    /** A message of another member, or of this one to itself. */
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        if (!extent.isAttached()) {
            return; // will be sent again
        }
        String objection = Plausible.objection(
                extent.rules(),
                host.self(),
                from,
                message,
                tenure.view(),
                tenure.group(),
                primary == null || !tenure.isOpen() ? -1 : log.lastSeq());
        if (objection != null) {
            refusals.disbelieve(from, objection);
            return;
        }
        switch (message) {
            case ReplicaMessage.Fence fence -> member.onFence(from, fence.view());
            case ReplicaMessage.FenceReport report -> {
                if (isMyViewChange(report.epoch())) {
                    currentViewChange().onReport(from, report, nowNanos);
                } else {
                    replicate(from, report, nowNanos);
                }
            }
            case ReplicaMessage.Fetch fetch -> onFetch(from, fetch);
            case ReplicaMessage.Fetched fetched -> {
                if (isMyViewChange(fetched.epoch())) {
                    currentViewChange().onFetched(from, fetched, nowNanos);
                }
            }
            case ReplicaMessage.Level level -> member.onLevel(level);
            case ReplicaMessage.Levelled levelled -> {
                if (isMyViewChange(levelled.epoch())) {
                    currentViewChange().onLevelled(from, levelled, nowNanos);
                } else {
                    replicate(from, levelled, nowNanos);
                }
            }
            case ReplicaMessage.Open open -> member.onOpen(from, open);
            case ReplicaMessage.Store store -> follower().onStore(from, store, nowNanos);
            case ReplicaMessage.Commit commit -> follower().onCommit(from, commit);
            case ReplicaMessage.Stored stored -> replicate(from, stored, nowNanos);
            case ReplicaMessage.Passed passed -> {
                if (primary != null) {
                    replicate(from, passed, nowNanos);
                } else if (tenure.isOpen() && passed.epoch() == tenure.openEpoch()) {
                    follower().onMessage(from, passed, nowNanos);
                }
            }
            case ReplicaMessage.WrongEpoch wrong -> {
                if (isOfView(wrong.epoch()) && wrong.promisedEpoch() > wrong.epoch()) {
                    close(); // whoever has promised more takes nothing of this view any more
                }
            }
            case ReplicaMessage.CopyOffer offer -> {
                if (isOfView(offer.epoch()) && tenure.role() == Role.LEARNER && tenure.isPromiseSynced()) {
                    if (hasCopied) {
                        member.report(); // the offer is older than the copy
                    } else {
                        host.beginCopy(this, from);
                    }
                }
            }
            case ReplicaMessage.CopyAsk ask -> replicate(from, ask, nowNanos);
            case ReplicaMessage.CopyPart part -> {} // the copy's business
            case ReplicaMessage.RepairAsk ask -> repairs.onAsk(from, ask);
            case ReplicaMessage.RepairPart part -> repairs.onPart(part);
            case ReplicaMessage.MergeAsk ask -> {
                if (primary != null) {
                    primary.onMergeAsk(from, ask);
                }
            }
            case ReplicaMessage.MergePart part -> {
                if (primary != null && part.epoch() == tenure.openEpoch()) {
                    primary.onMergePart(part, nowNanos);
                }
            }
            case ReplicaMessage.AskStand ask -> {
                if (primary != null) {
                    primary.onAskStand(from, ask, nowNanos);
                }
            }
            case ReplicaMessage.TellStand told -> {
                if (primary != null && told.epoch() == tenure.openEpoch()) {
                    primary.onToldStand(told, nowNanos);
                }
            }
            case ReplicaMessage.Compare one -> {
                if (primary != null && one.epoch() == tenure.openEpoch()) {
                    compare.onCompare(from, one);
                }
            }
            case ReplicaMessage.AskCommitted ask -> {
                if (tenure.isOpen() && ask.epoch() == tenure.openEpoch()) {
                    host.send(
                            from,
                            new ReplicaMessage.Committed(
                                    partition, tenure.openEpoch(), ask.ticket(), commitPoint.seq()));
                }
            }
            case ReplicaMessage.Committed committed -> {
                if (tenure.openEpoch() == committed.epoch()) {
                    commitPoint.advance(committed.committedSeq());
                    reads.onCommitted(from, committed.ticket(), committed.committedSeq(), nowNanos);
                }
            }
        }
    }

    /** What a member or a learner says to the primary of an open view. */
    private void replicate(BrickId from, ReplicaMessage message, long nowNanos) {
        if (primary != null && message.epoch() == tenure.openEpoch()) {
            primary.replicator().onMessage(from, message, nowNanos);
        }
    }

    private void onFetch(BrickId from, ReplicaMessage.Fetch fetch) {
        GroupView view = tenure.view();
        if (view != null && isOfView(fetch.epoch()) && from.equals(view.primary()) && !tenure.isOpen()) {
            List<Entry> entries = log.read(fetch.fromSeq(), fetch.toSeq());
            host.send(from, new ReplicaMessage.Fetched(partition, fetch.epoch(), entries));
        }
    }

    private boolean isOfView(long epoch) {
        GroupView view = tenure.view();
        return view != null && view.epoch() == epoch;
    }

    private boolean isMyViewChange(long epoch) {
        return viewChange != null && tenure.isMine(epoch) && tenure.isPromiseSynced();
    }

    private ViewChange currentViewChange() {
        return Check.present(viewChange, "partition %s is not in a view change", partition);
    }

    // ---- requests

    /** A client's request. */
    public void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        if (!extent.isAttached()) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, "the partition is not set up yet");
        } else if (extent.keys().isClosed()) {
            refuse(from, request, CallMessage.Reason.SPLITTING, "the partition is being merged into another");
        } else if (!tenure.isServing() && !isReadInClosedView(request)) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, whyNotServing());
        } else if (request.epoch() != 0 && request.epoch() != tenure.openEpoch()) {
            refuse(from, request, CallMessage.Reason.WRONG_EPOCH, "the open epoch is " + tenure.openEpoch());
        } else if (request instanceof CallMessage.Read read) {
            reads.onRead(from, read, nowNanos);
        } else if (primary != null) {
            primary.onRequest(from, request, nowNanos);
        } else {
            refuse(from, request, CallMessage.Reason.NOT_PRIMARY, host.self() + " is not the primary");
        }
    }

    private String whyNotServing() {
        Group group = tenure.group();
        if (tenure.isOpen() && tenure.role() == Role.LEARNER) {
            return host.self() + " is being brought level";
        }
        if (tenure.isOpen() && group != null) {
            return tenure.currentView().members().size() + " of " + group.replicas()
                    + " members are there, and nothing is committed with less than " + group.minInSync();
        }
        return "no view is open at " + host.self();
    }

    private boolean isReadInClosedView(CallMessage.Request request) {
        return tenure.view() != null && request instanceof CallMessage.Read && !host.defends(Defence.READ_IN_OPEN_VIEW);
    }

    public void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail) {
        refusals.refuse(to, request, reason, detail);
    }

    // ---- what the brick tells

    public void onLinkUp(BrickId peer, long nowNanos) {
        if (viewChange != null && tenure.isPromiseSynced()) {
            viewChange.onLinkUp(nowNanos);
        }
        if (primary != null) {
            primary.replicator().onLinkUp(peer, nowNanos);
        }
        if (primary == null && extent.isAttached()) {
            follower().onLinkUp(peer, nowNanos);
        }
        reads.onLinkUp(peer);
    }

    public void onCallerGone(Endpoint caller) {
        if (primary != null) {
            primary.onCallerGone(caller);
        }
    }

    /** The record at this position is written; {@link #afterStoring} follows once for all of a turn. */
    public void onWritten(long position, long seq) {
        log.onWritten(position, seq);
    }

    /** The record at this position is synced; {@link #afterStoring} follows once for all of a turn. */
    public void onSynced(long position, long seq, long nowNanos) {
        log.onSynced(position, seq);
        if (tenure.synced(position)) {
            GroupView view = tenure.currentView();
            host.outbox().note(new Event.Fenced(partition, view.epoch(), view.primary()));
            if (viewChange != null) {
                viewChange.begin(nowNanos);
            } else {
                member.report();
            }
        }
    }

    /** Storing has come further. */
    public void afterStoring(long nowNanos) {
        if (viewChange != null) {
            viewChange.onStored(nowNanos);
        }
        if (primary != null) {
            primary.replicator().onStored(nowNanos);
        } else if (extent.isAttached()) {
            follower().acknowledge(nowNanos);
        }
        reads.retryUnlocked(nowNanos);
        check();
    }

    /** What must hold after every turn, whatever came in it: what it has stored is in order, and what is open is what it has promised. Nothing is boxed as long as it does. */
    private void check() {
        log.check();
        GroupView view = tenure.view();
        long openEpoch = tenure.openEpoch();
        boolean isOrdered = log.applied().seq() <= commitPoint.seq() && commitPoint.seq() <= log.lastSeq();
        boolean isPromised = view == null || view.epoch() == log.promisedEpoch();
        boolean isOpenInView = openEpoch == 0 || (isOfView(openEpoch) && tenure.isPromiseSynced());
        boolean isPrimaryInView = primary == null || (openEpoch != 0 && viewChange == null && tenure.isMine(openEpoch));
        if (!isOrdered || !isPromised || !isOpenInView || !isPrimaryInView) {
            throw new Check.InvariantBroken(
                    "partition %s: applied %s, committed up to %d, stored up to %d; promised epoch %d, in %s, open in epoch %d, %s"
                            .formatted(
                                    partition,
                                    log.applied(),
                                    commitPoint.seq(),
                                    log.lastSeq(),
                                    log.promisedEpoch(),
                                    view,
                                    openEpoch,
                                    primary == null ? "no primary" : "primary"));
        }
    }

    /** Looks at everything this replica holds, and throws if it does not fit together; takes as long as that is much. */
    public void audit() {
        check();
        log.audit();
    }

    /** A batch that ends in this entry is in the table. */
    public void onApplied(long seq) {
        Entry last = log.entryHere(seq);
        log.onApplied(last.version());
        Split split = last.split();
        if (split != null) {
            host.onSplit(split);
        }
        if (!log.reshaping().isEmpty()) {
            updateExtent();
        }
    }

    public void onTick(long nowNanos) {
        if (viewChange != null && tenure.isPromiseSynced()) {
            viewChange.onTick(nowNanos);
        }
        if (primary != null) {
            primary.onTick(nowNanos);
        } else if (extent.isAttached()) {
            follower().onTick(nowNanos);
        }
        reads.onTick(nowNanos);
        repairs.onTick(nowNanos);
    }

    /** A row of the table cannot be read. */
    public void onCorrupt(CorruptRecordException found) {
        repairs.onCorrupt(found);
    }

    /** What the table holds within the range goes to the primary, which has the same if all is well. */
    public void compare(KeyRange range, Version appliedVersion, Bytes digest) {
        compare.tell(range, appliedVersion, digest, primary != null);
    }

    // ---- views

    /** Closes what is open and forces the promise to refuse lower epochs. */
    private void promise(GroupView newView) {
        close();
        hasCopied = false;
        log.promise(newView.epoch());
        tenure.promise(newView, log.promisePosition());
    }

    private void close() {
        readView.close(); // before the fence is answered
        if (tenure.isOpen()) {
            host.outbox().note(new Event.ViewClosed(partition, tenure.openEpoch()));
        }
        tenure.close();
        if (primary != null) {
            primary.close();
        }
        primary = null;
        viewChange = null;
        member.onClosed();
        backup.onClosed();
        chain.onClosed();
        reads.refuseAll();
    }

    /** The view is open here, with everything up to {@code levelSeq} committed. */
    private void open(long levelSeq) {
        GroupView opened = tenure.currentView();
        Check.invariant(
                extent.isAttached() && levelSeq >= commitPoint.seq() && levelSeq <= log.lastSeq(),
                "partition %s opens epoch %d at level %d, committed up to %d, stored up to %d",
                partition,
                opened.epoch(),
                levelSeq,
                commitPoint.seq(),
                log.lastSeq());
        boolean isMember = tenure.role() == Role.MEMBER;
        tenure.open(isMember);
        if (isMember) {
            show();
        }
        commitPoint.advance(levelSeq);
        host.outbox().note(new Event.ViewOpened(partition, opened, levelSeq, true));
    }

    /** The view is open, and has so few members that it commits nothing: all that is done in it is to bring learners level. */
    private void openWithoutCommits(long levelSeq) {
        tenure.open(false);
        host.outbox().note(new Event.ViewOpened(partition, tenure.currentView(), levelSeq, false));
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
        public EpochRuns runs() {
            return log.runs();
        }

        @Override
        public List<Entry> read(long fromSeq, long toSeq) {
            return log.read(fromSeq, toSeq);
        }

        @Override
        public void cut(long seq) {
            storage.cut(seq);
        }

        @Override
        public void store(Entry entry) {
            storage.store(entry);
        }

        @Override
        public long storedSeq() {
            return log.isCutSynced() ? storage.storedSeq() : -1;
        }

        @Override
        public void record(List<BrickId> fenced) {
            host.propose(new MetadataCommand.OpenView(partition, tenure.viewEpoch(), fenced));
        }

        @Override
        public void propose(GroupView next) {
            tenure.propose(next.primary(), next.members(), next.learners());
        }

        @Override
        public void opened(long levelSeq) {
            boolean commits = tenure.commits(tenure.currentView());
            Replicator replicator = replicator(levelSeq, commits);
            primary = new Primary(
                    tenure, log, extent, commitPoint, storage, waiters, replicator, refusals, repairs, ports, commits);
            viewChange = null;
            if (commits) {
                Replica.this.open(levelSeq);
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

    // ---- the ways of replication

    /** What gets entries to the other members, as the primary of the view. */
    private Replicator replicator(long levelSeq, boolean commits) {
        return switch (extent.replication()) {
            case TWO_PHASE ->
                new TwoPhasePrimary(tenure, log, extent, commitPoint, storage, repairs, ports, levelSeq, commits);
            case CHAIN -> new ChainHead(tenure, log, extent, commitPoint, storage, repairs, ports, levelSeq, commits);
        };
    }

    /** What takes entries in, as any other member or a learner. */
    private Follower follower() {
        return switch (extent.replication()) {
            case TWO_PHASE -> backup;
            case CHAIN -> chain;
        };
    }

    // ---- the applier's and the log's questions

    private long syncedEverywhereSeq() {
        return extent.isAttached() ? follower().syncedEverywhereSeq() : backup.syncedEverywhereSeq();
    }

    /** Up to where entries may be moved into the table: committed, and synced in this brick's own log. */
    public long applicableSeq() {
        long may = Math.min(commitPoint.seq(), extent.applicableSeq());
        return host.defends(Defence.APPLY_ONLY_SYNCED) ? Math.min(may, log.syncedSeq()) : may;
    }

    /** Those of the entries that are to be applied together. */
    public List<Entry> entries(long fromSeq, long toSeq) {
        return Extent.together(log.overlay().entries(fromSeq, toSeq));
    }

    /** What waits to be applied, in bytes. What waits for other members has a window of its own, and must not stop partitions that wait for nobody. */
    public long committedOverlayBytes() {
        return Math.max(0, log.overlay().bytes() - uncommittedBytes());
    }

    /** What waits for other members, in bytes; 0 where this is not the primary. */
    public long uncommittedBytes() {
        return primary == null ? 0 : primary.replicator().uncommittedBytes();
    }

    /** What is known to be committed and is not applied, in bytes. */
    public long lagBytes() {
        return log.overlay().bytesUpTo(commitPoint.seq());
    }

    /** Requests that wait for locks, in bytes. */
    public long waitingBytes() {
        return primary == null ? 0 : primary.waitingBytes();
    }

    /** The oldest position in the brick's log that this replica's entries need: the first one that is not applied here or not synced at every member. */
    public long neededPosition() {
        if (!host.defends(Defence.TRIM_WHAT_ALL_HAVE_SYNCED)) {
            return log.positionAbove(log.applied().seq());
        }
        long everywhere = primary != null ? primary.replicator().syncedEverywhereSeq() : syncedEverywhereSeq();
        return log.positionAbove(Math.min(log.applied().seq(), everywhere));
    }

    /**
     * The log is about to lose everything below {@code headPosition}: writes the promise anew if it lies there.
     *
     * @return the position of the record that holds the promise from then on, which must be synced first: also one that was written for its own sake and is not synced yet, since the
     *     promise before it may go; -1 if there is none
     */
    public long renewPromise(long headPosition) {
        if (log.promisePosition() < 0 || !host.defends(Defence.RENEW_PROMISES)) {
            return -1;
        }
        if (log.promisePosition() < headPosition) {
            boolean isPending = log.promisePosition() == tenure.promisePosition() && !tenure.isPromiseSynced();
            log.promise(log.promisedEpoch());
            if (isPending) {
                tenure.promiseMoved(log.promisePosition());
            }
        }
        return log.promisePosition();
    }

    public void trim(long headPosition) {
        long before = log.trimmedSeq();
        log.trim(headPosition);
        if (log.trimmedSeq() > before) {
            host.outbox().note(new Event.LogTrimmed(partition, log.trimmedSeq()));
        }
    }

    /** The last entry that is known to be in the table. */
    public long appliedSeq() {
        return log.applied().seq();
    }

    /** The version of that entry. */
    public Version applied() {
        return log.applied();
    }

    /** Whether nothing of the partition is here, in log or table. */
    public boolean isEmpty() {
        return !extent.isIncomplete() && log.lastSeq() == 0;
    }

    /** Whether there are committed entries that the table is not known to have, and is to have. */
    public boolean hasUnappliedCommits() {
        return !isRetired && commitPoint.seq() > appliedSeq();
    }

    // ---- marks of the brick's queues, so that each holds this replica once

    public boolean isMarked() {
        return isMarked;
    }

    public void mark(boolean marked) {
        isMarked = marked;
    }

    public boolean isQueuedForApply() {
        return isQueuedForApply;
    }

    public void queueForApply(boolean queued) {
        isQueuedForApply = queued;
    }

    // ---- views from outside

    public PartitionId partition() {
        return partition;
    }

    /**
     * @param copiedBytes how much of a copy has come so far; -1 if none is under way
     */
    public CallMessage.ReplicaStatus status(long copiedBytes) {
        return new CallMessage.ReplicaStatus(
                partition,
                Check.present(tenure.knownView(), "partition %s has no view", partition),
                tenure.isServing(),
                log.lastSeq(),
                commitPoint.seq(),
                log.applied().seq(),
                copiedBytes);
    }

    /** The highest epoch it has promised, in whatever life; 0 if none. */
    public long promisedEpoch() {
        return log.promisedEpoch();
    }

    /** What was written here of late; null while this replica is not the primary of an open view. */
    public @Nullable WriteSample writeSample() {
        return primary == null ? null : primary.sample();
    }

    /** What the metadata log says of the group; null before it said anything. */
    public @Nullable Group group() {
        return tenure.group();
    }

    /** Which record keys the partition serves here; only once it is attached. */
    public KeyRange range() {
        return extent.range();
    }

    /** Whether what is here is half a copy. */
    public boolean isIncomplete() {
        return extent.isIncomplete();
    }

    /** Has the primary of its view hear what is here: after a copy. */
    public void report() {
        if (tenure.view() != null && tenure.isPromiseSynced()) {
            member.report();
        }
    }

    /** The epoch it has promised in this life; 0 if none. */
    public long viewEpoch() {
        return tenure.viewEpoch();
    }
}
