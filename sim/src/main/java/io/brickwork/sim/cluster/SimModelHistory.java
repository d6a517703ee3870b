package io.brickwork.sim.cluster;

import io.brickwork.check.Model;
import io.brickwork.check.ModelCall;
import io.brickwork.check.ModelChecker;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.sim.world.SimFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of the user's own service saw, to be judged by a {@link Model} of that service: each operation from
 * the call to the answer.
 *
 * <p>Made by {@link SimCluster#history(Model)}; for threads of the simulation.
 *
 * @param <I> what callers ask for; its text is what failures show
 * @param <O> what they are answered
 */
public final class SimModelHistory<S, I, O extends @Nullable Object> {
    private static final long MOST_STEPS = 1_000_000;

    private final Turns turns;
    private final CallLog log;
    private final Model<S, I, O> model;
    /** Operations that may have happened: those under way, answered, and of unknown outcome. */
    private final List<Begun> all = new ArrayList<>();
    /** How many beginnings and ends there have been. */
    private long places;

    SimModelHistory(Turns turns, CallLog log, Model<S, I, O> model) {
        this.turns = turns;
        this.log = log;
        this.model = model;
    }

    /**
     * An operation, under way until one of these methods is called. One that never ends counts as one of which nobody
     * knows whether it was done.
     */
    public final class Begun {
        private final CallLog.Entry entry;
        private ModelCall<I, O> call;

        private Begun(CallLog.Entry entry, ModelCall<I, O> call) {
            this.entry = entry;
            this.call = call;
        }

        /** It was done, and its caller was answered this. */
        public void done(O answer) {
            turns.self();
            entry.done(answer);
            call = call.answered(answer, places++, turns.nowNanos());
        }

        /** It failed: it certainly did not happen, or nobody knows. */
        public void failed(DdsException failure) {
            turns.self();
            entry.failed(failure);
            if (failure.certainlyDidNotHappen()) {
                all.remove(this);
            }
        }
    }

    /** The calling thread asks the service for something. */
    public Begun begin(I input) {
        SimThread caller = turns.self();
        CallLog.Entry entry = log.begin(caller, "service: " + input);
        Begun begun = new Begun(entry, ModelCall.begun(caller.getName(), input, places++, turns.nowNanos()));
        all.add(begun);
        return begun;
    }

    /** Asks the service for something, and writes down how it ended. What the service throws is thrown on. */
    public O call(I input, Supplier<O> operation) {
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
     * Demands that all operations can be put into one order that respects real time and in which the model gives each
     * answer. Call it when no operation is under way any more.
     *
     * @throws SimFailure if there is no such order, with the answer that none explains; or if it takes too long to find
     *     out
     */
    public void checkLinearizable() {
        turns.self();
        Check.state(places > 0, "the history is empty: nothing has been recorded, and so nothing is checked");
        List<ModelCall<I, O>> calls = all.stream().map(begun -> begun.call).toList();
        switch (new ModelChecker<>(model, MOST_STEPS).check(calls)) {
            case ModelChecker.Verdict.Linearizable fine -> {}
            case ModelChecker.Verdict.Violation violation ->
                throw new SimFailure(SimFailure.Kind.SAFETY, "linearizable: " + violation.explanation());
            case ModelChecker.Verdict.Undecided undecided ->
                throw new SimFailure(
                        SimFailure.Kind.UNDECIDED,
                        "linearizable: %s has %d operations, for which %d steps were not enough to find out; divide the model into parts, or make fewer operations at the same time"
                                .formatted(undecided.part(), undecided.operations(), MOST_STEPS));
        }
    }
}
