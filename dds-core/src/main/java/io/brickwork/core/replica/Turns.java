package io.brickwork.core.replica;

import java.util.ArrayList;
import java.util.List;

/**
 * Whose turn it is among transactions that want the same keys: one that has tried in vain a few times comes again, with fresh reads, and until then those that have tried less often are sent away. So the one that has tried most often
 * finds everything as it has read it, and nobody starves (T8). They are sent away, not made to wait: what they hold elsewhere would be in the other's way.
 *
 * <p>Soft state of a primary: if it is lost, or whoever is waited for never comes, others go on after {@link #KEPT_NANOS}.
 */
final class Turns {
    /** How long one that was refused is waited for. */
    static final long KEPT_NANOS = 100_000_000;
    /** Who has failed so often gets a turn of its own. */
    static final int PATIENT_TIMES = 3;
    /** So many are remembered; more are let go, the oldest first. */
    private static final int AT_MOST = 64;

    /**
     * @param age that a transaction must have to go ahead
     */
    private record Turn(Footprint footprint, int age, long untilNanos) {}

    private final List<Turn> turns = new ArrayList<>();

    /** A transaction of this age was refused; it will come again, older. */
    void refused(Footprint footprint, int age, long nowNanos) {
        if (age + 1 < PATIENT_TIMES) {
            return;
        }
        turns.removeIf(turn -> turn.age <= age + 1 && turn.footprint.equals(footprint));
        if (turns.size() >= AT_MOST) {
            turns.removeFirst();
        }
        turns.add(new Turn(footprint, age + 1, nowNanos + KEPT_NANOS));
    }

    /** Whether one that has tried more often is expected. */
    boolean isAnothers(Footprint footprint, int age) {
        for (Turn turn : turns) {
            if (turn.age > age && turn.footprint.conflictsWith(footprint)) {
                return true;
            }
        }
        return false;
    }

    /** One of this age has had its turn. */
    void taken(Footprint footprint, int age) {
        turns.removeIf(turn -> turn.age <= age && turn.footprint.conflictsWith(footprint));
    }

    /** Forgets those that did not come. */
    void expire(long nowNanos) {
        if (!turns.isEmpty()) {
            turns.removeIf(turn -> nowNanos - turn.untilNanos >= 0);
        }
    }
}
