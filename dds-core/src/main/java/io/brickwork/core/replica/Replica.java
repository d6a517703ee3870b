package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.table.Applied;
import io.brickwork.core.table.Table;
import io.brickwork.core.view.EpochRuns;
import io.brickwork.core.view.View;
import io.brickwork.core.view.ViewChange;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one partition.
 *
 * <p>Holds what every member of a group has: what it has stored, what it has promised, which view is open. What a member does besides depends on its role in the view: the
 * {@link Primary} orders and commits writes, a {@link Backup} stores them; both serve {@link Reads}. The step from one view to the next is the {@link ViewChange}, driven by the primary.
 *
 * <p>Guarantees: nothing is acknowledged before it is stored as durably as the structure asks; no entry or commit of an epoch is taken before this replica has been levelled in that very
 * epoch; what an earlier life of this brick did in an epoch is never continued (a restarted replica says so, and the primary takes the next epoch).
 *
 * <p>Called by the brick's machine only.
 *
 * <p>Source: Gribble 2000 §3.2 (two-phase commit across a replica group), with views in place of its recovery by asking peers.
 */
public final class Replica {
    private final PartitionId partition;
    private final ReplicaHost host;
    private final PartitionLog log;
    private final ReadView readView;
    private final Waiters waiters = new Waiters();
    private final Reads reads;
    private final Backup backup;

    /** What the partition is a part of; null until the catalog has been read. */
    private @Nullable Attachment attachment;
    /** The newest view this replica has promised to in this life of the brick; null before. */
    private @Nullable View view;
    /** Its position in the log; the promise counts once it is synced. */
    private long promisePosition;

    private boolean isPromiseSynced;
    private @Nullable ViewChange viewChange;
    /** Null while this replica is not the primary of an open view. */
    private @Nullable Primary primary;
    /** The epoch of the view that is open here; 0 if none is. */
    private long openEpoch;
    /** Everything up to it is known to be committed. Rebuilt: from the table at first, then from the primary. */
    private long committedSeq;

    private boolean isMarked;
    private boolean isQueuedForApply;

    /** The structure, and where the partition lies in it. */
    private record Attachment(StructureInfo structure, StructureType type, KeyRange range, View initialView) {}

    public Replica(Applied applied, ReplicaHost host, Table table) {
        this.partition = applied.partition();
        this.host = host;
        log = new PartitionLog(applied);
        readView = new ReadView(partition, log.overlay(), table);
        committedSeq = applied.version().seq();
        reads = new Reads(this, host);
        backup = new Backup(this, host, log);
    }

    // ---- life of the replica

    /** Takes in a record of the log, before {@link #attach}. */
    public void replay(long position, LogRecord.OfPartition record) {
        log.replay(position, record);
    }

    public void endReplay() {
        log.endReplay();
    }

    /** Tells what the partition is; the primary begins its first view change. */
    public void attach(StructureInfo structure, StructureType type, KeyRange range, View initialView) {
        if (attachment != null) {
            return;
        }
        attachment = new Attachment(structure, type, range, initialView);
        boolean isPrimary = initialView.primary().equals(host.self());
        boolean isResuming =
                !host.defends(isPrimary ? Defence.PRIMARY_RESTART_ENDS_EPOCH : Defence.MEMBER_RESTART_ENDS_EPOCH);
        if (isResuming && log.promisedEpoch() > 0) {
            resume(initialView.atEpoch(log.promisedEpoch()));
        } else if (isPrimary) {
            takeNextEpoch(initialView, 1);
        }
    }

