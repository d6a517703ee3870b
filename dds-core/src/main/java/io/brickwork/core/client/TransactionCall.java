package io.brickwork.core.client;

import io.brickwork.core.Check;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.transaction.Minitransaction;
import org.jspecify.annotations.Nullable;

/**
 * A caller's transaction: waits for a number, is under way with a {@link Coordinator}, or pauses before its next
 * attempt or before its caller is told.
 *
 * <p>Each attempt that takes locks has a number of its own.
 */
final class TransactionCall extends Call implements Numbered {
    final Minitransaction transaction;
    private final SessionNumber number = new SessionNumber();
    private int age;
    private @Nullable Coordinator coordinator;
    private @Nullable Outcome outcome;

    /** @param age how often the caller has tried before */
    TransactionCall(
            long id,
            Minitransaction transaction,
            int age,
            Failures.Subject subject,
            long startedNanos,
            long deadlineNanos) {
        super(id, subject, startedNanos, deadlineNanos);
        this.transaction = transaction;
        this.age = age;
    }

    @Override
    public SessionNumber number() {
        return number;
    }

    /** How often the transaction was tried before, by its caller and here: the more, the fewer go before it. */
    int age() {
        return age;
    }

    void growOlder() {
        age++;
    }

    /** How long the caller took for this try. */
    long tookNanos() {
        return transaction.tookNanos();
    }

    /** The attempt that is under way; null if none is. */
    @Nullable
    Coordinator coordinator() {
        return coordinator;
    }

    /** An attempt begins. */
    void begin(Coordinator attempt) {
        coordinator = attempt;
        forgetRefusal();
    }

    /** The attempt came to nothing; the next one has a number of its own. */
    void beginAnew() {
        coordinator = null;
        number.clear();
    }

    /** What the caller is told after a pause; null as long as that is not known. */
    @Nullable
    Outcome outcome() {
        return outcome;
    }

    /** The outcome is known, and told after a pause. */
    void decide(Outcome known) {
        Check.invariant(outcome == null, "call %d has two outcomes", id);
        outcome = known;
        coordinator = null;
    }
}
