package io.brickwork.sim.report;

import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.world.Reduction;
import io.brickwork.sim.world.Scenario;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.SimRun;
import java.io.IOException;
import java.nio.file.Path;
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

    private static Attempt of(SimRun run) {
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

    /**
     * Carries out the same run again, recorded, and leaves a folder if it fails.
     *
     * @param lines how many of the last lines of the trace are kept
     * @return the run that was recorded; it fails as {@link SimFailure.Kind#NOT_DETERMINISTIC} if it was not the same run
     * @throws IOException if the folder cannot be written
     */
    public Attempt again(Scenario scenario, Reduction reduction, int lines, Path folder) throws IOException {
        Recording recording = new Recording();
        Attempt second = of(scenario.prepare(run.world().seed(), reduction, lines, recording));
        long first = run.world().trace().hash();
        if (second.run.world().trace().hash() != first || (second.failure == null) != (failure == null)) {
            SimFailure differs = second.run.failure(
                    SimFailure.Kind.NOT_DETERMINISTIC,
                    "same-seed-same-run: the first run had trace %016x and %s, the second trace %016x and %s"
                            .formatted(
                                    first, verdict(), second.run.world().trace().hash(), second.verdict()),
                    second.failure == null ? failure : second.failure);
            second = new Attempt(second.run, null, differs);
        }
        if (second.failure != null) {
            FailureFolder.write(folder, second.run, recording, second.failure);
        }
        return second;
    }

    private String verdict() {
        return failure == null ? "passed" : "failed (" + failure.signature() + ")";
    }
}
