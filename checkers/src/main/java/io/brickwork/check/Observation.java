package io.brickwork.check;

import io.brickwork.core.Check;
import io.brickwork.core.Version;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One operation as its caller saw it.
 *
 * @param number its place in the history, by invocation
 * @param partition which partition of which structure has answered, if one has
 * @param invokedAt its invocation's place among all invocations and responses: the real-time order
 * @param endedAt its response's place; {@link Long#MAX_VALUE} if it stays open for ever
 * @param result what the caller was given; meaningful only if {@link #isDone}
 * @param version what the answer was stamped with; {@link Version#NONE} unless {@link #isDone}
 */
public record Observation(
        int number,
        String client,
        String partition,
        Call call,
        long invokedAt,
        long invokedNanos,
        long endedAt,
        long endedNanos,
        Ending ending,
        @Nullable String result,
        Version version)
        implements Invoked<Observation> {

    /** How it ended for its caller. */
    public enum Ending {
        /** With a result. */
        DONE,
        /** It certainly had no effect and never will. */
        DID_NOT_HAPPEN,
        /**
         * Nobody can tell: it may take effect at any time after its invocation, also after the caller gave up, or
         * never.
         */
        UNKNOWN
    }

    public Observation {
        Check.argument(
                invokedAt < endedAt, "operation %d ended at %d before it began at %d", number, endedAt, invokedAt);
    }

    @Override
    public boolean isDone() {
        return ending == Ending.DONE;
    }

    /** Whether it changed the record, as far as its result tells; only for operations that are done. */
    public boolean hadEffect() {
        return switch (call.kind()) {
            case GET -> false;
            case PUT, SET, APPEND -> true;
            case REMOVE, REPLACE -> result != null;
            case DELETE -> true;
            case PUT_IF_ABSENT -> result == null;
            case REPLACE_IF, REMOVE_IF -> "true".equals(result);
        };
    }

    /** The same operation in another partition. */
    Observation in(String other) {
        return new Observation(
                number, client, other, call, invokedAt, invokedNanos, endedAt, endedNanos, ending, result, version);
    }

    @Override
    public Observation asOpen() {
        return new Observation(
                number,
                client,
                partition,
                call,
                invokedAt,
                invokedNanos,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Ending.UNKNOWN,
                null,
                Version.NONE);
    }

    @Override
    public String toString() {
        String outcome = switch (ending) {
            case DONE ->
                (call.kind().givesResult() ? result == null ? "absent" : result : "done")
                        + (version.equals(Version.NONE) ? "" : " " + version);
            case DID_NOT_HAPPEN -> "did not happen";
            case UNKNOWN -> "unknown";
        };
        String until = endedNanos == Long.MAX_VALUE ? "…" : String.format(Locale.ROOT, "%.6f", endedNanos / 1e9);
        return String.format(
                Locale.ROOT, "#%d %s [%.6f, %s] %s -> %s", number, client, invokedNanos / 1e9, until, call, outcome);
    }
}