    /** Goes on in the view of an earlier life, as no brick does that keeps all rules. */
    private void resume(View earlier) {
        view = earlier;
        isPromiseSynced = true;
        backup.resume(earlier.epoch());
        if (earlier.primary().equals(host.self())) {
            new Group().opened(log.lastSeq());
        }
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
        switch (message) {
            case ReplicaMessage.Fence fence -> backup.onFence(fence.view());
            case ReplicaMessage.FenceReport report -> {
                if (isMyViewChange(report.epoch())) {
                    if (report.last().epoch() >= report.epoch()) {
                        abandon(
                                from + " has entries of epoch " + report.last().epoch(),
                                report.last().epoch() + 1);
                    } else {
                        currentViewChange().onReport(from, report, nowNanos);
                    }
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
                    currentViewChange().onLevelled(from, levelled);
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
            case ReplicaMessage.Restarted restarted -> {
                if (isMine(restarted.epoch())) {
                    abandon(from + " was started anew", 1);
                }
            }
            case ReplicaMessage.WrongEpoch wrong -> {
                if (isMine(wrong.epoch()) && wrong.promisedEpoch() > wrong.epoch()) {
                    abandon(from + " has promised epoch " + wrong.promisedEpoch(), wrong.promisedEpoch() + 1);
                }
            }
            case ReplicaMessage.AskCommitted ask -> {
                if (primary != null && ask.epoch() == openEpoch) {
                    host.send(from, new ReplicaMessage.Committed(partition, openEpoch, ask.ticket(), committedSeq));
                }
            }
            case ReplicaMessage.Committed committed -> {
                if (openEpoch == committed.epoch()) {
                    advanceCommitted(committed.committedSeq());
                    reads.onCommitted(committed.ticket(), committed.committedSeq());
                }
            }
        }
    }

    private void onFetch(BrickId from, ReplicaMessage.Fetch fetch) {
        if (view == null && fetch.epoch() <= log.promisedEpoch()) {
            // The life that reported is over; nobody fences this one in an epoch that is past fencing.
            host.send(from, new ReplicaMessage.Restarted(partition, fetch.epoch()));
        } else if (view != null && fetch.epoch() == view.epoch() && from.equals(view.primary()) && openEpoch == 0) {
            List<Entry> entries = log.read(host, fetch.fromSeq(), fetch.toSeq());
            host.send(from, new ReplicaMessage.Fetched(partition, fetch.epoch(), entries));
        }
    }

    /** A client's request. */
    public void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        if (attachment == null) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, "the partition is not set up yet");
        } else if (!attachment.range.contains(request.routingKey())) {
            refuse(from, request, CallMessage.Reason.WRONG_PARTITION, "the key lies outside " + attachment.range);
        } else if (openEpoch == 0 && !isReadInClosedView(request)) {
            refuse(from, request, CallMessage.Reason.NOT_OPEN, "no view is open at " + host.self());
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
            }
        }
    }

    private boolean isReadInClosedView(CallMessage.Request request) {
        return view != null && request instanceof CallMessage.Read && !host.defends(Defence.READ_IN_OPEN_VIEW);
    }

    private void refuseNotPrimary(Endpoint from, CallMessage.Request request) {
        refuse(from, request, CallMessage.Reason.NOT_PRIMARY, host.self() + " is not the primary");
    }

    void refuse(Endpoint to, CallMessage.Request request, CallMessage.Reason reason, String detail) {
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
        if (!host.defends(Defence.FORCE_PROMISES)) {
            onPromiseSynced(nowNanos);
        }
        if (viewChange != null) {
            viewChange.onStored();
        }
        if (primary != null) {
            primary.afterStoring();
        } else {
            backup.acknowledge();
        }
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
        log.onApplied(log.entryHere(seq).version());
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
    }

    // ---- views

    /** Begins a view change to the lowest epoch that is above everything this replica has stored or promised, and not below {@code atLeast}. */
    private void takeNextEpoch(View members, long atLeast) {
        long epoch = Math.max(atLeast, Math.max(log.promisedEpoch(), log.last().epoch()) + 1);
        promise(members.atEpoch(epoch));
        viewChange = new ViewChange(partition, currentView(), host.self(), new Group());
    }

    private void abandon(String reason, long atLeast) {
        View old = currentView();
        host.outbox().note(new Event.ViewAbandoned(partition, old.epoch(), reason));
        takeNextEpoch(old, atLeast);
    }

    /** Closes what is open and forces the promise to refuse lower epochs. */
    void promise(View newView) {
        close();
        view = newView;
        isPromiseSynced = false;
        log.promise(this, host, newView.epoch());
        promisePosition = log.promisePosition();
    }

    private void close() {
        readView.close(); // before the fence is answered
        openEpoch = 0;
        primary = null;
        viewChange = null;
        backup.onClosed();
        reads.refuseAll();
    }

    /** The view is open here, with everything up to {@code levelSeq} committed. */
    void open(long levelSeq) {
        View opened = currentView();
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
        readView.open(attached.type, attached.range, openEpoch, committedSeq);
        advanceCommitted(levelSeq);
        host.outbox().note(new Event.ViewOpened(partition, opened, levelSeq));
    }

    /** Everything up to {@code seq} is committed: publishes it before anyone is told. */
    void advanceCommitted(long seq) {
        long reached = Math.min(seq, log.lastSeq());
        if (reached > committedSeq) {
            committedSeq = reached;
            readView.commit(reached);
            waiters.answerUpTo(reached, host.outbox());
            host.onCommitted(this);
        }
    }

    /** What the view change works on: this replica as its group's primary. */
    private final class Group implements ViewChange.Group {
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
        public void opened(long levelSeq) {
            View opened = currentView();
            primary = new Primary(Replica.this, host, log, waiters, opened, levelSeq);
            viewChange = null;
            Replica.this.open(levelSeq);
            primary.announce(levelSeq);
        }

        @Override
        public void note(Event event) {
            host.outbox().note(event);
        }
    }

    // ---- storing

    void store(Entry entry) {
        log.store(this, host, entry);
        if (durability() == Durability.SYNC) {
            host.requestSync();
        }
    }

    void cut(long seq) {
        host.outbox().note(new Event.WasCut(partition, currentView().epoch(), seq, log.last()));
        log.cut(this, host, seq);
        waiters.drop(seq);
    }

    /** Up to where entries are stored as durably as the structure asks. */
    long storedSeq() {
        return durability() == Durability.SYNC ? log.syncedSeq() : log.writtenSeq();
    }

    // ---- the applier's and the log's questions

    /** Up to where entries may be moved into the table: committed, and synced in this brick's own log. */
    public long applicableSeq() {
        return host.defends(Defence.APPLY_ONLY_SYNCED) ? Math.min(committedSeq, log.syncedSeq()) : committedSeq;
    }

    public List<Entry> entries(long fromSeq, long toSeq) {
        return log.overlay().entries(fromSeq, toSeq);
    }

    /** What waits to be applied, in bytes. What waits for other members has a window of its own, and must not stop partitions that wait for nobody. */
    public long committedOverlayBytes() {
        long uncommitted = primary == null ? 0 : primary.windowBytes();
        return Math.max(0, log.overlay().bytes() - uncommitted);
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

    /** Whether there are committed entries that the table is not known to have. */
    public boolean hasUnappliedCommits() {
        return committedSeq > appliedSeq();
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

    public ReadView readView() {
        return readView;
    }

    public CallMessage.ReplicaStatus status() {
        return new CallMessage.ReplicaStatus(
                partition,
                view != null ? view : attached().initialView,
                openEpoch != 0,
                log.lastSeq(),
                committedSeq,
                log.applied().seq());
    }

    /** Evaluates a pure read against everything committed; for the brick itself. */
    public <T> T inspect(Function<Records, T> reader) {
        return reader.apply(records(committedSeq));
    }

    ReplicaRecords records(long asOfSeq) {
        return new ReplicaRecords(partition, attached().range, log.overlay(), asOfSeq, host::turnSnapshot);
    }

    StructureType type() {
        return attached().type;
    }

    Durability durability() {
        return attached().structure.spec().durability();
    }

    long openEpoch() {
        return openEpoch;
    }

    long lastSeq() {
        return log.lastSeq();
    }

    long committedSeq() {
        return committedSeq;
    }

    long promisedEpoch() {
        return log.promisedEpoch();
    }

    boolean isPrimary() {
        return primary != null;
    }

    boolean isPromiseSynced() {
        return isPromiseSynced;
    }

    /** The view promised to in this life; null if there is none yet. */
    @Nullable
    View view() {
        return view;
    }

    View currentView() {
        return Check.present(view, "partition %s has no view", partition);
    }

    /** The newest view that is known; null before the replica knows what it is a part of. */
    private @Nullable View knownView() {
        if (view != null) {
            return view;
        }
        return attachment != null ? attachment.initialView : null;
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
        return attached().range.contains(recordKey);
    }
}
