package io.brickwork.check;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An operation as its caller saw it.
 *
 * @param isDone whether it was answered; if not, nobody knows whether it was done, or will be
 * @param answer what it was answered; null if it was not
 * @param invokedAt its place among all beginnings and ends of operations
 * @param endedAt the place of its end; {@link Long#MAX_VALUE} if it was not answered
 * @param invokedNanos when it began
 * @param endedNanos when it was answered; {@link Long#MAX_VALUE} if it was not
 */
public record ModelCall<I, O extends @Nullable Object>(
        String caller,
        I input,
        boolean isDone,
        @Nullable O answer,
        long invokedAt,
        long endedAt,
        long invokedNanos,
        long endedNanos)
        implements Invoked<ModelCall<I, O>> {
    /** An operation that has begun at some place and time. */
    public static <I, O extends @Nullable Object> ModelCall<I, O> begun(
            String caller, I input, long invokedAt, long invokedNanos) {
        return new ModelCall<>(caller, input, false, null, invokedAt, Long.MAX_VALUE, invokedNanos, Long.MAX_VALUE);
    }

    /** The same operation, answered. */
    public ModelCall<I, O> answered(O newAnswer, long newEndedAt, long newEndedNanos) {
        return new ModelCall<>(caller, input, true, newAnswer, invokedAt, newEndedAt, invokedNanos, newEndedNanos);
    }

    @Override
    public ModelCall<I, O> asOpen() {
        return begun(caller, input, invokedAt, invokedNanos);
    }

    @Override
    public String toString() {
        String end = isDone ? String.format(Locale.ROOT, "%.6f", endedNanos / 1e9) : "open";
        return String.format(
                Locale.ROOT,
                "%s [%.6f, %s] %s%s",
                caller,
                invokedNanos / 1e9,
                end,
                input,
                isDone ? " -> " + answer : "");
    }
}
