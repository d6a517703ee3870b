package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.table.RecordsDigest;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Orders and commits the writes of one partition, in one open view.
 *
 * <p>A write is evaluated against all that is stored, committed or not; becomes an entry, with its completion record; is stored here and at every other member (phase one); and is
 * committed when all have stored it (phase two). What could have had an effect becomes an entry even if it had none, so that a late duplicate finds its record. Answers go out only for
 * committed entries, and only from {@link Replica#advanceCommitted}.
 *
 * <p>Source: Gribble 2000 §3.2.2; exactly-once after Liskov and Cowling 2012 §4.1 (client table) and RIFL (Lee et al. 2015 §3).
 */
final class Primary {
    private static final long RETRY_NANOS = 100_000_000;
    /** A member that lacks something and gets nowhere for so long is left out of the next view, if enough stay (T24). */
    private static final long SILENT_NANOS = 3_000_000_000L;
    /** How long the metadata log is waited for. */
    private static final long PROPOSAL_NANOS = 1_000_000_000;
    /** How long it is waited for when a split is done. */
    private static final long SPLIT_NANOS = 250_000_000;
    /** Sessions that are forgotten in one turn. */
    private static final int EXPIRIES_AT_ONCE = 64;
    /** Entries sent again at once, unless a single one is larger. */
    private static final int RESEND_BYTES = 1 << 20;
    /** What an operation changes and answers, or what a transaction asks of a partition: an entry has a head besides. */
    private static final int MOST_BYTES = Limits.ENTRY_BYTES - 4096;

    /** What the primary knows of one other member. */
    private static final class Other {
        private final BrickId brick;
        private long storedSeq;
        private long syncedSeq;
        private int fillPermille;
        private long toldCommittedSeq = -1;
        /** Up to where it has said that it knows of commits: a {@code Commit} on its own may be lost. */
        private long knownCommittedSeq;

        private long toldSyncedSeq;
        /** When something was last sent to it or heard from it that moved it forward; at first, the first tick. */
        private long progressNanos;

        private boolean isTimed;
        /** Since when it has lacked something without getting on; only while {@code isLacking}. */
        private long lackingNanos;

        private long lackingSeq;
        private boolean isLacking;
        /** Whether it must be heard from, even if it lacks nothing: its link is new. */
        private boolean isSilent = true;

        Other(BrickId brick, long storedSeq) {
            this.brick = brick;
            this.storedSeq = storedSeq;
        }
    }

    private final Replica replica;
    private final ReplicaHost host;
    private final PartitionLog log;
    private final Waiters waiters;
    private final GroupView view;
    private final PartitionId partition;
    /** Whether the view has the members that it takes to commit anything. */
    private final boolean commits;

    private final List<Other> others = new ArrayList<>();
    private final List<LearnerFeed> learners = new ArrayList<>();
    private long proposedNanos;
    private boolean hasProposed;
    private final WriteSample sample = new WriteSample();
    private final MergeDriver merger;
    private final Transactions transactions;
    /** Whether the metadata log has been told that a split is done. */
    private boolean isSplit;

    private long splitNanos;
    private final SessionTable sessions;
    /** All sessions that ended up to this slot of the metadata log are forgotten here. */
    private long expiredUpToSlot = -1;
    /** Bytes of entries that are not committed yet; the window. */
    private long windowBytes;

    Primary(
            Replica replica,
            ReplicaHost host,
            PartitionLog log,
            Waiters waiters,
            GroupView view,
            long levelSeq,
            boolean commits) {
        this.replica = replica;
        this.host = host;
        this.log = log;
        this.waiters = waiters;
        this.view = view;
        this.partition = replica.partition();
        this.commits = commits;
        for (Member member : view.members()) {
            if (!member.brick().equals(host.self())) {
                others.add(new Other(member.brick(), levelSeq));
            }
        }
        view.learners().forEach(learner -> learners.add(new LearnerFeed(replica, host, log, view, learner)));
        sessions = new SessionTable(replica, host, log.overlay());
        merger = new MergeDriver(this, replica, host);
        transactions = new Transactions(this, replica, host, log.locks(), waiters, sessions);
    }

    /** Its view is closed. */
    void close() {
        transactions.close();
    }

    Transactions transactions() {
        return transactions;
    }

    /** Tells the members that the view is open. */
    void announce(long levelSeq) {
        for (Other member : others) {
            host.send(member.brick, new ReplicaMessage.Open(partition, view.epoch(), levelSeq));
        }
    }

    // ---- requests

    void onWrite(Endpoint from, CallMessage.Write write, long nowNanos) {
        Completion completion = isForgotten(write.operation()) ? null : sessions.find(write.operation());
        if (completion != null) {
            answer(from, write.ticket(), completion);
        } else if (admits(from, write, write.operation(), write.lowWater())) {
            evaluate(from, write, nowNanos);
        }
    }

    private boolean isForgotten(OperationId operation) {
        return operation.number() < sessions.lowWater(operation.session()) && host.defends(Defence.REFUSE_FORGOTTEN);
    }

    /** Whether an operation of which nothing is on record may be taken; else it has been refused. */
    boolean admits(Endpoint from, CallMessage.Request request, OperationId operation, long lowWater) {
        SessionId session = operation.session();
        long number = operation.number();
        if (isForgotten(operation)) {
            replica.refuse(from, request, CallMessage.Reason.FORGOTTEN, "below the low-water mark");
            return false;
        }
        MetadataState metadata = host.metadata();
        if (metadata.isExpired(session) && host.defends(Defence.REFUSE_EXPIRED)) {
            replica.refuse(from, request, CallMessage.Reason.EXPIRED, "session " + session + " is over");
            return false;
        }
        if (session.slot() > metadata.slot()) {
            replica.refuse(
                    from,
                    request,
                    CallMessage.Reason.SESSION_UNKNOWN,
                    host.self() + " has carried out the metadata log up to slot " + metadata.slot()
                            + ", and has not learned of session " + session);
            return false;
        }
        if (number - Math.max(lowWater, sessions.lowWater(session)) >= Limits.SESSION_WINDOW_OPERATIONS) {
            replica.refuse(
                    from,
                    request,
                    CallMessage.Reason.WINDOW,
                    "operation " + number + " is " + Limits.SESSION_WINDOW_OPERATIONS
                            + " or more above the low-water mark");
            return false;
        }
        if (sessions.resultBytes(session, lowWater) > Limits.SESSION_RESULT_BYTES) {
            replica.refuse(
                    from,
                    request,
                    CallMessage.Reason.WINDOW,
                    "the unacknowledged answers of the session take more than " + Limits.SESSION_RESULT_BYTES
                            + " bytes in this partition");
            return false;
        }
        if (windowBytes > host.windowBytes() || host.isOverlayFull()) {
            replica.refuse(
                    from,
                    request,
                    CallMessage.Reason.OVERLOADED,
                    "too much is stored and not yet committed and applied");
            return false;
        }
        return true;
    }

    void onInquire(Endpoint from, CallMessage.Inquire inquire) {
        if (inquire.operation().number() < sessions.lowWater(inquire.operation().session())) {
            replica.refuse(from, inquire, CallMessage.Reason.FORGOTTEN, "below the low-water mark");
            return;
        }
        Completion completion = sessions.find(inquire.operation());
        if (completion == null && host.metadata().isExpired(inquire.operation().session())) {
            replica.refuse(from, inquire, CallMessage.Reason.EXPIRED, "its session is over");
        } else if (completion == null) {
            replica.refuse(from, inquire, CallMessage.Reason.NEVER_SEEN, "no record of " + inquire.operation());
        } else {
            answer(from, inquire.ticket(), completion);
        }
    }

    /** Answers from the record: at once if it is committed, else when it is. */
    private void answer(Endpoint from, long ticket, Completion completion) {
        long seq = completion.version().seq();
        PartitionId executor = completion.executedBy();
        boolean isCommitted = executor != null || seq <= replica.committedSeq();
        if (!isCommitted && host.defends(Defence.ANSWER_ONLY_COMMITTED)) {
            waiters.join(log.entryHere(seq), from, ticket);
        } else {
            host.outbox()
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

    /** Whether what is evaluated can be; else it has been refused. Asked before, since what throws later is taken for the operation's own fault. */
    private boolean hasTable(Endpoint from, CallMessage.Request request) {
        try {
            host.turnSnapshot();
            return true;
        } catch (DdsException.Overloaded e) {
            replica.refuse(from, request, CallMessage.Reason.OVERLOADED, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private ReplicaRecords newestRecords() {
        return replica.records(
                host.defends(Defence.EVALUATE_AGAINST_NEWEST) ? ReplicaRecords.NEWEST : replica.committedSeq());
    }

    private void onCorrupt(Endpoint from, CallMessage.Request request, CorruptRecordException found) {
        replica.onCorrupt(found);
        boolean isRepairable = found.recordKey() != null && !others.isEmpty();
        replica.refuse(
                from,
                request,
                isRepairable ? CallMessage.Reason.REPAIRING : CallMessage.Reason.CORRUPT,
                host.self() + ": " + found.getMessage());
    }

    /** Whether there is room for more; else it has been refused. */
    private boolean hasSpace(Endpoint from, CallMessage.Request request) {
        int fullest = Math.max(host.fillPermille(), fullestMember());
        if (fullest < host.fullPermille()) {
            return true;
        }
        replica.refuse(
                from,
                request,
                CallMessage.Reason.NO_SPACE,
                String.format(
                        Locale.ROOT,
                        "the fullest member's disk is %.1f %% full, its reserve (disk-reserve) and capacity counted in; puts are refused from %.1f %% on, deletes are not",
                        fullest / 10.0,
                        host.fullPermille() / 10.0));
        return false;
    }

    /** Whether a transaction's part can be done if all others agree: its compares hold, and there is room for its writes; else it has been refused. What it needs is free. */
    boolean mayDo(Endpoint from, CallMessage.Prepare prepare, Part part) {
        if (!hasTable(from, prepare)) {
            return false;
        }
        try {
            part.writes().forEach(write -> replica.type().checkRecordKey(write.recordKey()));
            Check.argument(
                    part.writes().stream().map(Effect::recordKey).distinct().count()
                            == part.writes().size(),
                    "a record key is written twice");
            Compare mismatch = part.mismatch(newestRecords());
            if (mismatch != null) {
                replica.refuse(from, prepare, CallMessage.Reason.CONFLICT, RecordAccess.describe(mismatch));
                return false;
            }
        } catch (CorruptRecordException e) {
            onCorrupt(from, prepare, e);
            return false;
        } catch (IllegalArgumentException e) {
            replica.refuse(from, prepare, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
            return false;
        }
        long bytes = TransactionRecord.bytes(prepare.participants(), part);
        if (bytes > MOST_BYTES) {
            replica.refuse(
                    from,
                    prepare,
                    CallMessage.Reason.TOO_LARGE,
                    "what the transaction compares and writes here takes %d bytes; the limit is %d"
                            .formatted(bytes, MOST_BYTES));
            return false;
        }
        return part.writes().stream().allMatch(write -> write.value() == null) || hasSpace(from, prepare);
    }

    private void evaluate(Endpoint from, CallMessage.Write write, long nowNanos) {
        if (!hasTable(from, write)) {
            return;
        }
        RecordAccess.Whole whole;
        try {
            whole = RecordAccess.committing(write.body());
        } catch (MalformedException e) {
            replica.refuse(from, write, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
            return;
        }
        if (whole != null
                && (!transactions.isWithin(from, write, whole.part())
                        || transactions.isSentAway(from, write, Footprint.of(whole.part()), whole.age()))) {
            return;
        }
        Collected changes = new Collected();
        ReplicaRecords records = newestRecords();
        Completion.Status status = Completion.Status.DONE;
        Bytes result;
        try {
            if (replica.type().isRead(write.body())) {
                replica.refuse(from, write, CallMessage.Reason.MALFORMED, "a read was sent as a write");
                return;
            }
            result = replica.type().evaluate(write.body(), records, changes).compact();
        } catch (CorruptRecordException e) {
            onCorrupt(from, write, e);
            return;
        } catch (StoreFailedException e) {
            throw e; // the disk, not the operation
        } catch (RuntimeException | StackOverflowError e) {
            // What throws here throws at every primary: it is answered, and must not walk through the group.
            status = Completion.Status.REJECTED;
            result = Bytes.utf8(shortened("the operation failed: " + e.getMessage()));
            changes.effects.clear();
        }
        if (!transactions.isQuiet() && host.defends(Defence.WRITE_WHAT_IS_FREE)) {
            Footprint footprint =
                    whole == null ? Footprint.of(write.routingKey(), changes.effects) : Footprint.of(whole.part());
            if (records.hasMetLocked()
                    || transactions.isInTheWayOf(footprint)
                    || (whole == null && transactions.isTurnOfAnother(footprint))) {
                transactions.await(from, write, footprint, nowNanos);
                return;
            }
        }
        if (changes.puts && !hasSpace(from, write)) {
            return;
        }
        if (whole != null) {
            transactions.onWhole(from, whole, status == Completion.Status.DONE && result.isEmpty(), nowNanos);
        }
        if (changes.effects.isEmpty() && !host.defends(Defence.RECORD_WITHOUT_EFFECT)) {
            host.outbox().send(from, new CallMessage.Answer(write.ticket(), partition, status, log.last(), result));
            return;
        }
        Version version = new Version(view.epoch(), log.lastSeq() + 1);
        Completion completion = new Completion(write.operation(), version, status, result);
        long bytes = changes.bytes + result.length();
        if (bytes > MOST_BYTES) {
            replica.refuse(
                    from,
                    write,
                    CallMessage.Reason.TOO_LARGE,
                    "what it changes and answers takes %d bytes; the limit is %d".formatted(bytes, MOST_BYTES));
            return;
        }
        Entry entry =
                EntryCodec.encode(Entry.Kind.WRITE, partition, version, completion, write.lowWater(), changes.effects);
        waiters.add(entry, from, write.ticket());
        changes.effects.forEach(effect -> sample.add(effect.recordKey(), effect.value()));
        store(entry, nowNanos);
    }

    /** What was written of late. */
    WriteSample sample() {
        return sample;
    }

    /**
     * Forgets the sessions that are over, by entries like any other change (DESIGN §6). Only in the newest view that is decided: whoever opens a later one then has learned of these expiries, and refuses the sessions'
     * operations (T29). One of an older view might have forgotten what its successor would execute again.
     */
    private void expireSessions(long nowNanos) {
        MetadataState metadata = host.metadata();
        if (metadata.lastExpirySlot() <= expiredUpToSlot || !commits || windowBytes > host.windowBytes()) {
            return;
        }
        Group group = metadata.group(partition);
        if (group == null || group.newest().epoch() != view.epoch()) {
            return;
        }
        List<SessionId> over = sessions.expired(metadata, EXPIRIES_AT_ONCE);
        for (SessionId session : over) {
            store(version -> EntryCodec.encodeExpiry(partition, version, session), nowNanos);
        }
        if (over.size() < EXPIRIES_AT_ONCE) {
            expiredUpToSlot = metadata.lastExpirySlot();
        }
    }

    // ---- phase one

    private void store(Entry entry, long nowNanos) {
        if (host.defends(Defence.REMEMBER_COMPLETIONS)) {
            sessions.add(entry);
        }
        if (entry.absorption() != null) {
            expiredUpToSlot = -1; // some of the sessions that came with it may be over
        }
        windowBytes += entry.encoded().length();
        replica.store(entry);
        long syncedEverywhere = syncedEverywhereSeq();
        for (Other member : others) {
            if (member.storedSeq == entry.seq() - 1) {
                member.progressNanos = nowNanos; // it lacked nothing until now
            }
            send(member, entry, syncedEverywhere);
        }
        learners.forEach(LearnerFeed::feed);
    }

    private void send(Other member, Entry entry, long syncedEverywhere) {
        member.toldCommittedSeq = replica.committedSeq();
        member.toldSyncedSeq = syncedEverywhere;
        host.send(member.brick, new ReplicaMessage.Store(member.toldCommittedSeq, syncedEverywhere, entry));
    }

    // ---- phase two

    void onStored(BrickId from, ReplicaMessage.Stored stored, long nowNanos) {
        for (Other member : others) {
            if (member.brick.equals(from)) {
                if (stored.storedSeq() > member.storedSeq) {
                    member.storedSeq = Math.min(stored.storedSeq(), log.lastSeq());
                    member.progressNanos = nowNanos;
                }
                member.syncedSeq = Math.max(member.syncedSeq, Math.min(stored.syncedSeq(), member.storedSeq));
                member.knownCommittedSeq = Math.max(member.knownCommittedSeq, stored.committedSeq());
                member.fillPermille = stored.fillPermille();
                member.isSilent = false;
            }
        }
        LearnerFeed learner = learner(from);
        if (learner != null) {
            learner.onStored(stored, nowNanos);
        }
        commit();
    }

    /** This replica's own storing has come further. */
    void afterStoring(long nowNanos) {
        commit();
        promote(nowNanos);
    }

    /** What all members have stored is committed. */
    private void commit() {
        if (!commits) {
            return;
        }
        for (Other member : others) {
            if (member.syncedSeq > member.storedSeq || member.storedSeq > log.lastSeq()) {
                throw new Check.InvariantBroken("partition %s: %s has stored up to %d and synced up to %d of %d entries"
                        .formatted(partition, member.brick, member.storedSeq, member.syncedSeq, log.lastSeq()));
            }
        }
        long everywhere = host.defends(Defence.COMMIT_WHEN_STORED_HERE) ? replica.storedSeq() : log.lastSeq();
        if (host.defends(Defence.COMMIT_WHEN_ALL_HAVE_STORED)) {
            for (Other member : others) {
                everywhere = Math.min(everywhere, member.storedSeq);
            }
        }
        if (everywhere > replica.committedSeq()) {
            for (long seq = replica.committedSeq() + 1; seq <= everywhere; seq++) {
                Entry entry = log.entryHere(seq);
                windowBytes -= entry.encoded().length();
                host.outbox().note(new Event.EntryCommitted(partition, entry.version()));
            }
            replica.advanceCommitted(everywhere);
        }
        boolean isAllCommitted = replica.committedSeq() == log.lastSeq();
        if (windowBytes < 0 || (windowBytes == 0) != isAllCommitted) {
            throw new Check.InvariantBroken("partition %s: a window of %d bytes, committed up to %d, stored up to %d"
                    .formatted(partition, windowBytes, replica.committedSeq(), log.lastSeq()));
        }
    }

    // ---- time and links

    void onLinkUp(BrickId peer, long nowNanos) {
        for (Other member : others) {
            if (member.brick.equals(peer)) {
                member.isSilent = true;
                remind(member, nowNanos);
            }
        }
        LearnerFeed learner = learner(peer);
        if (learner != null) {
            learner.onLinkUp(nowNanos);
        }
    }

    // ---- learners

    void onReport(BrickId from, ReplicaMessage.FenceReport report, long nowNanos) {
        LearnerFeed learner = learner(from);
        if (learner != null) {
            learner.onReport(report, nowNanos);
        }
    }

    void onLevelled(BrickId from, ReplicaMessage.Levelled levelled, long nowNanos) {
        LearnerFeed learner = learner(from);
        if (learner != null) {
            learner.onLevelled(levelled, nowNanos);
        }
    }

    void onCopyAsk(BrickId from, ReplicaMessage.CopyAsk ask, long nowNanos) {
        LearnerFeed learner = learner(from);
        if (learner != null) {
            learner.onCopyAsk(ask, nowNanos);
        }
    }

    /** A member tells what its table holds; if this one has applied the same, it holds the same. */
    void onCompare(BrickId from, ReplicaMessage.Compare compare) {
        Snapshot snapshot = host.turnSnapshot();
        if (!snapshot.applied(partition).version().equals(compare.applied())) {
            return;
        }
        try {
            Bytes own = RecordsDigest.of(snapshot, partition.structure(), compare.range());
            if (!own.equals(compare.digest())) {
                host.outbox().note(new Event.ReplicasDiffer(partition, from, compare.range()));
            }
        } catch (CorruptRecordException rotten) {
            replica.onCorrupt(rotten);
        }
    }

    private @Nullable LearnerFeed learner(BrickId brick) {
        for (LearnerFeed learner : learners) {
            if (learner.brick().equals(brick)) {
                return learner;
            }
        }
        return null;
    }

    /** A learner that has everything should become a member. */
    private void promote(long nowNanos) {
        for (LearnerFeed learner : learners) {
            if (learner.isLevel() && mayPropose(nowNanos)) {
                List<Member> members = new ArrayList<>(view.members());
                members.add(learner.learner());
                propose(view.primary(), members, learnersWithout(learner), nowNanos);
            }
        }
    }

    /** A learner that gets nowhere should make room, and so should a member: the metadata log may see it alive where this brick cannot reach it (T24). */
    private void dropSilent(long nowNanos) {
        for (LearnerFeed learner : learners) {
            if (learner.isStuck(nowNanos) && mayPropose(nowNanos)) {
                propose(view.primary(), view.members(), learnersWithout(learner), nowNanos);
            }
        }
        List<Member> staying = new ArrayList<>(view.members());
        for (Other member : others) {
            if (member.isLacking && nowNanos - member.lackingNanos >= SILENT_NANOS) {
                staying.removeIf(one -> one.brick().equals(member.brick));
            }
        }
        boolean lacksSome = staying.size() < view.members().size() && host.defends(Defence.LEAVE_OUT_THE_SILENT);
        if (lacksSome && commits && mayPropose(nowNanos)) {
            if (staying.size() >= replica.minInSync()) {
                propose(view.primary(), staying, view.learners(), nowNanos);
            } else if (view.members().size() > 2) {
                // Whom this brick reaches is too few: another may reach more.
                propose(others.getFirst().brick, view.members(), view.learners(), nowNanos);
            }
        }
    }

    private List<Member> learnersWithout(LearnerFeed left) {
        return view.learners().stream()
                .filter(one -> !one.equals(left.learner()))
                .toList();
    }

    private boolean mayPropose(long nowNanos) {
        return !hasProposed || nowNanos - proposedNanos >= PROPOSAL_NANOS;
    }

    private void propose(BrickId primary, List<Member> members, List<Member> rest, long nowNanos) {
        hasProposed = true;
        proposedNanos = nowNanos;
        replica.proposeView(primary, members, rest);
    }

    void onTick(long nowNanos) {
        for (Other member : others) {
            if (!member.isTimed) {
                member.isTimed = true; // a monotonic clock may show anything, so there is no moment to begin with
                member.progressNanos = nowNanos;
            }
            boolean lacks = member.isSilent
                    || member.storedSeq < log.lastSeq()
                    || member.knownCommittedSeq < member.toldCommittedSeq
                    || member.fillPermille >= host.fullPermille(); // it says once that there is room again
            boolean isBehind = member.storedSeq < log.lastSeq() && nowNanos - member.progressNanos >= RETRY_NANOS;
            if (isBehind && (!member.isLacking || member.storedSeq != member.lackingSeq)) {
                member.lackingNanos = nowNanos;
                member.lackingSeq = member.storedSeq;
            }
            member.isLacking = isBehind || (member.isLacking && member.storedSeq == member.lackingSeq);
            if (lacks && nowNanos - member.progressNanos >= RETRY_NANOS) {
                remind(member, nowNanos);
            } else if (member.toldCommittedSeq < replica.committedSeq()
                    || member.toldSyncedSeq < syncedEverywhereSeq()) {
                sendCommit(member);
            }
        }
        learners.forEach(learner -> learner.onTick(nowNanos));
        dropSilent(nowNanos);
        expireSessions(nowNanos);
        if (replica.group() != null && !replica.isToBeReshaped()) {
            transactions.endDrain();
        }
        split(nowNanos);
        merger.onTick(nowNanos);
        transactions.onTick(nowNanos);
    }

    void onMergeAsk(BrickId from, ReplicaMessage.MergeAsk ask) {
        merger.onAsk(from, ask);
    }

    void onMergePart(ReplicaMessage.MergePart part, long nowNanos) {
        merger.onPart(part, nowNanos);
    }

    /** Whether the view has the members that it takes to commit anything. */
    boolean commits() {
        return commits;
    }

    GroupView view() {
        return view;
    }

    /** Stores an entry that no client has asked for. */
    void store(EntryMaker maker, long nowNanos) {
        store(maker.make(new Version(view.epoch(), log.lastSeq() + 1)), nowNanos);
    }

    /** Makes the entry of a version. */
    @FunctionalInterface
    interface EntryMaker {
        Entry make(Version version);
    }

    /** What the metadata log has decided to split is split by an entry; once that is in the table, the metadata log hears of it. Whoever is primary goes on where another one left off. */
    private void split(long nowNanos) {
        Group group = replica.group();
        Split split = group == null ? null : group.split();
        if (split == null) {
            return;
        }
        Version applied = host.turnSnapshot().applied(split.child()).version();
        if (!applied.equals(Version.NONE)) {
            if (nowNanos - splitNanos >= SPLIT_NANOS || !isSplit) {
                isSplit = true;
                splitNanos = nowNanos;
                host.propose(new MetadataCommand.FinishSplit(partition, split.child(), applied));
            }
        } else if (commits && learners.isEmpty() && !isSplitting(split) && transactions.isDrained(nowNanos)) {
            isSplit = false;
            store(version -> EntryCodec.encodeSplit(partition, version, split), nowNanos);
        }
    }

    private boolean isSplitting(Split split) {
        return log.reshaping().stream().anyMatch(entry -> split.equals(entry.split()));
    }

    /** Sends again what the member has not acknowledged. */
    private void remind(Other member, long nowNanos) {
        member.progressNanos = nowNanos;
        sendCommit(member);
        long syncedEverywhere = syncedEverywhereSeq();
        int bytes = 0;
        for (long seq = member.storedSeq + 1; seq <= log.lastSeq() && bytes < RESEND_BYTES; seq++) {
            Entry entry = log.entryHere(seq);
            send(member, entry, syncedEverywhere);
            bytes += entry.encoded().length();
        }
    }

    private void sendCommit(Other member) {
        member.toldCommittedSeq = replica.committedSeq();
        member.toldSyncedSeq = syncedEverywhereSeq();
        host.send(
                member.brick,
                new ReplicaMessage.Commit(partition, view.epoch(), member.toldCommittedSeq, member.toldSyncedSeq));
    }

    /** Bytes of entries that are not committed yet. */
    long windowBytes() {
        return windowBytes;
    }

    /** Up to where every member has synced. */
    long syncedEverywhereSeq() {
        long everywhere = log.syncedSeq();
        for (Other member : others) {
            everywhere = Math.min(everywhere, member.syncedSeq);
        }
        for (LearnerFeed learner : learners) {
            everywhere = Math.min(everywhere, learner.keptAboveSeq());
        }
        return everywhere;
    }

    private int fullestMember() {
        int fullest = 0;
        for (Other member : others) {
            fullest = Math.max(fullest, member.fillPermille);
        }
        return fullest;
    }

    private static String shortened(String text) {
        return text.length() <= Limits.NAME_CHARS ? text : text.substring(0, Limits.NAME_CHARS) + "…";
    }

    /** The changes of one operation; the last one of each key counts. */
    private final class Collected implements Changes {
        private final List<Effect> effects = new ArrayList<>(2);
        private final TreeSet<Bytes> keys = new TreeSet<>();
        private boolean puts;
        private long bytes;

        @Override
        public void put(Bytes recordKey, Bytes value) {
            if (value.length() > Limits.VALUE_BYTES) {
                throw new IllegalArgumentException(
                        "a value of " + value.length() + " bytes; the limit is " + Limits.VALUE_BYTES);
            }
            add(new Effect(recordKey, value));
            puts = true;
            bytes += value.length();
        }

        @Override
        public void delete(Bytes recordKey) {
            add(new Effect(recordKey, null));
        }

        private void add(Effect effect) {
            Bytes key = effect.recordKey();
            if (key.length() > Limits.RECORD_KEY_BYTES || !replica.owns(key)) {
                throw new IllegalArgumentException("record key " + key + " is too long, or outside the partition");
            }
            if (!keys.add(key)) {
                effects.removeIf(earlier -> earlier.recordKey().equals(key));
            }
            effects.add(effect);
            bytes += key.length() + 16L;
            Check.argument(
                    effects.size() <= Effect.AT_MOST,
                    "an operation that changes more than %d records; make several of it",
                    Effect.AT_MOST);
        }
    }
}
