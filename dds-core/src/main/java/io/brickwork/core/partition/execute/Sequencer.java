package io.brickwork.core.partition.execute;

import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.machine.WriteSample;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.replicate.EntryMaker;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.ReplicaRecords;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Puts the changes of one partition in their order, at the primary of an open view: says which operations may be taken,
 * gives each entry its version, and answers for what was done before.
 *
 * <p>An entry is remembered with its completion record, stored here, and handed to {@link Replicator}. Answers go out
 * only for committed entries ({@link Waiters}).
 *
 * <p>Source: Gribble 2000 §4.1; exactly-once after Liskov and Cowling 2012 §4.1 (client table) and RIFL (Lee et al.
 * 2015 §3).
 */
public final class Sequencer {
    /**
     * What an operation changes and answers, or what a transaction asks of a partition, in bytes: an entry has a head
     * besides.
     */
    static final int MOST_BYTES = Limits.ENTRY_BYTES - 4096;

    private final Tenure tenure;
    private final PartitionLog log;
    private final Extent extent;
    private final CommitPoint commitPoint;
    private final Storage storage;
    private final Waiters waiters;
    private final SessionTable sessions;
    private final Replicator replicator;
    private final Refusals refusals;
    private final Repairs repairs;
    private final Ports ports;
    private final GroupView view;
    private final PartitionId partition;
    /** Whether the view has the members that it takes to commit anything. */
    private final boolean commits;

    private final WriteSample sample = new WriteSample();

    /** @param commits whether the view has the members that it takes to commit anything */
    public Sequencer(
            Tenure tenure,
            PartitionLog log,
            Extent extent,
            CommitPoint commitPoint,
            Storage storage,
            Waiters waiters,
            SessionTable sessions,
            Replicator replicator,
            Refusals refusals,
            Repairs repairs,
            Ports ports,
            boolean commits) {
        this.tenure = tenure;
        this.log = log;
        this.extent = extent;
        this.commitPoint = commitPoint;
        this.storage = storage;
        this.waiters = waiters;
        this.sessions = sessions;
        this.replicator = replicator;
        this.refusals = refusals;
        this.repairs = repairs;
        this.ports = ports;
        this.commits = commits;
        this.view = tenure.currentView();
        this.partition = tenure.partition();
    }

    // ---- order

    /** Stores the entry that comes next, and has it replicated. */
    public void store(EntryMaker maker, long nowNanos) {
        store(maker, null, 0, nowNanos);
    }

    /**
     * Stores the entry that comes next, and has it replicated.
     *
     * @param from who is told when it is committed; null if nobody is
     */
    public void store(EntryMaker maker, @Nullable Endpoint from, long ticket, long nowNanos) {
        Entry entry = maker.make(new Version(view.epoch(), log.lastSeq() + 1));
        if (from != null) {
            waiters.add(entry, from, ticket);
        }
        if (ports.cluster().defends(Defence.REMEMBER_COMPLETIONS)) {
            sessions.add(entry);
        }
        storage.store(entry);
        replicator.replicate(entry, nowNanos);
    }

    /** The view in which it orders. */
    public GroupView view() {
        return view;
    }

    /** Whether the view has the members that it takes to commit anything. */
    public boolean commits() {
        return commits;
    }

    /** Whether no later view is decided, as far as this brick knows. */
    public boolean isInNewestView() {
        Group group = ports.cluster().metadata().group(partition);
        return group != null && group.newest().epoch() == view.epoch();
    }

    /** What was written of late. */
    public WriteSample sample() {
        return sample;
    }

    // ---- what may be taken

    private boolean isForgotten(OperationId operation) {
        return operation.number() < sessions.lowWater(operation.session())
                && ports.cluster().defends(Defence.REFUSE_FORGOTTEN);
    }

