package io.brickwork.sim.report;

import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.world.SimFailure;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a run: enough to make it again and to see whether it is the same.
 *
 * @param hash of its trace
 * @param failure null if it passed
 */
public record FirstRun(long seed, long hash, @Nullable SimFailure failure) {
    /**
     * The run that was made again.
     *
     * @param lookAt where to look at its failure, or why there is nothing to look at; for people
     */
    public record Again(Attempt attempt, String lookAt) {}

    /**
     * Carries out the same run again, recorded, and leaves a folder if it fails.
     *
     * @param lines how many of the last lines of the trace are kept
     * @return the run that was recorded; it fails as {@link SimFailure.Kind#NOT_DETERMINISTIC} if it was not the same
     *     run
     */
    public Again again(Scenario scenario, Reduction reduction, int lines, Path folder) {
        Recording recording = new Recording();
        Attempt second = Attempt.of(scenario.prepare(seed, reduction, lines, recording));
        long secondHash = second.run().world().trace().hash();
        SimFailure failed = second.failure();
        if (secondHash != hash || (failed == null) != (failure == null)) {
            SimFailure differs = second.run()
                    .failure(
                            SimFailure.Kind.NOT_DETERMINISTIC,
                            "same-seed-same-run: the first run had trace %016x and %s, the second trace %016x and %s"
                                    .formatted(hash, verdict(failure), secondHash, verdict(failed)),
                            failed == null ? failure : failed);
            second = new Attempt(second.run(), null, differs);
            failed = differs;
        }
        return new Again(second, failed == null ? "" : leave(folder, second, recording, failed));
    }

    /** What was found is told in any case, wherever it cannot be written. */
    private static String leave(Path folder, Attempt attempt, Recording recording, SimFailure failure) {
        try {
            FailureFolder.write(folder, FailedRun.of(attempt.run(), recording, failure));
            return "look at: " + folder.resolve("timeline.html");
        } catch (IOException e) {
            return "no folder was left, since %s cannot be written (%s); choose another with --out"
                    .formatted(folder, e);
        }
    }

    private static String verdict(@Nullable SimFailure failure) {
        return failure == null ? "passed" : "failed (" + failure.signature() + ")";
    }
}
