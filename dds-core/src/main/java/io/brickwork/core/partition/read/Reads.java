package io.brickwork.core.partition.read;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.ReplicaRecords;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.transaction.RecordAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads at one replica, whatever its role.
 *
 * <p>A linearizable read sees everything committed at some moment after it came. What this replica knows to be
 * committed is enough, unless the read meets a dirty record: then the witness is asked how far the partition is
 * committed, and the read is evaluated again as of the answer, which this replica has stored, as every reader has
 * ({@link GroupRules#readers}).
 *
 * <p>That nobody has gone on without this replica is said by its lease; or, if it has none or the read does not trust
 * clocks, by a write quorum of the view: a later view opens only after one of them at least has promised it, and who
 * has answers for this epoch no more.
 *
 * <p>Source: apportioned queries of CRAQ (Terrace and Freedman 2009 §2.3); confirmation by the others like the read
 * index of Ongaro 2014 §6.4, by a write quorum in place of a majority.
 */
public final class Reads {
    private static final long RETRY_NANOS = 100_000_000;
    /** So long the others are waited for; a client does better elsewhere then. */
    private static final long CONFIRM_NANOS = 500_000_000;
    /** Reads that may wait for the word of others. */
    private static final int MAX_WAITING = 4096;

    /**
     * A read that has come.
     *
     * @param sinceNanos when it came, on the brick's clock
     */
    private record Reader(Endpoint from, CallMessage.Read read, long sinceNanos) {}

    /** A read that waits for the word of other members. */
    private static final class Waiting {
        private final Reader reader;
        private final boolean isConfirmed;
        private final long askedNanos;
        /** Who has not answered. */
        private final List<BrickId> asked;

        private long committedSeq;

        Waiting(Reader reader, List<BrickId> asked, boolean isConfirmed, long askedNanos) {
            this.reader = reader;
            this.asked = asked;
            this.isConfirmed = isConfirmed;
            this.askedNanos = askedNanos;
        }
    }

    private final Tenure tenure;
    private final CommitPoint commitPoint;
    private final PartitionLog log;
    private final Extent extent;
    private final Refusals refusals;
    private final Repairs repairs;
    private final LeaseEnd lease;
    private final Ports ports;
    /** By the ticket of the question that was put to others. */
    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();

    /** Reads that wait until a transaction has its outcome. */
    private final List<Reader> blocked = new ArrayList<>();

    private boolean hasUnlocked;
    private long nextTicket = 1;
    private long retryNanos;

    public Reads(
            Tenure tenure,
            CommitPoint commitPoint,
            PartitionLog log,
            Extent extent,
            Refusals refusals,
            Repairs repairs,
            LeaseEnd lease,
            Ports ports) {
        this.tenure = tenure;
        this.commitPoint = commitPoint;
        this.log = log;
        this.extent = extent;
        this.refusals = refusals;
        this.repairs = repairs;
        this.lease = lease;
        this.ports = ports;
    }

    /** Something is not locked any more. */
    public void onUnlocked() {
        hasUnlocked = true;
    }

    /** Tries those again that wait for locks, if some are free. */
    public void retryUnlocked(long nowNanos) {
        if (!hasUnlocked || blocked.isEmpty()) {
            hasUnlocked = false;
            return;
        }
        hasUnlocked = false;
        List<Reader> before = List.copyOf(blocked);
        blocked.clear();
        before.forEach(one -> answer(one, nowNanos));
    }

    /** A transaction has locked what the read needs; and that it was committed may be known elsewhere. */
    private void block(Reader reader) {
        if (blocked.size() >= MAX_WAITING) {
            refuse(reader, CallMessage.Reason.OVERLOADED, blocked.size() + " reads wait for transactions");
        } else {
            blocked.add(reader);
        }
    }

    public void onRead(Endpoint from, CallMessage.Read read, long nowNanos) {
        answer(new Reader(from, read, nowNanos), nowNanos);
    }

    private void answer(Reader reader, long nowNanos) {
        ReadMode mode = reader.read.mode();
        boolean mayAnswerDirty = isWitness() || !ports.cluster().defends(Defence.ASK_ABOUT_DIRTY);
        if (mode == ReadMode.STALE || isUncommittedRead()) {
            evaluate(reader, ReplicaRecords.NEWEST, true, Long.MAX_VALUE);
        } else if (mode == ReadMode.CONFIRMED || !isLeased(nowNanos)) {
            confirm(reader, nowNanos);
        } else if (!evaluate(reader, commitPoint.seq(), mayAnswerDirty, leaseEnd(nowNanos))) {
            ask(reader, List.of(witness()), false, nowNanos);
        }
    }

    /**
     * Whether the read sees what is not committed yet, which it never does but in a simulation that leaves the rule
     * out.
     */
    private boolean isUncommittedRead() {
        return commitPoint.seq() < log.lastSeq() && !ports.cluster().defends(Defence.READ_ONLY_COMMITTED);
    }

    /** Who knows best how far the partition is committed. */
    private BrickId witness() {
        return extent.rules().witness(tenure.currentView());
    }

    private boolean isWitness() {
        return tenure.isServing() && witness().equals(ports.cluster().self());
    }

    private boolean isLeased(long nowNanos) {
        return lease.isValid(nowNanos) || !ports.cluster().defends(Defence.READ_UNDER_LEASE);
    }

    private long leaseEnd(long nowNanos) {
        return lease.isValid(nowNanos) || ports.cluster().defends(Defence.READ_UNDER_LEASE)
                ? lease.nanos(nowNanos)
                : Long.MAX_VALUE;
    }

    /**
     * All others are asked, the witness among them: what it knows to be committed is right at a moment after the read
     * came, and so is that this view is the newest one.
     */
    private void confirm(Reader reader, long nowNanos) {
        List<BrickId> others = tenure.currentView().members().stream()
                .map(Member::brick)
                .filter(brick -> !brick.equals(ports.cluster().self()))
                .toList();
        if (others.isEmpty()) {
            evaluate(reader, commitPoint.seq(), true, leaseEndAlone(nowNanos));
        } else {
            ask(reader, others, true, nowNanos);
        }
    }

    /**
     * Who is alone in its view has nobody to confirm that it is the newest one; in a cluster of one brick nobody could
     * have decided another.
     */
    private long leaseEndAlone(long nowNanos) {
        return ports.cluster().clusterBricks() > 1 ? leaseEnd(nowNanos) : Long.MAX_VALUE;
    }

    /** A member's word: its {@code committedSeq} was right, and its view open, at a moment after it was asked. */
    public void onCommitted(BrickId from, long ticket, long committedSeq, long nowNanos) {
        Waiting one = waiting.get(ticket);
        if (one == null || !one.asked.remove(from)) {
            return;
        }
        one.committedSeq = Math.max(one.committedSeq, committedSeq);
        if (isAnswered(one)) {
            waiting.remove(ticket);
            evaluate(
                    one.reader,
                    Math.max(one.committedSeq, commitPoint.seq()),
                    true,
                    one.isConfirmed ? Long.MAX_VALUE : leaseEnd(nowNanos));
        }
    }

    /**
     * Whether the witness has answered and, where the view is to be confirmed, a write quorum has: no later view is
     * founded without one of those.
     */
    private boolean isAnswered(Waiting one) {
        GroupView view = tenure.currentView();
        List<BrickId> heard = view.members().stream()
                .map(Member::brick)
                .filter(brick -> !one.asked.contains(brick))
                .toList();
        return heard.contains(witness()) && (!one.isConfirmed || extent.rules().isWriteQuorum(view, heard));
    }

    public void onLinkUp(BrickId peer) {
        waiting.forEach((ticket, one) -> {
            if (one.asked.contains(peer)) {
                send(ticket, peer);
            }
        });
    }

    public void onTick(long nowNanos) {
        giveUpBlocked(nowNanos);
        if (!waiting.isEmpty() && nowNanos - retryNanos >= 0) {
            retryNanos = nowNanos + RETRY_NANOS;
            giveUpWaiting(nowNanos);
            waiting.forEach((ticket, one) -> one.asked.forEach(brick -> send(ticket, brick)));
        }
    }

    private void giveUpBlocked(long nowNanos) {
        blocked.removeIf(one -> {
            boolean isOver = nowNanos - one.sinceNanos >= Locks.WAIT_NANOS;
            if (isOver) {
                refuse(
                        one,
                        CallMessage.Reason.LOCKED,
                        "a transaction has locked what it needs, and its outcome is not known: "
                                + log.locks().describe());
            }
            return isOver;
        });
    }

    private void giveUpWaiting(long nowNanos) {
        waiting.values().removeIf(one -> {
            boolean isOver = nowNanos - one.askedNanos >= CONFIRM_NANOS;
            if (isOver) {
                refuse(
                        one.reader,
                        CallMessage.Reason.NOT_OPEN,
                        ports.cluster().self()
                                + (one.isConfirmed
                                                ? " has no lease, or was asked to do without, and %s did not confirm the view"
                                                : " has a record that may not be committed, and %s did not say whether it is")
                                        .formatted(one.asked));
            }
            return isOver;
        });
    }

    /** The view is closed: nobody can be answered. */
    public void refuseAll() {
        String detail = "the view was closed at " + ports.cluster().self();
        waiting.values().forEach(one -> refuse(one.reader, CallMessage.Reason.NOT_OPEN, detail));
        waiting.clear();
        blocked.forEach(one -> refuse(one, CallMessage.Reason.NOT_OPEN, detail));
        blocked.clear();
    }

    private void refuse(Reader reader, CallMessage.Reason reason, String detail) {
        refusals.refuse(reader.from, reader.read, reason, detail);
    }

    private void ask(Reader reader, List<BrickId> whom, boolean isConfirmed, long nowNanos) {
        if (waiting.size() >= MAX_WAITING) {
            refuse(reader, CallMessage.Reason.OVERLOADED, waiting.size() + " reads wait for other members");
            return;
        }
        if (waiting.isEmpty()) {
            retryNanos = nowNanos + RETRY_NANOS;
        }
        long ticket = nextTicket++;
        waiting.put(ticket, new Waiting(reader, new ArrayList<>(whom), isConfirmed, nowNanos));
        whom.forEach(brick -> send(ticket, brick));
    }

    private void send(long ticket, BrickId to) {
        ports.peers().send(to, new ReplicaMessage.AskCommitted(tenure.partition(), tenure.openEpoch(), ticket));
    }

    /**
     * Evaluates and answers.
     *
     * @param isFinal answer also if a dirty record was met
     * @param beforeNanos the answer holds if it leaves before
     * @return false if one was, and nothing was answered
     */
    private boolean evaluate(Reader reader, long asOfSeq, boolean isFinal, long beforeNanos) {
        CallMessage.Read read = reader.read;
        try {
            if (!extent.owns(read.routingKey())) {
                refuse(reader, CallMessage.Reason.SPLITTING, "the partition is being split");
                return true;
            }
            if (!extent.type().isRead(read.body())) {
                refuse(reader, CallMessage.Reason.MALFORMED, "the operation is not a read");
                return true;
            }
            ReplicaRecords records = RecordAccess.isOfTransaction(read.body())
                    ? extent.records(asOfSeq).waitingForVotes()
                    : extent.records(asOfSeq);
            Bytes result = extent.type().evaluate(read.body(), records, ReadView.NoChanges.INSTANCE);
            boolean isLocked = records.hasMetLocked()
                    && read.mode() != ReadMode.STALE
                    && ports.cluster().defends(Defence.READ_WHAT_IS_FREE);
            if ((records.hasMetDirty() || isLocked) && !isFinal) {
                return false;
            }
            if (isLocked) {
                block(reader);
                return true;
            }
            Version asOf = new Version(tenure.openEpoch(), Math.min(asOfSeq, log.lastSeq()));
            ports.peers()
                    .outbox()
                    .replyBefore(
                            reader.from,
                            beforeNanos,
                            new CallMessage.Answer(
                                    read.ticket(), tenure.partition(), Completion.Status.DONE, asOf, result),
                            new CallMessage.Refusal(
                                    read.ticket(),
                                    tenure.partition(),
                                    CallMessage.Reason.NOT_OPEN,
                                    "the lease ran out",
                                    tenure.currentView().toView()));
        } catch (CorruptRecordException e) {
            repairs.onCorrupt(e);
            refuse(reader, CallMessage.Reason.CORRUPT, ports.cluster().self() + ": " + e.getMessage());
        } catch (MalformedOperationException | MalformedException e) {
            refuse(reader, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (DdsException.Overloaded e) {
            refuse(reader, CallMessage.Reason.OVERLOADED, String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            refuse(reader, CallMessage.Reason.FAILED, e.toString());
        }
        return true;
    }
}
