package io.brickwork.core.partition.transact;

import io.brickwork.core.OperationId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.partition.store.Footprint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is among transactions that want the same keys: a transaction that has tried in vain a few times comes again, with fresh reads, and until then transactions that have tried less often are sent away, and single writes wait. So
 * the transaction that has tried most often finds everything as it has read it, and nobody starves (T8). The others are sent away, not made to wait: what they hold elsewhere would be in the other's way.
 *
 * <p><b>How long a turn is kept.</b> As long as another try takes: half as long again as the last one took, from the function's first line on, which its caller says. At least {@link #LEAST_NANOS}, so that quick ones need not hurry; at most
 * {@link #MOST_NANOS}, which bounds how long others are held up by a function that hangs. Less if the caller's link is lost: its turns end with it. While its vote waits for an outcome the turn stays, since the locks do so too; if the outcome is
 * an abort, because something has changed at another participant, it is kept anew: so turns gather at all participants, and not only at the one that refused.
 *
 * <p>Soft state of a primary: if it is lost, the next refusal makes it again.
 */
final class Turns {
    /** How long a turn is kept at least. */
    static final long LEAST_NANOS = 100_000_000;
    /** How long a turn is kept at most. */
    static final long MOST_NANOS = 5_000_000_000L;
    /** A transaction that has failed so often gets a turn. */
    static final int PATIENT_TIMES = 3;
    /** So many are remembered; more are let go, the oldest first. */
    private static final int AT_MOST = 64;

    /**
     * @param age that a transaction must have to go ahead
     * @param keptNanos how long it is kept from a refusal on
     * @param untilNanos when it ends; of no meaning while there is a vote
     * @param vote whose outcome is not known yet; null if there is none
     */
    private record Turn(
            Footprint footprint,
            int age,
            Endpoint from,
            long keptNanos,
            long untilNanos,
            @Nullable OperationId vote) {}

    private final List<Turn> turns = new ArrayList<>();
    private boolean hasEnded;

    boolean isEmpty() {
        return turns.isEmpty();
    }

    /**
     * A transaction of this age was refused; it will come again, older.
     *
     * @param tookNanos how long its caller took for this try
     */
    void refused(Footprint footprint, int age, Endpoint from, long tookNanos, long nowNanos) {
        add(footprint, age + 1, from, tookNanos, nowNanos, null);
    }

    /** A transaction of this age has a vote here. After an abort it comes again: older, or, if it was another's turn elsewhere, as old as it is. */
    void voted(Footprint footprint, int age, Endpoint from, long tookNanos, OperationId vote, long nowNanos) {
        add(footprint, age, from, tookNanos, nowNanos, vote);
    }

    private void add(
            Footprint footprint, int age, Endpoint from, long tookNanos, long nowNanos, @Nullable OperationId vote) {
        if (age < (vote == null ? PATIENT_TIMES : PATIENT_TIMES - 1)) {
            return;
        }
        turns.removeIf(turn -> turn.age <= age && turn.footprint.equals(footprint));
        if (turns.size() >= AT_MOST) {
            turns.removeFirst();
            hasEnded = true;
        }
        long took = Math.min(tookNanos, MOST_NANOS);
        long keptNanos = Math.min(Math.max(took + took / 2, LEAST_NANOS), MOST_NANOS);
        turns.add(new Turn(footprint, age, from, keptNanos, nowNanos + keptNanos, vote));
    }

    /** Whether a transaction that has tried more often is expected, or waits for its outcome. */
    boolean isAnothers(Footprint footprint, int age) {
        for (Turn turn : turns) {
            if (turn.age > age && turn.footprint.conflictsWith(footprint)) {
                return true;
            }
        }
        return false;
    }

    /** A transaction of this age is committed: the turns of those that are not older are over, its own, and those that have read what it has changed. */
    void committed(Footprint footprint, int age) {
        hasEnded |= turns.removeIf(turn -> turn.age <= age && turn.footprint.conflictsWith(footprint));
    }

    /** The outcome of a vote is known. After an abort its caller comes again. */
    void settled(OperationId vote, boolean isCommit, long nowNanos) {
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            if (vote.equals(turn.vote)) {
                if (isCommit) {
                    turns.remove(i);
                    hasEnded = true;
                } else {
                    turns.set(
                            i,
                            new Turn(
                                    turn.footprint,
                                    turn.age,
                                    turn.from,
                                    turn.keptNanos,
                                    nowNanos + turn.keptNanos,
                                    null));
                }
                return;
            }
        }
    }

    /** The caller's link is lost: nobody comes again over it. */
    void gone(Endpoint from) {
        hasEnded |= turns.removeIf(turn -> turn.from.equals(from));
    }

    /** Forgets those whose callers did not come again. Says whether any has ended since it was asked last: those that wait may go on. */
    boolean expire(long nowNanos) {
        if (!turns.isEmpty()) {
            hasEnded |= turns.removeIf(turn -> turn.vote == null && nowNanos - turn.untilNanos >= 0);
        }
        boolean hadEnded = hasEnded;
        hasEnded = false;
        return hadEnded;
    }
}