    /** Whether an operation of which nothing is on record may be taken; else it has been refused. */
    public boolean admits(Endpoint from, CallMessage.Request request, OperationId operation, long lowWater) {
        SessionId session = operation.session();
        long number = operation.number();
        if (isForgotten(operation)) {
            refusals.refuse(from, request, CallMessage.Reason.FORGOTTEN, "below the low-water mark");
            return false;
        }
        MetadataState metadata = ports.cluster().metadata();
        if (metadata.isExpired(session) && ports.cluster().defends(Defence.REFUSE_EXPIRED)) {
            refusals.refuse(from, request, CallMessage.Reason.EXPIRED, "session " + session + " is over");
            return false;
        }
        if (session.slot() > metadata.slot() && ports.cluster().defends(Defence.KNOW_SESSION)) {
            refusals.refuse(
                    from,
                    request,
                    CallMessage.Reason.SESSION_UNKNOWN,
                    ports.cluster().self() + " has carried out the metadata log up to slot " + metadata.slot()
                            + ", and has not learned of session " + session);
            return false;
        }
        if (number - Math.max(lowWater, sessions.lowWater(session)) >= Limits.SESSION_WINDOW_OPERATIONS) {
            refusals.refuse(
                    from,
                    request,
                    CallMessage.Reason.WINDOW,
                    "operation " + number + " is " + Limits.SESSION_WINDOW_OPERATIONS
                            + " or more above the low-water mark");
            return false;
        }
        if (sessions.resultBytes(session, lowWater) > Limits.SESSION_RESULT_BYTES) {
            refusals.refuse(
                    from,
                    request,
                    CallMessage.Reason.WINDOW,
                    "the unacknowledged answers of the session take more than " + Limits.SESSION_RESULT_BYTES
                            + " bytes in this partition");
            return false;
        }
        if (replicator.uncommittedBytes() > ports.load().windowBytes()
                || ports.load().isOverlayFull()) {
            refusals.refuse(
                    from,
                    request,
                    CallMessage.Reason.OVERLOADED,
                    "too much is stored and not yet committed and applied");
            return false;
        }
        return true;
    }

    /** Whether all keys of a transaction's part lie in the partition; else it has been refused. */
    public boolean isWithin(Endpoint from, CallMessage.Request request, Part part) {
        if (part.isWithin(extent.range())) {
            return true;
        }
        Group group = tenure.group();
        if (group != null && part.isWithin(group.range())) {
            refusals.refuse(from, request, CallMessage.Reason.SPLITTING, "the partition is being split");
        } else {
            ports.peers()
                    .outbox()
                    .send(
                            from,
                            new CallMessage.Refusal(
                                    request.ticket(),
                                    partition,
                                    CallMessage.Reason.WRONG_PARTITION,
                                    "some keys of the transaction lie outside of partition " + partition,
                                    group == null ? extent.range() : group.range(),
                                    view.toView()));
        }
        return false;
    }

    // ---- what was done before

    /** Answers from the record, if the operation was done; returns whether it was. */
    boolean answers(Endpoint from, CallMessage.Write write) {
        Completion completion = isForgotten(write.operation()) ? null : sessions.find(write.operation());
        if (completion != null) {
            answer(from, write.ticket(), completion);
        }
        return completion != null;
    }

    public void onInquire(Endpoint from, CallMessage.Inquire inquire) {
        if (inquire.operation().number() < sessions.lowWater(inquire.operation().session())) {
            refusals.refuse(from, inquire, CallMessage.Reason.FORGOTTEN, "below the low-water mark");
            return;
        }
        Completion completion = sessions.find(inquire.operation());
        if (completion == null
                && ports.cluster().metadata().isExpired(inquire.operation().session())) {
            refusals.refuse(from, inquire, CallMessage.Reason.EXPIRED, "its session is over");
        } else if (completion == null) {
            refusals.refuse(from, inquire, CallMessage.Reason.NEVER_SEEN, "no record of " + inquire.operation());
        } else {
            answer(from, inquire.ticket(), completion);
        }
    }

