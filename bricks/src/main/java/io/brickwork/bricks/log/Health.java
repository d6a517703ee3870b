package io.brickwork.bricks.log;

import io.brickwork.core.log.StoreFailedException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the disk has failed, and the one place that tells the outside of progress and of failure, so that no progress
 * is told after a failure. The first failure is final. Any thread.
 */
final class Health {
    private final LongConsumer synced;
    private final Consumer<StoreFailedException> failed;
    private final Function<Exception, String> reason;
    private volatile @Nullable StoreFailedException failure;
    private volatile long syncedPosition;

    /** @param reason says to people why a file could not be read or written */
    Health(LongConsumer synced, Consumer<StoreFailedException> failed, Function<Exception, String> reason) {
        this.synced = synced;
        this.failed = failed;
        this.reason = reason;
    }

    boolean isFailed() {
        return failure != null;
    }

    /** Throws if the disk has failed. */
    void check() {
        StoreFailedException first = failure;
        if (first != null) {
            throw new StoreFailedException("the log has stopped: " + first.getMessage(), first);
        }
    }

    /** Everything below is synced, as far as it was told. Never falls. */
    long syncedPosition() {
        return syncedPosition;
    }

    /** Sets where the log begins, tells nobody. */
    void start(long position) {
        syncedPosition = position;
    }

    /** Tells of a sync, unless the log has failed or this is no progress. */
    synchronized void synced(long position) {
        if (failure == null && position > syncedPosition) {
            syncedPosition = position;
            synced.accept(position);
        }
    }

    /** Ends the log, tells so if it was not told before, and gives the exception to throw. */
    synchronized StoreFailedException fail(String message, Exception cause) {
        StoreFailedException now = new StoreFailedException(message + ": " + reason.apply(cause), cause);
        if (failure == null) {
            failure = now;
            failed.accept(now);
        }
        return now;
    }
}
