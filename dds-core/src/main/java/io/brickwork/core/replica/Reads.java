package io.brickwork.core.replica;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.table.CorruptRecordException;
import io.brickwork.core.wire.MalformedException;
import java.util.TreeMap;

/**
 * Reads at one replica, whatever its role.
 *
 * <p>A linearizable read sees everything committed at some moment after it came. What this replica knows to be committed is enough, unless the read meets a dirty record: then the primary
 * is asked how far the partition is committed, and the read is evaluated again as of the answer, which this replica has stored, since nothing is committed before all members have.
 *
 * <p>Source: apportioned queries of CRAQ (Terrace and Freedman 2009 §2.3).
 */
final class Reads {
    private static final long RETRY_NANOS = 100_000_000;
    /** Reads that may wait for the primary's word. */
    private static final int MAX_WAITING = 4096;

    private record Waiting(Endpoint from, CallMessage.Read read) {}

    private final Replica replica;
    private final ReplicaHost host;
    /** By the ticket of the question that was put to the primary. */
    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();

    private long nextTicket = 1;
    private long retryNanos;

    Reads(Replica replica, ReplicaHost host) {
        this.replica = replica;
        this.host = host;
    }

    void onRead(Endpoint from, CallMessage.Read read, long nowNanos) {
        boolean mayAnswerDirty = replica.isPrimary() || !host.defends(Defence.ASK_ABOUT_DIRTY);
        if (read.mode() == ReadMode.STALE || !host.defends(Defence.READ_ONLY_COMMITTED)) {
            evaluate(from, read, ReplicaRecords.NEWEST, true, nowNanos);
        } else if (!evaluate(from, read, replica.committedSeq(), mayAnswerDirty, nowNanos)) {
            ask(from, read, nowNanos);
        }
    }

    /** The primary's word: {@code committedSeq} was right at a moment after it was asked. */
    void onCommitted(long ticket, long committedSeq, long nowNanos) {
        Waiting reader = waiting.remove(ticket);
        if (reader != null) {
            evaluate(reader.from, reader.read, Math.max(committedSeq, replica.committedSeq()), true, nowNanos);
        }
    }

    void onLinkUp(BrickId peer) {
        if (replica.view() != null && peer.equals(replica.currentView().primary())) {
            askAgain();
        }
    }

    void onTick(long nowNanos) {
        if (!waiting.isEmpty() && nowNanos >= retryNanos) {
            retryNanos = nowNanos + RETRY_NANOS;
            askAgain();
        }
    }

    /** The view is closed: nobody can be answered. */
    void refuseAll() {
        for (Waiting reader : waiting.values()) {
            replica.refuse(
                    reader.from, reader.read, CallMessage.Reason.NOT_OPEN, "the view was closed at " + host.self());
        }
        waiting.clear();
    }

    private void ask(Endpoint from, CallMessage.Read read, long nowNanos) {
        if (waiting.size() >= MAX_WAITING) {
            replica.refuse(from, read, CallMessage.Reason.OVERLOADED, waiting.size() + " reads wait for the primary");
            return;
        }
        if (waiting.isEmpty()) {
            retryNanos = nowNanos + RETRY_NANOS;
        }
        long ticket = nextTicket++;
        waiting.put(ticket, new Waiting(from, read));
        send(ticket);
    }

    private void askAgain() {
        waiting.keySet().forEach(this::send);
    }

    private void send(long ticket) {
        host.send(
                replica.currentView().primary(),
                new ReplicaMessage.AskCommitted(replica.partition(), replica.openEpoch(), ticket));
    }

    /**
     * Evaluates and answers.
     *
     * @param isFinal answer also if a dirty record was met
     * @return false if one was, and nothing was answered
     */
    private boolean evaluate(Endpoint from, CallMessage.Read read, long asOfSeq, boolean isFinal, long nowNanos) {
        try {
            if (!replica.type().isRead(read.body())) {
                replica.refuse(from, read, CallMessage.Reason.MALFORMED, "the operation is not a read");
                return true;
            }
            ReplicaRecords records = replica.records(asOfSeq);
            Bytes result = replica.type().evaluate(read.body(), records, ReadView.NoChanges.INSTANCE);
            if (records.hasMetDirty() && !isFinal) {
                return false;
            }
            Version asOf = new Version(replica.openEpoch(), Math.min(asOfSeq, replica.lastSeq()));
            host.outbox()
                    .replyBefore(
                            from,
                            leaseEndNanos(read, nowNanos),
                            new CallMessage.Answer(
                                    read.ticket(), replica.partition(), Completion.Status.DONE, asOf, result),
                            new CallMessage.Refusal(
                                    read.ticket(),
                                    replica.partition(),
                                    CallMessage.Reason.NOT_OPEN,
                                    "the lease ran out",
                                    replica.currentView().toView()));
        } catch (CorruptRecordException e) {
            host.outbox().note(new Event.RecordCorrupt(replica.partition(), String.valueOf(e.getMessage())));
            replica.refuse(from, read, CallMessage.Reason.CORRUPT, host.self() + ": " + e.getMessage());
        } catch (MalformedOperationException | MalformedException e) {
            replica.refuse(from, read, CallMessage.Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (DdsException.Overloaded e) {
            replica.refuse(from, read, CallMessage.Reason.OVERLOADED, String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            replica.refuse(from, read, CallMessage.Reason.FAILED, e.toString());
        }
        return true;
    }

    /** A stale read needs no lease: it promises nothing that the lease would keep. */
    private long leaseEndNanos(CallMessage.Read read, long nowNanos) {
        return read.mode() == ReadMode.STALE ? Long.MAX_VALUE : host.leaseEnd().nanos(nowNanos);
    }
}
