package io.brickwork.sim.report;

import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.world.SimFailure;
import org.jspecify.annotations.Nullable;

/**
 * A run that was carried out.
 *
 * @param report what it did; null if it failed
 * @param failure null if it passed
 */
public record Attempt(
        SimRun run,
        SimRun.@Nullable Report report,
        @Nullable SimFailure failure) {
    /** Carries out a run, without words and records: as fast as it goes. */
    public static Attempt plain(Scenario scenario, long seed, Reduction reduction) {
        return of(scenario.prepare(seed, reduction, 0, Recorder.NONE));
    }

    static Attempt of(SimRun run) {
        try {
            return new Attempt(run, run.run(), null);
        } catch (SimFailure failure) {
            return new Attempt(run, null, failure);
        }
    }

    /** Whether the same thing broke in the other one. */
    public boolean failsLike(SimFailure other) {
        return failure != null && failure.signature().equals(other.signature());
    }

    /** What is worth remembering of it, once its world is gone. */
    public FirstRun first() {
        return new FirstRun(run.world().seed(), run.world().trace().hash(), failure);
    }
}
