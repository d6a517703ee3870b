package io.brickwork.core.message;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.group.View;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client asks a brick.
 *
 * <pre>
 * client                                                 brick
 *   Write(ticket, operation id, low water, …)  ───▶  the partition's primary
 *   Read(ticket, …)                            ───▶  any member
 *                                              ◀───  Answer(ticket, status, result)      taken, evaluated, stored
 *                                              ◀───  Refusal(ticket, reason, view?)      this attempt was not taken and never will be
 *   Inquire(ticket, operation id, …)           ───▶  the primary: what became of it?
 *                                              ◀───  Answer | Refusal(NEVER_SEEN | FORGOTTEN | …)
 *   Prepare(ticket, transaction, part, …)      ───▶  each participant's primary
 *                                              ◀───  Answer(ticket, state)               its vote is stored
 *                                              ◀───  Refusal(ticket, CONFLICT, …)        no vote came of this attempt
 *   Decide(ticket, transaction, commit?)       ───▶  each participant's primary; takes no credit
 *   Resolve(ticket, transaction)               ───▶
 *                                              ◀───  Answer(ticket, state)               where it stands
 *   AskStatus(ticket)                          ───▶
 *                                              ◀───  Status(ticket, …)
 *   AskMetadata(ticket)                        ───▶  any brick
 *                                              ◀───  Metadata(ticket, …)                 what it has learned of the metadata log
 *   Instruct(ticket, command)                  ───▶  any brick
 *                                              ◀───  Instructed(ticket, done?, …)        carried out in the metadata log, or refused there
 *   OpenSession(ticket, …)                     ───▶  any brick
 *   KeepSession(ticket, session)               ───▶  any brick, now and then; better several
 *   CloseSession(ticket, session)              ───▶  any brick
 *                                              ◀───  SessionState(ticket, session?, …)
 * </pre>
 *
 * A ticket names one attempt on one connection; an answer satisfies that attempt only.
 */
public sealed interface CallMessage extends Message {
    long ticket();

    /** What is asked of a partition. */
    sealed interface Request extends CallMessage {
        PartitionId partition();

        /** The epoch that the client believes in; 0 if it knows none. */
        long epoch();

        /** A record key, or the beginning of one, in the partition. */
        Bytes routingKey();
    }

    /** What a client says to a participant in one of its transactions. */
    sealed interface OfTransaction extends Request {}

    /**
     * An operation that may have an effect.
     *
     * @param attempt counted from 1 for the operation; for logs and traces
     * @param lowWater all operations of the session below this number have been answered
     */
    record Write(
            long ticket,
            PartitionId partition,
            long epoch,
            OperationId operation,
            int attempt,
            long lowWater,
            Bytes routingKey,
            Bytes body)
            implements Request {
        public Write {
            Check.argument(attempt >= 1, "attempt %d", attempt);
            Check.argument(operation.number() < OperationId.LAST_NUMBER, "%s cannot be an operation", operation);
            Check.argument(
                    lowWater >= 0 && lowWater <= operation.number(), "low water %d above %s", lowWater, operation);
            checkSizes(routingKey, body);
        }
    }

    /** A pure read. */
    record Read(long ticket, PartitionId partition, long epoch, ReadMode mode, Bytes routingKey, Bytes body)
            implements Request {
        public Read {
            checkSizes(routingKey, body);
        }
    }

    /**
     * Asks a participant for its vote in a transaction.
     *
     * @param transaction an operation of the client, one for all participants
     * @param age how often its caller has tried before, under other names: the older goes before the younger
     * @param participants all of them, this one among them; at least two
     * @param part what is wanted of this one
     * @param tookNanos how long the caller took to make it: about as long as another try will take
     */
    record Prepare(
            long ticket,
            PartitionId partition,
            long epoch,
            OperationId transaction,
            int age,
            long lowWater,
            List<Participant> participants,
            Bytes routingKey,
            Part part,
            long tookNanos)
            implements OfTransaction {
        /** One whose caller took no time. */
        public Prepare(
                long ticket,
                PartitionId partition,
                long epoch,
                OperationId transaction,
                int age,
                long lowWater,
                List<Participant> participants,
                Bytes routingKey,
                Part part) {
            this(ticket, partition, epoch, transaction, age, lowWater, participants, routingKey, part, 0);
        }

        public Prepare {
            Check.argument(tookNanos >= 0, "took %d ns", tookNanos);
            Check.argument(age >= 0, "age %d", age);
            Check.argument(transaction.number() < OperationId.LAST_NUMBER, "%s cannot be an operation", transaction);
            Check.argument(
                    lowWater >= 0 && lowWater <= transaction.number(), "low water %d above %s", lowWater, transaction);
            participants = List.copyOf(participants);
            checkSizes(routingKey, Bytes.EMPTY);
        }
    }

