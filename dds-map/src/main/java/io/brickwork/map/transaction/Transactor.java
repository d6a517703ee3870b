package io.brickwork.map.transaction;

import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Minitransaction;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs functions in transactions, each as often as it takes, within one timeout.
 *
 * <p>A conflict means that others have committed, so somebody always gets on; and a transaction that has been refused a
 * few times has its turn while its function runs again, so that everybody gets on: if the function takes up to some
 * three seconds, and no more than a third of the timeout.
 */
public final class Transactor {
    private final Invoker invoker;
    private final StructureTypes types;

    /** @param types of the structures that transactions may use */
    public Transactor(Invoker invoker, StructureTypes types) {
        this.invoker = invoker;
        this.types = types;
    }

    /**
     * Runs the function in a transaction, and again in another as long as others get in its way.
     *
     * @param options their timeout is that of the whole
     * @return what the function returned in the transaction that was committed
     * @throws DdsException.Conflict if it was not done in time: it changed nothing. The message says how often it was
     *     refused and why the last time, or that the function itself took too long
     * @throws DdsException.UnknownOutcome if nobody can tell yet whether it was
     * @throws RuntimeException that the function has thrown: it changed nothing
     */
    public <R extends @Nullable Object> R run(
            Function<? super Transaction, ? extends R> function, CallOptions options) {
        Run<R> run = new Run<>(function, options);
        while (true) {
            Done<R> done = run.attempt();
            if (done != null) {
                return done.result;
            }
            if (run.leftNanos() <= 0) {
                throw run.notInTime();
            }
        }
    }

    private record Done<R extends @Nullable Object>(R result) {}

    /** One function, and its tries. */
    private final class Run<R extends @Nullable Object> {
        private final Function<? super Transaction, ? extends R> function;
        private final CallOptions options;

        private final long deadlineNanos;
        /** Tries that were refused, and why the last one was. */
        private int refusals;

        private String refusal = "";
        /** How long the function ran in the last try. */
        private long tookNanos;
        /** Whether the last try was not refused: the time was up before all of it could be asked for. */
        private boolean isCutShort;

        Run(Function<? super Transaction, ? extends R> function, CallOptions options) {
            this.function = function;
            this.options = options.withReads(ReadMode.LINEARIZABLE);
            long beganNanos = invoker.nanoTime();
            deadlineNanos = beganNanos + options.timeout().toNanos();
        }

        long leftNanos() {
            return deadlineNanos - invoker.nanoTime();
        }

        /** Runs the function once; null if that came to nothing. */
        @Nullable
        @SuppressWarnings("NullAway") // what the function returns may be null
        Done<R> attempt() {
            Transaction transaction = new Transaction(invoker, types, options, deadlineNanos);
            long startNanos = invoker.nanoTime();
            isCutShort = false;
            try {
                R result;
                try {
                    result = function.apply(transaction);
                } catch (RuntimeException | Error thrown) {
                    tookNanos = invoker.nanoTime() - startNanos;
                    if (isTrue(transaction, thrown)) {
                        throwOfTheWhole(thrown);
                        throw thrown;
                    }
                    return null;
                }
                tookNanos = invoker.nanoTime() - startNanos;
                transaction.end();
                return commit(transaction.minitransaction(tookNanos)) ? new Done<>(result) : null;
            } finally {
                transaction.end();
            }
        }

        /** Whether it is done; else it changed nothing. */
        private boolean commit(Minitransaction whole) {
            if (whole.items().isEmpty()) {
                return true;
            }
            long leftNanos = leftNanos();
            if (leftNanos <= 0) {
                isCutShort = true;
                return false;
            }
            try {
                invoker.commit(whole, refusals, options.withTimeout(Duration.ofNanos(leftNanos)))
                        .await();
                return true;
            } catch (DdsException.Conflict lost) {
                refusals++;
                refusal = String.valueOf(lost.getMessage());
                return false;
            }
        }

        /**
         * Whether all that the function had read when it threw was so at one moment. Else it has seen what never was,
         * and what it threw says nothing.
         */
        private boolean isTrue(Transaction transaction, Throwable thrown) {
            if (thrown instanceof DdsException.Unavailable || thrown instanceof DdsException.Overloaded) {
                return true; // a read that no brick answered: it is not the function that says so
            }
            if (thrown instanceof DdsException.Conflict && leftNanos() <= 0) {
                isCutShort = true;
                return false;
            }
            try {
                return commit(new Minitransaction(transaction.expectations(), tookNanos)) || isCutShort;
            } catch (DdsException nobodyKnows) {
                return true;
            }
        }

        /** Says what has happened, and what helps. */
        DdsException.Conflict notInTime() {
            String what = "a transaction was not done within %s, and changed nothing: ".formatted(options.timeout());
            String function = "its function ran for %d ms".formatted(tookNanos / 1_000_000);
            if (refusals == 0) {
                return new DdsException.Conflict(what + function
                        + " before the time was up, and nobody was in its way; allow more time, or read less in it");
            }
            return new DdsException.Conflict(what
                    + "%d of %d tries were refused, and in the last one %s%s. The last refusal: %s"
                            .formatted(
                                    refusals,
                                    refusals + (isCutShort ? 1 : 0),
                                    function,
                                    isCutShort ? " until the time was up" : "",
                                    refusal));
        }
    }

    /** Nothing lasts of a transaction that ends so: that a part of something was done within it is not true outside. */
    private static void throwOfTheWhole(Throwable thrown) {
        if (thrown instanceof DdsException.PartlyDone part
                && part.isProvisional()
                && part.getCause() instanceof DdsException first) {
            throw first;
        }
    }
}
