package io.brickwork.sim.cluster;

import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of the user's own service saw: each of its operations from the call to the answer, for a checker to
 * judge. For threads of the simulation.
 *
 * @param <I> what callers ask for; its text is what failures show
 * @param <O> what they are answered
 */
public abstract sealed class ServiceHistory<I, O extends @Nullable Object> permits SimHistory, SimModelHistory {
    /** So many placements of operations are tried, for all that is judged together. */
    static final long MOST_STEPS = 1_000_000;

    private final Turns turns;
    private final CallLog log;
    private boolean isEmpty = true;

    ServiceHistory(Turns turns, CallLog log) {
        this.turns = turns;
        this.log = log;
    }

    /**
     * An operation of the service, under way until one of these methods is called. One that never ends counts as one of
     * which nobody knows whether it was done.
     */
    public final class Begun {
        private final int number;
        private final CallLog.Entry entry;

        private Begun(int number, CallLog.Entry entry) {
            this.number = number;
            this.entry = entry;
        }

        /** It was done, and its caller was answered this. */
        public void done(O answer) {
            turns.self();
            entry.done(answer);
            onDone(number, answer, turns.nowNanos());
        }

        /** It failed: it certainly did not happen, or nobody knows. */
        public void failed(DdsException failure) {
            turns.self();
            entry.failed(failure);
            if (failure.certainlyDidNotHappen()) {
                onDidNotHappen(number, turns.nowNanos());
            } else {
                onUnknown(number);
            }
        }
    }

    /** The calling thread asks the service for something. */
    public final Begun begin(I input) {
        SimThread caller = turns.self();
        CallLog.Entry entry = log.begin(caller, "service: " + input);
        isEmpty = false;
        return new Begun(onBegun(caller.getName(), input, turns.nowNanos()), entry);
    }

    /** Asks the service for something, and writes down how it ended. What the service throws is thrown on. */
    public final O call(I input, Supplier<O> operation) {
        Begun begun = begin(input);
        try {
            O answer = operation.get();
            begun.done(answer);
            return answer;
        } catch (DdsException failure) {
            begun.failed(failure);
            throw failure;
        }
    }

    /**
     * Demands that operations can be put into one order that respects real time and in which each answer is right. Call
     * it when no operation is under way any more.
     *
     * @throws io.brickwork.sim.world.SimFailure if there is no such order, with the answers that none explains; or if
     *     it takes too long to find out
     */
    public final void checkLinearizable() {
        turns.self();
        Check.state(!isEmpty, "the history is empty: nothing has been recorded, and so nothing is checked");
        judge();
    }

    // ---- what histories differ in

    /** Returns the number of the operation. */
    abstract int onBegun(String caller, I input, long nowNanos);

    abstract void onDone(int number, O answer, long nowNanos);

    abstract void onDidNotHappen(int number, long nowNanos);

    abstract void onUnknown(int number);

    abstract void judge();
}
