package io.brickwork.map.transaction;

import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Minitransaction;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs functions in transactions, each as often as it takes, within one timeout.
 *
 * <p>A conflict means that others have committed, so somebody always gets on; and who has tried in vain goes before those that have not, so that everybody does.
 */
public final class Transactor {
    private final Invoker invoker;
    private final StructureTypes types;

    /**
     * @param types of the structures that transactions may use
     */
    public Transactor(Invoker invoker, StructureTypes types) {
        this.invoker = invoker;
        this.types = types;
    }

    /**
     * Runs the function in a transaction, and again in another as long as others get in its way.
     *
     * @param options their timeout is that of the whole
     * @return what the function returned in the transaction that was committed
     * @throws DdsException.Conflict if it was not done in time: it changed nothing
     * @throws DdsException.UnknownOutcome if nobody can tell yet whether it was
     * @throws RuntimeException that the function has thrown: it changed nothing
     */
    public <R extends @Nullable Object> R run(
            Function<? super Transaction, ? extends R> function, CallOptions options) {
        long deadlineNanos = invoker.nanoTime() + options.timeout().toNanos();
        for (int age = 0; ; age++) {
            Transaction transaction =
                    new Transaction(invoker, types, options.withReads(ReadMode.LINEARIZABLE), deadlineNanos);
            try {
                Attempt<R> attempt = attempt(function, transaction, age);
                if (attempt.isDone) {
                    return attempt.result;
                }
            } finally {
                transaction.end();
            }
            if (deadlineNanos - invoker.nanoTime() <= 0) {
                throw new DdsException.Conflict(
                        "a transaction was not done within %s, and changed nothing: others got in its way %d times"
                                .formatted(options.timeout(), age + 1));
            }
        }
    }

    private record Attempt<R extends @Nullable Object>(boolean isDone, R result) {}

    @SuppressWarnings("NullAway") // no result is looked at unless it is done
    private <R extends @Nullable Object> Attempt<R> attempt(
            Function<? super Transaction, ? extends R> function, Transaction transaction, int age) {
        R result;
        try {
            result = function.apply(transaction);
        } catch (RuntimeException | Error thrown) {
            if (isTrue(transaction, age)) {
                throwOfTheWhole(thrown);
                throw thrown;
            }
            return new Attempt<>(false, null);
        }
        transaction.end();
        Minitransaction whole = transaction.minitransaction();
        try {
            if (!whole.items().isEmpty()) {
                invoker.commit(whole, age, transaction.optionsLeft()).await();
            }
            return new Attempt<>(true, result);
        } catch (DdsException.Conflict lost) {
            return new Attempt<>(false, null);
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

    /** Whether all that the function had read when it threw was so at one moment. Else it has seen what never was, and what it threw says nothing. */
    private boolean isTrue(Transaction transaction, int age) {
        List<Minitransaction.Item> read = transaction.expectations();
        if (read.isEmpty()) {
            return true;
        }
        try {
            invoker.commit(new Minitransaction(read), age, transaction.optionsLeft())
                    .await();
            return true;
        } catch (DdsException.Conflict changed) {
            return false;
        } catch (DdsException nobodyKnows) {
            return true;
        }
    }
}
