package io.brickwork.sim.cluster;

import io.brickwork.check.Call;
import io.brickwork.check.History;
import io.brickwork.check.LinearizabilityChecker;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Version;
import io.brickwork.sim.world.SimFailure;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of the user's own service saw: each of its operations from the call to the answer, for a checker to
 * judge. The operations are said in the words of a map ({@link Call}), whatever the service calls them: a lock that is
 * acquired is a {@code PUT_IF_ABSENT} of its owner, one that is given back a {@code REMOVE_IF}.
 *
 * <p>Made by {@link SimCluster#history}; for threads of the simulation.
 */
public final class SimHistory {
    private static final long MOST_STEPS = 1_000_000;

    private final Turns turns;
    private final CallLog log;
    private final History history = new History();

    SimHistory(Turns turns, CallLog log) {
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

        /**
         * It was done.
         *
         * @param result what it gave; null if it gives nothing, or what it gave is "absent"
         */
        public void done(@Nullable String result) {
            turns.self();
            entry.done(result);
            history.done(number, result, Version.NONE, turns.nowNanos());
        }

        /** It failed: it certainly did not happen, or nobody knows. */
        public void failed(DdsException failure) {
            turns.self();
            entry.failed(failure);
            if (failure.certainlyDidNotHappen()) {
                history.didNotHappen(number, turns.nowNanos());
            } else {
                history.unknown(number);
            }
        }
    }

    /** The calling thread asks the service for something. */
    public Begun begin(Call call) {
        SimThread caller = turns.self();
        CallLog.Entry entry = log.begin(caller, "service: " + call);
        return new Begun(history.invoke(caller.getName(), "service", call, turns.nowNanos()), entry);
    }

    /**
     * Asks the service for something, and writes down how it ended. What the service throws is thrown on.
     *
     * @param operation gives what the map's operation would give: the value, or null if it is absent or there is
     *     nothing to give
     */
    public @Nullable String call(Call call, Supplier<@Nullable String> operation) {
        Begun begun = begin(call);
        try {
            String result = operation.get();
            begun.done(result);
            return result;
        } catch (DdsException failure) {
            begun.failed(failure);
            throw failure;
        }
    }

    /**
     * Demands that on each key all operations can be put into one order that respects real time and in which each
     * answer is right, with nothing there at first. Call it when no operation is under way any more.
     *
     * @throws SimFailure if there is no such order, with the answers that none explains; or if it takes too long to
     *     find out
     */
    public void checkLinearizable() {
        turns.self();
        Check.state(history.size() > 0, "the history is empty: nothing has been recorded, and so nothing is checked");
        LinearizabilityChecker checker = new LinearizabilityChecker(MOST_STEPS);
        history.byKey().forEach((key, observations) -> {
            switch (checker.check(observations)) {
                case LinearizabilityChecker.Verdict.Linearizable fine -> {}
                case LinearizabilityChecker.Verdict.Violation violation ->
                    throw new SimFailure(SimFailure.Kind.SAFETY, "linearizable: " + violation.explanation());
                case LinearizabilityChecker.Verdict.Undecided undecided ->
                    throw new SimFailure(
                            SimFailure.Kind.UNDECIDED,
                            "linearizable: key %s has %d operations, for which %d steps were not enough to find out; use more keys, or fewer operations"
                                    .formatted(key, observations.size(), undecided.steps()));
            }
        });
    }
}
