package io.brickwork.sim.cluster;

import io.brickwork.check.Call;
import io.brickwork.check.History;
import io.brickwork.check.LinearizabilityChecker;
import io.brickwork.core.Version;
import io.brickwork.sim.world.SimFailure;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ServiceHistory} in the words of a map ({@link Call}), whatever the service calls its operations: a lock that
 * is acquired is a {@code PUT_IF_ABSENT} of its owner, one that is given back a {@code REMOVE_IF}. An answer is what
 * the map's operation would give: null if it gives nothing, or what it gives is "absent". Each key is judged alone,
 * with nothing there at first.
 *
 * <p>Made by {@link SimCluster#history()}.
 */
public final class SimHistory extends ServiceHistory<Call, @Nullable String> {
    private final History history = new History();

    SimHistory(Turns turns, CallLog log) {
        super(turns, log);
    }

    @Override
    int onBegun(String caller, Call call, long nowNanos) {
        return history.invoke(caller, "service", call, nowNanos);
    }

    @Override
    void onDone(int number, @Nullable String result, long nowNanos) {
        history.done(number, result, Version.NONE, nowNanos);
    }

    @Override
    void onDidNotHappen(int number, long nowNanos) {
        history.didNotHappen(number, nowNanos);
    }

    @Override
    void onUnknown(int number) {
        history.unknown(number);
    }

    @Override
    void judge() {
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
