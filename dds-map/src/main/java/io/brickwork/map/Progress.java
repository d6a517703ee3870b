package io.brickwork.map;

import io.brickwork.core.DdsException;
import io.brickwork.core.DdsException.Happened;
import io.brickwork.core.invoke.Invoker;
import java.util.function.Supplier;

/**
 * Counts what has become of the operations that one method consists of, such as {@code putAll}, so that a failure of
 * the method says what was done: the failure of one operation says only that this one was not. One thread.
 */
public final class Progress {
    private final Invoker invoker;
    private final String what;
    private long done;
    private boolean mayHaveHappened;

    /**
     * @param invoker that the operations go through
     * @param what the method is and what it is called on, for messages
     */
    public Progress(Invoker invoker, String what) {
        this.invoker = invoker;
        this.what = what;
    }

    /** So many more operations have changed something. */
    public void countDone(long operations) {
        done += operations;
    }

    /** Another operation has failed than the one that the method will fail with. */
    public void countFailure(Throwable failure) {
        mayHaveHappened |= failure instanceof DdsException told && !told.certainlyDidNotHappen();
    }

    /** Runs what counts here; its failure says what was done of all. */
    public <R> R guard(Supplier<R> work) {
        try {
            return work.get();
        } catch (DdsException failure) {
            throw told(failure);
        }
    }

    /** What the method fails with when an operation has failed: that very failure if it is true of all operations. */
    public DdsException told(DdsException failure) {
        boolean isTrueOfAll = done == 0
                && (failure.happened() == Happened.UNKNOWN || (failure.certainlyDidNotHappen() && !mayHaveHappened));
        if (isTrueOfAll) {
            return failure;
        }
        return new DdsException.PartlyDone(
                "%s was done in part%s: %s"
                        .formatted(
                                what,
                                done == 0 ? ", perhaps" : " (%,d operations)".formatted(done),
                                failure.getMessage()),
                done,
                invoker.isProvisional(),
                failure);
    }
}
