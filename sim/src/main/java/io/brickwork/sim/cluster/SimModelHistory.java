package io.brickwork.sim.cluster;

import io.brickwork.check.Model;
import io.brickwork.check.ModelCall;
import io.brickwork.check.ModelChecker;
import io.brickwork.core.Check;
import io.brickwork.sim.world.SimFailure;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ServiceHistory} that a {@link Model} of the service judges.
 *
 * <p>Made by {@link SimCluster#history(Model)}.
 */
public final class SimModelHistory<S, I, O extends @Nullable Object> extends ServiceHistory<I, O> {
    private final Model<S, I, O> model;
    /** By number, operations that may have happened: those under way, answered, and of unknown outcome. */
    private final TreeMap<Integer, ModelCall<I, O>> calls = new TreeMap<>();

    private int begun;
    /** How many beginnings and ends there have been. */
    private long places;

    SimModelHistory(Turns turns, CallLog log, Model<S, I, O> model) {
        super(turns, log);
        this.model = model;
    }

    @Override
    int onBegun(String caller, I input, long nowNanos) {
        calls.put(begun, ModelCall.begun(caller, input, places++, nowNanos));
        return begun++;
    }

    @Override
    void onDone(int number, O answer, long nowNanos) {
        ModelCall<I, O> call = Check.present(calls.get(number), "operation %d has not begun", number);
        calls.put(number, call.answered(answer, places++, nowNanos));
    }

    @Override
    void onDidNotHappen(int number, long nowNanos) {
        calls.remove(number);
    }

    @Override
    void onUnknown(int number) {
        // It stays open.
    }

    @Override
    void judge() {
        switch (new ModelChecker<>(model, MOST_STEPS).check(List.copyOf(calls.values()))) {
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
