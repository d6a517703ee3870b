package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Durability;
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
import io.brickwork.core.group.View;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.core.view.ViewChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one partition.
 *
 * <p>Holds what every member of a group has: what it has stored, what it has promised, which view is open. What a member does besides depends on its role in the view: the
 * {@link Primary} orders and commits writes, a {@link Backup} stores them; both serve {@link Reads}. A learner is a backup that does not count, and serves nobody. The step from one view to the next
 * is the {@link ViewChange}, driven by the primary; which views there are is decided by the metadata log, and comes in through {@link #onGroup}.
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
    private final PartitionLog log;
    private final Extent extent;
    private final ReadView readView;
    private final Waiters waiters = new Waiters();
    private final Reads reads;
    private final Backup backup;
    private final Repairs repairs;

    /** What the partition is a part of; null until the catalog has been read. */
    private @Nullable Attachment attachment;
    /** What the metadata log says of the group, as far as this brick has carried it out; null before it said anything. */
    private @Nullable Group group;
    /** Whether the table has but half a copy: what is here counts for nothing. */
    private boolean isIncomplete;
    /** Whether what is here was copied in the epoch of the view. */
    private boolean hasCopied;
    /** The newest view this replica has promised to in this life of the brick; null before. */
    private @Nullable GroupView view;

    private Role role = Role.LEFT_OUT;
    /** Its position in the log; the promise counts once it is synced. */
    private long promisePosition;

    private boolean isPromiseSynced;
    private @Nullable ViewChange viewChange;
    /** Null while this replica is not the primary of an open view. */
    private @Nullable Primary primary;
    /** The epoch of the view that is open here; 0 if none is. */
    private long openEpoch;
    /** The epoch that was open here and is closed for good: nothing more of it is taken. */
    private long closedEpoch;
    /** Whether it answers requests: a learner does not, nor does a view that is too small to commit anything. */
    private boolean isServing;
    /** Everything up to it is known to be committed. Rebuilt: from the table at first, then from the primary. */
    private long committedSeq;

    private boolean isRetired;
    private boolean isMarked;
    private boolean isQueuedForApply;

    /** The structure, and which of its keys are served here. */
    private record Attachment(StructureInfo structure, RecordAccess type, Extent.Keys keys) {}

    /**
     * As the table has it; {@link #replay} follows.
     *
     * @param isIncomplete whether the table has but half a copy
     */
    public Replica(Applied applied, boolean isIncomplete, ReplicaHost host, Table table) {
        this(applied, isIncomplete, new PartitionLog(applied, prepared(applied, isIncomplete, table)), host, table);
    }

    /** One that takes another's place, with what the table has after, or before, a copy: the promise stays. */
    public Replica(Applied applied, boolean isIncomplete, Replica before, Table table) {
        this(
                applied,
                isIncomplete,
                new PartitionLog(applied, prepared(applied, isIncomplete, table), before.log),
                before.host,
                table);
        attachment = before.attachment;
        group = before.group;
        view = before.view;
        role = before.role;
        isPromiseSynced = before.isPromiseSynced;
        hasCopied = !isIncomplete;
        promisePosition = before.promisePosition;
    }

    private Replica(Applied applied, boolean isIncomplete, PartitionLog partitionLog, ReplicaHost host, Table table) {
        this.partition = applied.partition();
        this.isIncomplete = isIncomplete;
        this.host = host;
        log = partitionLog;
        extent = new Extent(applied.partition(), host, log);
        readView = new ReadView(partition, log.locks(), log.overlay(), table, host.leaseEnd(), host.readViews());
        committedSeq = applied.version().seq();
        reads = new Reads(this, host);
        backup = new Backup(this, host, log);
        repairs = new Repairs(this, host);
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
        if (attachment == null) {
            attachment = new Attachment(structure, new RecordAccess(type), Extent.Keys.all(range));
        }
    }

    /** What was stored or decided may change which keys are served here. */
    private void updateExtent() {
        Group decided = group;
        Attachment attached = attachment;
        if (decided == null || attached == null) {
            return;
        }
        Extent.Keys keys = extent.update(decided);
        attachment = new Attachment(attached.structure, attached.type, keys);
        if (isServing && openEpoch != 0 && !keys.equals(attached.keys)) {
            showTo(attachment);
        }
    }

    /** What callers in this process may read, and nobody who waits for the word of others if it is nothing. */
    private void showTo(Attachment attached) {
        if (attached.keys.isClosed()) {
            readView.close();
            reads.refuseAll();
        } else {
            readView.open(attached.type, attached.keys, openEpoch, committedSeq);
        }
    }

    /** What becomes of the partition's keys. */
    public Extent extent() {
        return extent;
    }

    /** The metadata log says something new of the group, or of this brick. */
    public void onGroup(Group decided, long nowNanos) {
        group = decided;
        Member self = host.member();
        updateExtent();
        if (self == null || attachment == null) {
            return;
        }
        advanceCommitted(extent.recordedSeq());
        GroupView newest = decided.newest();
        if (openEpoch != 0 && openEpoch < newest.epoch() && roleIn(newest) != Role.MEMBER) {
            close(); // leases given from here on do not cover it any more (§5)
        }
        boolean isPrimary = roleIn(newest) == Role.MEMBER && newest.primary().equals(self.brick());
        if (isPrimary && newest.epoch() > log.promisedEpoch()) {
            promise(newest);
            viewChange = new ViewChange(decided, self.brick(), new ViewGroup());
        }
        if (view == null && !host.defends(Defence.COUNT_STARTS) && newest.epoch() == log.promisedEpoch()) {
            resume(decided);
        }
        if (viewChange != null && currentView().epoch() == newest.epoch() && decided.isOpen()) {
            viewChange.onRecorded();
        }
    }

    /** Goes on in the view of an earlier life, as no brick does that keeps all rules. */
    private void resume(Group decided) {
        view = decided.newest();
        role = roleIn(decided.newest());
        isPromiseSynced = true;
        backup.resume(decided.newest().epoch());
        if (decided.newest().primary().equals(host.self()) && decided.isOpen()) {
            new ViewGroup().opened(log.lastSeq());
        }
    }

    /** Another takes its place, or none: it does nothing any more. */
    public void retire() {
        close();
        isRetired = true;
        view = null;
        role = Role.LEFT_OUT;
        attachment = null;
    }

    /** Makes everything void that the log holds of the partition; returns the position that must be synced before the table forgets its part. */
    public long abandonLog() {
        return log.abandon(this, host);
    }

    /** What this brick is in the view. */
    Role roleIn(GroupView other) {
        Member self = host.member();
        Member named = other.member(host.self());
        Member learner = other.learner(host.self());
        if (named == null && learner == null) {
            return Role.LEFT_OUT;
        }
        boolean isThisLife = self != null && (self.equals(named) || self.equals(learner));
        if (!isThisLife) {
            return Role.OTHER_LIFE;
        }
        return named != null ? Role.MEMBER : Role.LEARNER;
    }

    public boolean isAttached() {
        return attachment != null;
    }

    // ---- messages

    /** A message of another member, or of this one to itself. */
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        if (attachment == null) {
            return; // will be sent again
        }
        String objection =
                Plausible.objection(from, message, view, group, primary == null || openEpoch == 0 ? -1 : log.lastSeq());
        if (objection != null) {
            disbelieve(from, objection);
            return;
        }
        switch (message) {
            case ReplicaMessage.Fence fence -> backup.onFence(from, fence.view());
            case ReplicaMessage.FenceReport report -> {
                if (isMyViewChange(report.epoch())) {
                    currentViewChange().onReport(from, report, nowNanos);
                } else if (primary != null && report.epoch() == openEpoch) {
                    primary.onReport(from, report, nowNanos);
                }
            }
            case ReplicaMessage.Fetch fetch -> onFetch(from, fetch);
            case ReplicaMessage.Fetched fetched -> {
                if (isMyViewChange(fetched.epoch())) {
                    currentViewChange().onFetched(from, fetched, nowNanos);
                }
            }
            case ReplicaMessage.Level level -> backup.onLevel(from, level);
            case ReplicaMessage.Levelled levelled -> {
                if (isMyViewChange(levelled.epoch())) {
                    currentViewChange().onLevelled(from, levelled, nowNanos);
                } else if (primary != null && levelled.epoch() == openEpoch) {
                    primary.onLevelled(from, levelled, nowNanos);
                }
            }
            case ReplicaMessage.Open open -> backup.onOpen(from, open);
            case ReplicaMessage.Store store -> backup.onStore(from, store);
            case ReplicaMessage.Commit commit -> backup.onCommit(from, commit);
            case ReplicaMessage.Stored stored -> {
                if (primary != null && stored.epoch() == openEpoch) {
                    primary.onStored(from, stored, nowNanos);
                }
            }
            case ReplicaMessage.WrongEpoch wrong -> {
                if (view != null && wrong.epoch() == view.epoch() && wrong.promisedEpoch() > wrong.epoch()) {
                    close(); // whoever has promised more takes nothing of this view any more
                }
            }
            case ReplicaMessage.CopyOffer offer -> {
                if (view != null && offer.epoch() == view.epoch() && role == Role.LEARNER && isPromiseSynced) {
                    if (hasCopied) {
                        backup.report(); // the offer is older than the copy
                    } else {
                        host.beginCopy(this, from);
                    }
                }
            }
            case ReplicaMessage.CopyAsk ask -> {
                if (primary != null && ask.epoch() == openEpoch) {
                    primary.onCopyAsk(from, ask, nowNanos);
                }
            }
            case ReplicaMessage.CopyPart part -> {} // the copy's business
            case ReplicaMessage.RepairAsk ask -> repairs.onAsk(from, ask);
            case ReplicaMessage.RepairPart part -> repairs.onPart(part);
            case ReplicaMessage.MergeAsk ask -> {
                if (primary != null) {
                    primary.onMergeAsk(from, ask);
                }
            }
            case ReplicaMessage.MergePart part -> {
                if (primary != null && part.epoch() == openEpoch) {
                    primary.onMergePart(part, nowNanos);
                }
            }
            case ReplicaMessage.AskStand ask -> {
                if (primary != null) {
                    primary.transactions().onAsk(from, ask, nowNanos);
                }
            }
            case ReplicaMessage.TellStand told -> {
                if (primary != null && told.epoch() == openEpoch) {
                    primary.transactions().onTold(told, nowNanos);
                }
            }
            case ReplicaMessage.Compare compare -> {
                if (primary != null && compare.epoch() == openEpoch) {
                    primary.onCompare(from, compare);
                }
            }
            case ReplicaMessage.AskCommitted ask -> {
                if (ask.epoch() == openEpoch && openEpoch != 0) {
                    host.send(from, new ReplicaMessage.Committed(partition, openEpoch, ask.ticket(), committedSeq));
                }
            }
            case ReplicaMessage.Committed committed -> {
                if (openEpoch == committed.epoch()) {
                    advanceCommitted(committed.committedSeq());
                    reads.onCommitted(from, committed.ticket(), committed.committedSeq(), nowNanos);
                }
            }
        }
    }

    /** What a brick says cannot be true: nothing comes of it. */
    void disbelieve(BrickId from, String reason) {
        host.outbox().note(new Event.MessageRefused(new Endpoint.Peer(from), "partition " + partition + ": " + reason));
    }

    private void onFetch(BrickId from, ReplicaMessage.Fetch fetch) {
        if (view != null && fetch.epoch() == view.epoch() && from.equals(view.primary()) && openEpoch == 0) {
            List<Entry> entries = log.read(host, fetch.fromSeq(), fetch.toSeq());
            host.send(from, new ReplicaMessage.Fetched(partition, fetch.epoch(), entries));
        }
    }

    /** A client's request. */
    public void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        if (attachment == null) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, "the partition is not set up yet");
        } else if (attachment.keys.isClosed()) {
            refuse(from, request, CallMessage.Reason.SPLITTING, "the partition is being merged into another");
        } else if (!isServing && !isReadInClosedView(request)) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, whyNotServing());
        } else if (request.epoch() != 0 && request.epoch() != openEpoch) {
            refuse(from, request, CallMessage.Reason.WRONG_EPOCH, "the open epoch is " + openEpoch);
        } else {
            switch (request) {
                case CallMessage.Read read -> reads.onRead(from, read, nowNanos);
                case CallMessage.Write write -> {
                    if (primary != null) {
                        primary.onWrite(from, write, nowNanos);
                    } else {
                        refuseNotPrimary(from, request);
                    }
                }
                case CallMessage.Inquire inquire -> {
                    if (primary != null) {
                        primary.onInquire(from, inquire);
                    } else {
                        refuseNotPrimary(from, request);
                    }
                }
                case CallMessage.OfTransaction one -> {
                    if (primary != null) {
                        primary.transactions().onRequest(from, one, nowNanos);
                    } else {
                        refuseNotPrimary(from, request);
                    }
                }
            }
        }
    }

    private String whyNotServing() {
        if (openEpoch != 0 && role == Role.LEARNER) {
            return host.self() + " is being brought level";
        }
        if (openEpoch != 0 && group != null) {
            return currentView().members().size() + " of " + group.replicas()
                    + " members are there, and nothing is committed with less than " + group.minInSync();
        }
        return "no view is open at " + host.self();
    }

    private boolean isReadInClosedView(CallMessage.Request request) {
        return view != null && request instanceof CallMessage.Read && !host.defends(Defence.READ_IN_OPEN_VIEW);
    }

    private void refuseNotPrimary(Endpoint from, CallMessage.Request request) {
        refuse(from, request, CallMessage.Reason.NOT_PRIMARY, host.self() + " is not the primary");
    }

    public void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail) {
        host.outbox().send(to, new CallMessage.Refusal(request.ticket(), partition, reason, detail, knownView()));
    }

    // ---- what the brick tells

    public void onLinkUp(BrickId peer, long nowNanos) {
        if (viewChange != null && isPromiseSynced) {
            viewChange.onLinkUp(nowNanos);
        }
        if (primary != null) {
            primary.onLinkUp(peer, nowNanos);
        }
        reads.onLinkUp(peer);
    }

    public void onCallerGone(Endpoint caller) {
        if (primary != null) {
            primary.transactions().onCallerGone(caller);
        }
    }

    /** The record at this position is written; {@link #afterStoring} follows once for all of a turn. */
    public void onWritten(long position, long seq) {
        log.onWritten(position, seq);
    }

    /** The record at this position is synced; {@link #afterStoring} follows once for all of a turn. */
    public void onSynced(long position, long seq, long nowNanos) {
        log.onSynced(position, seq);
        if (position == promisePosition) {
            onPromiseSynced(nowNanos);
        }
    }

    private void onPromiseSynced(long nowNanos) {
        if (!isPromiseSynced && view != null) {
            isPromiseSynced = true;
            host.outbox().note(new Event.Fenced(partition, view.epoch(), view.primary()));
            if (viewChange != null) {
                viewChange.begin(nowNanos);
            } else {
                backup.report();
            }
        }
    }

    /** Storing has come further. */
    public void afterStoring(long nowNanos) {
        if (viewChange != null) {
            viewChange.onStored(nowNanos);
        }
        if (primary != null) {
            primary.afterStoring(nowNanos);
        } else {
            backup.acknowledge();
        }
        reads.retryUnlocked(nowNanos);
        check();
    }

    /** What must hold after every turn, whatever came in it: what it has stored is in order, and what is open is what it has promised. Nothing is boxed as long as it does. */
    private void check() {
        log.check();
        boolean isOrdered = log.applied().seq() <= committedSeq && committedSeq <= log.lastSeq();
        boolean isPromised = view == null || view.epoch() == log.promisedEpoch();
        boolean isOpenInView = openEpoch == 0 || (view != null && openEpoch == view.epoch() && isPromiseSynced);
        boolean isPrimaryInView = primary == null || (openEpoch != 0 && viewChange == null && isMine(openEpoch));
        if (!isOrdered || !isPromised || !isOpenInView || !isPrimaryInView) {
            throw new Check.InvariantBroken(
                    "partition %s: applied %s, committed up to %d, stored up to %d; promised epoch %d, in %s, open in epoch %d, %s"
                            .formatted(
                                    partition,
                                    log.applied(),
                                    committedSeq,
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
        if (viewChange != null && isPromiseSynced) {
            viewChange.onTick(nowNanos);
        }
        if (primary != null) {
            primary.onTick(nowNanos);
        } else {
            backup.onTick();
        }
        reads.onTick(nowNanos);
        repairs.onTick(nowNanos);
    }

    // ---- rot

    /** A row of the table cannot be read. */
    public void onCorrupt(CorruptRecordException found) {
        host.outbox().note(new Event.RecordCorrupt(partition, String.valueOf(found.getMessage())));
        Bytes recordKey = found.recordKey();
        if (recordKey != null
                && range().contains(recordKey)) { // served or not: what is given up must be read to be taken in
            repairs.found(recordKey);
        }
    }

    /** What the table holds within the range goes to the primary, which has the same if all is well. Nothing is sent by the primary itself, nor while no view is open. */
    public void compare(KeyRange range, Version appliedVersion, Bytes digest) {
        if (openEpoch != 0 && role == Role.MEMBER && primary == null) {
            host.send(
                    currentView().primary(),
                    new ReplicaMessage.Compare(partition, openEpoch, range, appliedVersion, digest));
        }
    }

    // ---- views

    /** Closes what is open and forces the promise to refuse lower epochs. */
    void promise(GroupView newView) {
        close();
        hasCopied = false;
        view = newView;
        role = roleIn(newView);
        isPromiseSynced = false;
        log.promise(this, host, newView.epoch());
        promisePosition = log.promisePosition();
    }

    private void close() {
        readView.close(); // before the fence is answered
        if (openEpoch != 0) {
            host.outbox().note(new Event.ViewClosed(partition, openEpoch));
            closedEpoch = openEpoch;
        }
        openEpoch = 0;
        isServing = false;
        if (primary != null) {
            primary.close();
        }
        primary = null;
        viewChange = null;
        backup.onClosed();
        reads.refuseAll();
    }

    /** The view is open here, with everything up to {@code levelSeq} committed. */
    void open(long levelSeq) {
        GroupView opened = currentView();
        Attachment attached = attached();
        Check.invariant(
                levelSeq >= committedSeq && levelSeq <= log.lastSeq(),
                "partition %s opens epoch %d at level %d, committed up to %d, stored up to %d",
                partition,
                opened.epoch(),
                levelSeq,
                committedSeq,
                log.lastSeq());
        openEpoch = opened.epoch();
        if (role == Role.MEMBER) {
            isServing = true;
            showTo(attached);
        }
        advanceCommitted(levelSeq);
        host.outbox().note(new Event.ViewOpened(partition, opened, levelSeq, true));
    }

    /** The view is open, and has so few members that it commits nothing: all that is done in it is to bring learners level (§4). */
    private void openWithoutCommits(long levelSeq) {
        openEpoch = currentView().epoch();
        host.outbox().note(new Event.ViewOpened(partition, currentView(), levelSeq, false));
    }

    /** Everything up to {@code seq} is committed: publishes it before anyone is told. */
    void advanceCommitted(long seq) {
        long reached = Math.min(seq, log.lastSeq());
        if (reached > committedSeq) {
            committedSeq = reached;
            readView.commit(reached);
            if (log.locks().onCommitted(reached)) { // only then, see ReadView
                reads.onUnlocked();
            }
            waiters.answerUpTo(reached, host.outbox());
            host.onCommitted(this);
        }
    }

    /** What the view change works on: this replica as its group's primary. */
    private final class ViewGroup implements ViewChange.Group {
        @Override
        public void send(BrickId member, ReplicaMessage message) {
            host.send(member, message);
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
            return log.read(host, fromSeq, toSeq);
        }

        @Override
        public void cut(long seq) {
            Replica.this.cut(seq);
        }

        @Override
        public void store(Entry entry) {
            Replica.this.store(entry);
        }

        @Override
        public long storedSeq() {
            return log.isCutSynced() ? Replica.this.storedSeq() : -1;
        }

        @Override
        public void record(List<BrickId> fenced) {
            host.propose(new MetadataCommand.OpenView(partition, currentView().epoch(), fenced));
        }

        @Override
        public void propose(GroupView next) {
            proposeView(next.primary(), next.members(), next.learners());
        }

        @Override
        public void opened(long levelSeq) {
            GroupView opened = currentView();
            boolean commits = commits(opened);
            primary = new Primary(Replica.this, host, log, waiters, opened, levelSeq, commits);
            viewChange = null;
            if (commits) {
                Replica.this.open(levelSeq);
                primary.announce(levelSeq);
            } else {
                openWithoutCommits(levelSeq);
            }
        }

        @Override
        public void note(Event event) {
            host.outbox().note(event);
        }
    }

    /** Whether the view has the members that it takes to commit. */
    private boolean commits(GroupView opened) {
        return group == null
                || opened.members().size() >= group.minInSync()
                || !host.defends(Defence.COMMIT_WITH_MIN_IN_SYNC);
    }

    /** Has the metadata log decide another view in place of this one, unless it has already. */
    void proposeView(BrickId newPrimary, List<Member> members, List<Member> learners) {
        Group decided = group;
        if (decided != null && view != null && decided.newest().epoch() == view.epoch()) {
            host.propose(new MetadataCommand.ChangeView(
                    partition,
                    view.epoch(),
                    decided.openedEpoch(),
                    newPrimary,
                    members,
                    decided.learners(members, learners)));
        }
    }

    // ---- storing

    void store(Entry entry) {
        log.store(this, host, entry);
        if (entry.reshapes()) {
            updateExtent(); // before it is acknowledged
        }
        if (mustSync() || entry.transaction() != null) {
            host.requestSync();
        }
    }

    void cut(long seq) {
        host.outbox().note(new Event.WasCut(partition, currentView().epoch(), seq, log.last()));
        log.cut(this, host, seq);
        updateExtent();
        waiters.drop(seq);
    }

    /** Up to where entries are stored as durably as the structure asks. */
    long storedSeq() {
        return mustSync() ? log.syncedSeq() : log.durableSeq();
    }

    /** A copy that is not synced is worth something only beside another: alone in a cluster of more, a member waits for its disk whatever the structure asks. */
    private boolean mustSync() {
        boolean isLeftAlone = view != null && view.members().size() == 1 && host.clusterBricks() > 1;
        return isLeftAlone || durability() == Durability.SYNC;
    }

    // ---- the applier's and the log's questions

    /** Up to where entries may be moved into the table: committed, and synced in this brick's own log. */
    public long applicableSeq() {
        long may = Math.min(committedSeq, extent.applicableSeq());
        return host.defends(Defence.APPLY_ONLY_SYNCED) ? Math.min(may, log.syncedSeq()) : may;
    }

    /** Those of the entries that are to be applied together. */
    public List<Entry> entries(long fromSeq, long toSeq) {
        return Extent.together(log.overlay().entries(fromSeq, toSeq));
    }

    /** What is stored and not known to be in the table, in bytes. */
    long overlayBytes() {
        return log.overlay().bytes();
    }

    /** What waits to be applied, in bytes. What waits for other members has a window of its own, and must not stop partitions that wait for nobody. */
    public long committedOverlayBytes() {
        return Math.max(0, log.overlay().bytes() - uncommittedBytes());
    }

    /** What waits for other members, in bytes; 0 where this is not the primary. */
    public long uncommittedBytes() {
        return primary == null ? 0 : primary.windowBytes();
    }

    /** What is known to be committed and is not applied, in bytes. */
    public long lagBytes() {
        return log.overlay().bytesUpTo(committedSeq);
    }

    /** Requests that wait for locks, in bytes. */
    public long waitingBytes() {
        return primary == null ? 0 : primary.transactions().waitingBytes();
    }

    /** The oldest position in the brick's log that this replica's entries need: the first one that is not applied here or not synced at every member. */
    public long neededPosition() {
        if (!host.defends(Defence.TRIM_WHAT_ALL_HAVE_SYNCED)) {
            return log.positionAbove(log.applied().seq());
        }
        long everywhere = primary != null ? primary.syncedEverywhereSeq() : backup.syncedEverywhereSeq();
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
            boolean isPending = log.promisePosition() == promisePosition && !isPromiseSynced;
            log.promise(this, host, log.promisedEpoch());
            if (isPending) {
                promisePosition = log.promisePosition();
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
        return !isIncomplete && log.lastSeq() == 0;
    }

    /** Whether there are committed entries that the table is not known to have, and is to have. */
    public boolean hasUnappliedCommits() {
        return !isRetired && committedSeq > appliedSeq();
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
                Check.present(knownView(), "partition %s has no view", partition),
                isServing,
                log.lastSeq(),
                committedSeq,
                log.applied().seq(),
                copiedBytes);
    }

    ReplicaRecords records(long asOfSeq) {
        Attachment attached = attached();
        return new ReplicaRecords(partition, attached.keys, log.locks(), log.overlay(), asOfSeq, host::turnSnapshot);
    }

    Locks locks() {
        return log.locks();
    }

    RecordAccess type() {
        return attached().type;
    }

    Durability durability() {
        return attached().structure.spec().durability();
    }

    long openEpoch() {
        return openEpoch;
    }

    /** A stored entry that the table is not known to have. */
    Entry entryHere(long seq) {
        return log.entryHere(seq);
    }

    /** Whether the partition is to be split or given up, and is not yet. */
    boolean isToBeReshaped() {
        Group decided = group;
        return decided != null && (decided.split() != null || decided.isLeaving());
    }

    long lastSeq() {
        return log.lastSeq();
    }

    long committedSeq() {
        return committedSeq;
    }

    /** The highest epoch it has promised, in whatever life; 0 if none. */
    public long promisedEpoch() {
        return log.promisedEpoch();
    }

    boolean isPrimary() {
        return primary != null;
    }

    /** What was written here of late; null while this replica is not the primary of an open view. */
    public @Nullable WriteSample writeSample() {
        return primary == null ? null : primary.sample();
    }

    boolean isPromiseSynced() {
        return isPromiseSynced;
    }

    /** The view promised to in this life; null if there is none yet. */
    @Nullable
    GroupView view() {
        return view;
    }

    GroupView currentView() {
        return Check.present(view, "partition %s has no view", partition);
    }

    /** The newest view that is known; null before anything is. */
    private @Nullable View knownView() {
        Group decided = group;
        if (decided != null && (view == null || view.epoch() < decided.newest().epoch())) {
            return decided.newest().toView();
        }
        return view == null ? null : view.toView();
    }

    /** What the metadata log says of the group; null before it said anything. */
    public @Nullable Group group() {
        return group;
    }

    /** Whether the snapshot's table has taken in, or given away, no more than this replica knows. */
    boolean shows(Snapshot snapshot) {
        return attached().keys.counts(snapshot.applied(partition).version());
    }

    /** Which record keys the partition serves here; only once it is attached. */
    public KeyRange range() {
        return attached().keys.range();
    }

    /** How many members a view must have to commit anything. */
    int minInSync() {
        return group == null ? 1 : group.minInSync();
    }

    /** Whether the epoch was closed here, and may not be opened again. */
    boolean isClosedForGood(long epoch) {
        return epoch <= closedEpoch;
    }

    /** Whether what is here is half a copy. */
    public boolean isIncomplete() {
        return isIncomplete;
    }

    Role role() {
        return role;
    }

    /** Has the primary of its view hear what is here: after a copy. */
    public void report() {
        if (view != null && isPromiseSynced) {
            backup.report();
        }
    }

    /** The epoch it has promised in this life; 0 if none. */
    public long viewEpoch() {
        return view == null ? 0 : view.epoch();
    }

    private Attachment attached() {
        return Check.present(attachment, "partition %s is not attached", partition);
    }

    private boolean isMine(long epoch) {
        return view != null && view.epoch() == epoch && view.primary().equals(host.self());
    }

    private boolean isMyViewChange(long epoch) {
        return viewChange != null && isMine(epoch) && isPromiseSynced;
    }

    private ViewChange currentViewChange() {
        return Check.present(viewChange, "partition %s is not in a view change", partition);
    }

    /** Routing keys are checked by {@link #onRequest}; records of effects here. */
    boolean owns(Bytes recordKey) {
        return !attached().keys.isClosed() && attached().keys.range().contains(recordKey);
    }
}