    /**
     * Tells a participant the outcome.
     *
     * @param participant as whom it was asked; the partition may be its heir
     */
    record Decide(
            long ticket,
            PartitionId partition,
            long epoch,
            OperationId transaction,
            PartitionId participant,
            boolean isCommit,
            Bytes routingKey)
            implements OfTransaction {
        public Decide {
            checkSizes(routingKey, Bytes.EMPTY);
        }
    }

    /**
     * Asks where a participant stands. If nothing is on record there, a no is put on record: so the outcome can be
     * found, whoever has died.
     *
     * @param participant as whom it was asked; the partition may be its heir
     */
    record Resolve(
            long ticket,
            PartitionId partition,
            long epoch,
            OperationId transaction,
            PartitionId participant,
            Bytes routingKey)
            implements OfTransaction {
        public Resolve {
            checkSizes(routingKey, Bytes.EMPTY);
        }
    }

    /** Asks what became of a write, without running it. */
    record Inquire(long ticket, PartitionId partition, long epoch, OperationId operation, Bytes routingKey)
            implements Request {
        public Inquire {
            checkSizes(routingKey, Bytes.EMPTY);
        }
    }

    /**
     * The outcome.
     *
     * @param version for a write the version of its entry; for a read the version up to which the replica was read
     * @param result what the structure's type made; for {@code REJECTED} the reason in UTF-8
     */
    record Answer(long ticket, PartitionId partition, Completion.Status status, Version version, Bytes result)
            implements CallMessage {}

    /**
     * The attempt was not taken, and never will be. Says nothing of other attempts of the same operation, except for
     * {@code FORGOTTEN}.
     *
     * @param partition the one that was asked; or, if another has the key, that one
     * @param range the partition's, if another was asked and this one has the key
     * @param view the newest view of the partition that the brick knows, if it may help
     */
    record Refusal(
            long ticket,
            PartitionId partition,
            Reason reason,
            String detail,
            @Nullable KeyRange range,
            @Nullable View view)
            implements CallMessage {
        /** Where the key lies is not in question. */
        public Refusal(long ticket, PartitionId partition, Reason reason, String detail, @Nullable View view) {
            this(ticket, partition, reason, detail, null, view);
        }

        public Refusal {
            detail = detail.length() <= Limits.REASON_CHARS ? detail : detail.substring(0, Limits.REASON_CHARS);
        }
    }

    /** Why an attempt is refused. The number is what formats hold. */
    enum Reason {
        /** The view is not open: try again soon. */
        NOT_OPEN(1, true),
        /** Another member is the primary: see the view. */
        NOT_PRIMARY(2, true),
        /** The client's epoch is not the replica's: see the view. */
        WRONG_EPOCH(3, true),
        /** The brick has no such partition (yet), or the key lies outside it. */
        WRONG_PARTITION(4, true),
        /** Too much is under way: try again later. */
        OVERLOADED(5, true),
        /** The fullest member's disk is too full for writes other than deletes. */
        NO_SPACE(6, false),
        /** Below the low-water mark: answered long ago, and the answer is gone. */
        FORGOTTEN(7, false),
        /** Too far above the session's low-water mark. */
        WINDOW(8, false),
        /** The request makes no sense to this brick. */
        MALFORMED(9, false),
        /** A record that the operation needs is rotten here. A read may be tried at another member. */
        CORRUPT(10, true),
        /** A read threw while it was evaluated. */
        FAILED(11, false),
        /** No completion of the operation is stored, and it is not under way. */
        NEVER_SEEN(12, false),
        /** Too large after evaluation. */
        TOO_LARGE(13, false),
        /** The brick has halted, or is closing. */
        HALTED(14, true),
        /** A record that the operation needs is rotten here, and is about to be repaired from another member. */
        REPAIRING(15, true),
        /** The operation's session is over: nobody can say any more what became of it. */
        EXPIRED(16, false),
        /** The operation's session was opened so lately that the brick has not learned of it yet. */
        SESSION_UNKNOWN(17, true),
        /** The key is about to be another partition's: try again in a moment. */
        SPLITTING(18, true),
        /** A transaction has locked what it needs, and its outcome is not known: try again. */
        LOCKED(19, true),
        /** A transaction got in another's way, or what it compares has changed. */
        CONFLICT(20, false),
        /** A transaction that has tried more often goes before this one: try again. */
        NOT_YET(21, true),
        /** The caller has no right to what it asks. */
        FORBIDDEN(22, false);

