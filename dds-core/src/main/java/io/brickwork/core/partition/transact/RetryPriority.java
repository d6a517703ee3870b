package io.brickwork.core.partition.transact;

import io.brickwork.core.OperationId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.partition.store.Footprint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Footprints reserved for transactions that have failed several times. Until such a transaction comes again, with fresh
 * reads, transactions that have tried less often are refused and single writes wait. So the transaction that has tried
 * most often finds everything as it has read it, and none starves. The others are refused, not made to wait: a
 * transaction that waits here may have locks elsewhere that the one with priority needs.
 *
 * <p><b>How long a reservation lasts.</b> Half as long again as its caller took for the last try, from the function's
 * first line on. At least {@link #LEAST_NANOS}, so that quick callers need not hurry; at most {@link #MOST_NANOS},
 * which bounds how long a function that hangs holds others up. A reservation ends earlier if its caller's link is lost.
 * While the transaction has a vote here and no outcome, the reservation lasts as long as the locks. If the outcome is
 * an abort, because something has changed at another participant, the time begins anew: so reservations gather at all
 * participants, and not only at the one that refused.
 *
 * <p>Soft state of a primary: if it is lost, the next refusal makes it again.
 */
final class RetryPriority {
    /** How long a reservation lasts at least. */
    static final long LEAST_NANOS = 100_000_000;
    /** How long a reservation lasts at most. */
    static final long MOST_NANOS = 5_000_000_000L;
    /** How often a transaction must have failed to get a reservation. */
    static final int FAILURES = 3;
    /** How many reservations there may be; the oldest goes first. */
    static final int AT_MOST = 64;

    /**
     * @param age that a transaction must have to go ahead
     * @param lastsNanos how long it lasts from a refusal or an abort on
     * @param untilNanos when it ends; meaningless while there is a vote
     * @param vote whose outcome is not known yet; null if there is none
     */
    private record Reservation(
            Footprint footprint,
            int age,
            Endpoint caller,
            long lastsNanos,
            long untilNanos,
            @Nullable OperationId vote) {
        Reservation aborted(long nowNanos) {
            return new Reservation(footprint, age, caller, lastsNanos, nowNanos + lastsNanos, null);
        }
    }

    private final List<Reservation> reservations = new ArrayList<>();
    private boolean hasEnded;

    boolean isEmpty() {
        return reservations.isEmpty();
    }

    /**
     * A transaction of this age was refused; it will come again, older.
     *
     * @param tookNanos how long its caller took for this try
     */
    void refused(Footprint footprint, int age, Endpoint caller, long tookNanos, long nowNanos) {
        if (age + 1 >= FAILURES) {
            add(footprint, age + 1, caller, tookNanos, nowNanos, null);
        }
    }

    /**
     * A transaction of this age has a vote here. After an abort it comes again: older, or, if it was refused for
     * another's priority elsewhere, as old as it is.
     */
    void voted(Footprint footprint, int age, Endpoint caller, long tookNanos, OperationId vote, long nowNanos) {
        if (age + 1 >= FAILURES) {
            add(footprint, age, caller, tookNanos, nowNanos, vote);
        }
    }

    private void add(
            Footprint footprint, int age, Endpoint caller, long tookNanos, long nowNanos, @Nullable OperationId vote) {
        reservations.removeIf(one -> one.age <= age && one.footprint.equals(footprint));
        if (reservations.size() >= AT_MOST) {
            reservations.removeFirst();
            hasEnded = true;
        }
        long took = Math.min(tookNanos, MOST_NANOS);
        long lastsNanos = Math.min(Math.max(took + took / 2, LEAST_NANOS), MOST_NANOS);
        reservations.add(new Reservation(footprint, age, caller, lastsNanos, nowNanos + lastsNanos, vote));
    }

    /** Whether something of the footprint is reserved for a transaction that has tried more often than this age. */
    boolean isReserved(Footprint footprint, int age) {
        for (Reservation one : reservations) {
            if (one.age > age && one.footprint.conflictsWith(footprint)) {
                return true;
            }
        }
        return false;
    }

    /**
     * A transaction of this age is committed: its own reservation ends, and those of transactions that are not older
     * and have read what it has changed.
     */
    void committed(Footprint footprint, int age) {
        hasEnded |= reservations.removeIf(one -> one.age <= age && one.footprint.conflictsWith(footprint));
    }

    /** The outcome of a vote is known. After an abort its caller comes again. */
    void settled(OperationId vote, boolean isCommit, long nowNanos) {
        for (int i = 0; i < reservations.size(); i++) {
            Reservation one = reservations.get(i);
            if (vote.equals(one.vote)) {
                if (isCommit) {
                    reservations.remove(i);
                    hasEnded = true;
                } else {
                    reservations.set(i, one.aborted(nowNanos));
                }
                return;
            }
        }
    }

    /** The caller's link is lost: nobody comes again over it. */
    void onCallerGone(Endpoint caller) {
        hasEnded |= reservations.removeIf(one -> one.caller.equals(caller));
    }

    /**
     * Drops the reservations whose callers did not come again. Says whether any has ended since it was asked last:
     * requests that wait may go on.
     */
    boolean expire(long nowNanos) {
        if (!reservations.isEmpty()) {
            hasEnded |= reservations.removeIf(one -> one.vote == null && nowNanos - one.untilNanos >= 0);
        }
        boolean hadEnded = hasEnded;
        hasEnded = false;
        return hadEnded;
    }
}
