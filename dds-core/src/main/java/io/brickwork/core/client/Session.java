package io.brickwork.core.client;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import java.util.BitSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A client's exactly-once session: it numbers operations, and says up to which number bricks may forget.
 *
 * <p>The <em>low-water mark</em> is the lowest number that is still needed; every write carries it. What a partition
 * has heard to lie below the mark is answered {@code Forgotten} and never executed. At most
 * {@link Limits#SESSION_WINDOW_OPERATIONS} numbers lie between the mark and the next one.
 *
 * <p><b>When may the mark pass a number?</b> A number whose caller was told that it was done, rejected or certainly not
 * done is needed no more: a duplicate that arrives late finds either the stored answer or the mark, and runs in neither
 * case; or every attempt was refused, and none can arrive. A number whose caller was told <em>unknown</em> is
 * different. Passing it would be safe (an attempt that arrives after the mark is not executed, one that arrives before
 * may be, and "unknown" covers both) but bricks would forget the answer, and the question "what became of it?" could
 * not be answered any more. Never passing it would end the session after a window's worth of further operations. So
 * such a number is kept open for as long as that costs nothing, and given up, lowest first, only when the window is
 * exhausted: its outcome can be asked for until about a thousand later writes have been begun.
 *
 * <p>A transaction's number is needed until all participants have its outcome, whatever its caller was told: the mark
 * is what lets them forget it.
 */
final class Session {
    private static final int WINDOW = Limits.SESSION_WINDOW_OPERATIONS;

    private final SessionId id;
    /** The number that comes next. */
    private long next = 1;
    /** The lowest number that is still needed, or {@code next} if none is. Never falls. */
    private long lowWater = 1;
    /** Which numbers from {@code lowWater} on are needed no more, at their remainder by the window. */
    private final BitSet settled = new BitSet(WINDOW);
    /** Operations whose callers were told "unknown", by number; all at or above the mark. */
    private final TreeMap<Long, Unsettled> unsettled = new TreeMap<>();
    /** Transactions whose outcome some participants do not have. */
    private final TreeSet<Long> deciding = new TreeSet<>();

    Session(SessionId id) {
        this.id = id;
    }

    SessionId id() {
        return id;
    }

    long lowWater() {
        return lowWater;
    }

    /** Whether another operation may be begun; gives up operations of unknown outcome if that is what it takes. */
    boolean hasRoom() {
        while (next - lowWater >= WINDOW && unsettled.containsKey(lowWater) && !isHeldByTransaction()) {
            settle(lowWater);
        }
        return next - lowWater < WINDOW;
    }

    /**
     * Whether the mark stands at a transaction of which some participants do not have the outcome. Then this session
     * takes no more operations, if its window is exhausted: another one must be opened.
     */
    boolean isHeldByTransaction() {
        return deciding.contains(lowWater);
    }

    /** The number is a transaction's: the mark passes it when all participants have its outcome. */
    void decide(long number) {
        deciding.add(number);
    }

    /**
     * All participants have the transaction's outcome. Nothing happens if the number is not a transaction's, or is
     * settled.
     */
    void onDecided(long number) {
        if (deciding.remove(number) && !unsettled.containsKey(number)) {
            settle(number);
        }
    }

    /** The outcome that was asked for is known. */
    void forget(long number) {
        unsettled.remove(number);
        if (!deciding.contains(number)) {
            settle(number);
        }
    }

    /** Begins an operation; only if there is {@linkplain #hasRoom room}. */
    OperationId begin() {
        Check.invariant(
                next - lowWater < WINDOW,
                "operation %d of session %s lies outside the window at %d",
                next,
                id,
                lowWater);
        return new OperationId(id, next++);
    }

    /** The operation's caller knows how it ended, or does not want to know any more: the mark may pass it. */
    void settle(long number) {
        Check.invariant(
                number >= lowWater && number < next, "number %d is not open in [%d, %d)", number, lowWater, next);
        unsettled.remove(number);
        settled.set(slot(number));
        while (lowWater < next && settled.get(slot(lowWater))) {
            settled.clear(slot(lowWater));
            lowWater++;
        }
    }

    /** The operation's caller was told "unknown", and may ask again. */
    void keep(Unsettled operation) {
        unsettled.put(operation.id.number(), operation);
    }

    /** An operation whose caller was told "unknown" and that has not been given up, else null. */
    @Nullable
    Unsettled unsettled(OperationId operation) {
        return operation.session().equals(id) ? unsettled.get(operation.number()) : null;
    }

    private static int slot(long number) {
        return (int) (number % WINDOW);
    }

    /** What it takes to ask for the outcome of an operation later. */
    static final class Unsettled {
        final OperationId id;
        PartitionId partition;
        final Bytes routingKey;
        final Failures.Subject subject;
        /** Told by an answer that came after the caller had been told "unknown"; null until then. */
        @Nullable
        Outcome late;
        /** Whether its answer is that of {@link io.brickwork.core.transaction.RecordAccess#commit}. */
        boolean isTransaction;
        /** Who finds out; null for what is an operation of one partition. */
        @Nullable
        Coordinator coordinator;

        Unsettled(OperationId id, PartitionId partition, Bytes routingKey, Failures.Subject subject) {
            this.id = id;
            this.partition = partition;
            this.routingKey = routingKey;
            this.subject = subject;
        }

        /** Keeps what an answer told that came too late; in memory of its own, for it may stay for long. */
        void learn(Outcome outcome) {
            late = outcome instanceof Outcome.Done done
                    ? new Outcome.Done(
                            done.partition(), done.version(), done.result().compact())
                    : outcome;
        }
    }
}