        private final int code;
        private final boolean worthRetrying;

        Reason(int code, boolean worthRetrying) {
            this.code = code;
            this.worthRetrying = worthRetrying;
        }

        public int code() {
            return code;
        }

        /** Whether another attempt may be taken, here or elsewhere. */
        public boolean isWorthRetrying() {
            return worthRetrying;
        }
    }

    /** Asks a brick how it is. */
    record AskStatus(long ticket) implements CallMessage {}

    /**
     * How a brick is.
     *
     * @param fillPermille how full its disk is
     * @param isRegistered whether the cluster knows this life of it; before that it serves nothing
     * @param isLeader whether it leads the cluster's metadata
     * @param replicas one row for each partition that it holds
     */
    record Status(long ticket, int fillPermille, boolean isRegistered, boolean isLeader, List<ReplicaStatus> replicas)
            implements CallMessage {
        public Status {
            replicas = List.copyOf(replicas);
        }

        /** Whether the cluster knows the brick, and it serves all that it holds. */
        public boolean serves() {
            return isRegistered && replicas.stream().allMatch(ReplicaStatus::isOpen);
        }
    }

    /**
     * One replica: its newest view, whether that is open here, and how far it has come.
     *
     * @param isOpen whether it answers requests: learners do not
     * @param copiedBytes how much of a copy has come so far; -1 if none is under way
     */
    record ReplicaStatus(
            PartitionId partition,
            View view,
            boolean isOpen,
            long storedSeq,
            long committedSeq,
            long appliedSeq,
            long copiedBytes) {}

    /** Asks a brick what it knows of the cluster. */
    record AskMetadata(long ticket) implements CallMessage {}

    /**
     * What a brick has learned of the metadata log; may be a moment old.
     *
     * @param leader who leads the metadata log, as far as the brick knows
     * @param voters who keeps it; empty if the brick has not found the cluster yet
     * @param snapshot of the {@link io.brickwork.core.metadata.MetadataState}
     */
    record Metadata(long ticket, @Nullable BrickId leader, List<BrickId> voters, Bytes snapshot)
            implements CallMessage {
        public Metadata {
            voters = List.copyOf(voters);
        }
    }

    /** An operator's command: one of {@link MetadataCommand.OfOperator}, to be put into the metadata log. */
    record Instruct(long ticket, MetadataCommand.OfOperator command) implements CallMessage {}

    /**
     * What became of an operator's command.
     *
     * @param refusal why it had no effect; empty if it had
     */
    record Instructed(long ticket, String refusal) implements CallMessage {
        public Instructed {
            refusal = refusal.length() <= Limits.REASON_CHARS ? refusal : refusal.substring(0, Limits.REASON_CHARS);
        }

        public boolean isDone() {
            return refusal.isEmpty();
        }
    }

    /**
     * A client wants a session, to number its writes in.
     *
     * @param drawn at random, once by each client
     */
    record OpenSession(long ticket, long drawn) implements CallMessage {}

    /** The client of the session is there, and wants to keep it. */
    record KeepSession(long ticket, SessionId session) implements CallMessage {}

    /** The client needs the session no more: what it was answered may be forgotten. */
    record CloseSession(long ticket, SessionId session) implements CallMessage {}

    /**
     * How it is with a session.
     *
     * @param session that is open; null if there is none
     * @param timeoutNanos a session whose client was silent for so long is over
     * @param detail why there is none
     */
    record SessionState(long ticket, @Nullable SessionId session, long timeoutNanos, String detail)
            implements CallMessage {
        public SessionState {
            Check.argument(timeoutNanos > 0, "a timeout of %d ns", timeoutNanos);
            detail = detail.length() <= Limits.REASON_CHARS ? detail : detail.substring(0, Limits.REASON_CHARS);
        }
    }

    private static void checkSizes(Bytes routingKey, Bytes body) {
        Check.argument(
                routingKey.length() <= Limits.RECORD_KEY_BYTES,
                "routing key of %d bytes; the limit is %d",
                routingKey.length(),
                Limits.RECORD_KEY_BYTES);
        Check.argument(
                body.length() <= Limits.BODY_BYTES,
                "operation of %d bytes; the limit is %d",
                body.length(),
                Limits.BODY_BYTES);
    }
}
