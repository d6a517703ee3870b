package io.brickwork.core.client;

import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How long calls pause before they go on. Part of each pause is random, so that callers spread. */
final class RetryPauses {
    /** The first pause after a failure; doubled each time. */
    static final long FIRST_NANOS = 5_000_000;

    static final long AT_MOST_NANOS = 200_000_000;
    /** The longest pause after the first conflict of a transaction; doubled with each. */
    static final long CONFLICT_NANOS = 2_000_000;
    /**
     * How often a transaction's pause is doubled; one whose caller has tried more often does not wait, since
     * participants keep its turn.
     */
    static final int TRANSACTION_DOUBLINGS = 3;

    private static final int DOUBLINGS = 10;

    private final RandomGenerator jitter;

    RetryPauses(RandomGenerator jitter) {
        this.jitter = jitter;
    }

    /**
     * Before the next attempt of a call whose last one failed.
     *
     * @param failures how many failures there were before this one
     * @param last the last refusal; null if there was none
     */
    long beforeNextAttemptNanos(int failures, @Nullable Refusal last) {
        boolean isSoonOver = last != null && last.reason() == Reason.SPLITTING;
        long pause =
                isSoonOver ? 2 * FIRST_NANOS : Math.min(FIRST_NANOS << Math.min(failures, DOUBLINGS), AT_MOST_NANOS);
        return pause / 2 + jitter.nextLong(pause / 2 + 1);
    }

    /** Before a transaction that came to nothing is tried again under another number. */
    long beforeNextNumberNanos(int failures) {
        long pause = FIRST_NANOS << Math.min(failures, TRANSACTION_DOUBLINGS);
        return pause / 2 + jitter.nextLong(pause);
    }

    /** Before a caller is told that its transaction conflicts with others, since it is about to begin anew. */
    long beforeConflictIsToldNanos(int age) {
        long pause = age < TRANSACTION_DOUBLINGS ? CONFLICT_NANOS << age : CONFLICT_NANOS / 2;
        return jitter.nextLong(pause);
    }
}