    /** Answers from the record: at once if it is committed, else when it is. */
    private void answer(Endpoint from, long ticket, Completion completion) {
        long seq = completion.version().seq();
        PartitionId executor = completion.executedBy();
        boolean isCommitted = executor != null || seq <= commitPoint.seq();
        if (!isCommitted && ports.cluster().defends(Defence.ANSWER_ONLY_COMMITTED)) {
            waiters.join(log.entryHere(seq), from, ticket);
        } else {
            ports.peers()
                    .outbox()
                    .send(
                            from,
                            new CallMessage.Answer(
                                    ticket,
                                    executor == null ? partition : executor,
                                    completion.status(),
                                    completion.version(),
                                    completion.result()));
        }
    }

    // ---- what can be done

    /**
     * Whether what is evaluated can be; else it has been refused. Asked before, since what throws later is taken for
     * the operation's own fault.
     */
    boolean hasTable(Endpoint from, CallMessage.Request request) {
        try {
            ports.table().turnSnapshot();
            return true;
        } catch (DdsException.Overloaded e) {
            refusals.refuse(from, request, CallMessage.Reason.OVERLOADED, String.valueOf(e.getMessage()));
            return false;
        }
    }

    ReplicaRecords newestRecords() {
        boolean isAllCommitted = commitPoint.seq() == log.lastSeq();
        return extent.records(
                isAllCommitted || ports.cluster().defends(Defence.EVALUATE_AGAINST_NEWEST)
                        ? ReplicaRecords.NEWEST
                        : commitPoint.seq());
    }

    void onCorrupt(Endpoint from, CallMessage.Request request, CorruptRecordException found) {
        repairs.onCorrupt(found);
        boolean isRepairable = found.recordKey() != null && !replicator.isAlone();
        refusals.refuse(
                from,
                request,
                isRepairable ? CallMessage.Reason.REPAIRING : CallMessage.Reason.CORRUPT,
                ports.cluster().self() + ": " + found.getMessage());
    }

    /** Whether there is room for more; else it has been refused. */
    boolean hasSpace(Endpoint from, CallMessage.Request request) {
        int fullest = Math.max(ports.table().fillPermille(), replicator.fullestPermille());
        if (fullest < ports.table().fullPermille()) {
            return true;
        }
        refusals.refuse(
                from,
                request,
                CallMessage.Reason.NO_SPACE,
                String.format(
                        Locale.ROOT,
                        "the fullest member's disk is %.1f %% full, its reserve (disk-reserve) and capacity counted in; puts are refused from %.1f %% on, deletes are not",
                        fullest / 10.0,
                        ports.table().fullPermille() / 10.0));
        return false;
    }

    /**
     * Whether a transaction's part can be done if all others agree: its compares hold, and there is room for its
     * writes; else it has been refused. What it needs is free.
     */
    public boolean mayDo(Endpoint from, CallMessage.Prepare prepare, Part part) {
        if (!hasTable(from, prepare)) {
            return false;
        }
        try {
            part.writes().forEach(write -> extent.type().checkRecordKey(write.recordKey()));
            Check.argument(
                    part.writes().stream().map(Effect::recordKey).distinct().count()
                            == part.writes().size(),
                    "a record key is written twice");
            Compare mismatch = part.mismatch(newestRecords());
            if (mismatch != null) {
                refusals.refuse(from, prepare, CallMessage.Reason.CONFLICT, RecordAccess.describe(mismatch));
                return false;
            }
        } catch (CorruptRecordException e) {
            onCorrupt(from, prepare, e);
            return false;
        } catch (IllegalArgumentException e) {
            refusals.refuse(from, prepare, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
            return false;
        }
        long bytes = TransactionRecord.bytes(prepare.participants(), part);
        if (bytes > MOST_BYTES) {
            refusals.refuse(
                    from,
                    prepare,
                    CallMessage.Reason.TOO_LARGE,
                    "what the transaction compares and writes here takes %d bytes; the limit is %d"
                            .formatted(bytes, MOST_BYTES));
            return false;
        }
        return part.writes().stream().allMatch(write -> write.value() == null) || hasSpace(from, prepare);
    }
}
