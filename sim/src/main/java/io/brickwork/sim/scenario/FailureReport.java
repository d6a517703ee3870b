package io.brickwork.sim.scenario;

import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes the failure of a run as its reader gets it: what broke, where in the run, the command that makes the run
 * again, and the last lines of the trace.
 *
 * @param scenario the name that a replay asks for
 * @param reduction null if the run was put together by hand, so that no command makes it again
 */
record FailureReport(String scenario, @Nullable Reduction reduction, World world) {
    /** The failure, with the world as it stands at the moment of the call. */
    SimFailure failure(SimFailure.Kind kind, String what, @Nullable Throwable cause) {
        String block = String.format(
                Locale.ROOT,
                "SIM FAILURE  %s%nscenario %s   seed 0x%016x   step %d   t=%.3fs   trace %s   commit %s%nreplay: %s",
                what,
                scenario,
                world.seed(),
                world.queue().executed(),
                world.queue().nowNanos() / 1e9,
                world.trace().shortHash(),
                Commit.id(),
                replayCommand());
        StringBuilder tail = new StringBuilder();
        for (String line : world.trace().lines()) {
            tail.append(System.lineSeparator()).append(line);
        }
        return new SimFailure(kind, what, System.lineSeparator() + block, tail.toString(), cause);
    }

    /** The command that makes the run again, from the project's directory. */
    String replayCommand() {
        if (reduction == null) {
            return "run the test again; it decides everything itself";
        }
        return String.format(Locale.ROOT, "./dds sim replay %s --seed 0x%016x %s", scenario, world.seed(), reduction)
                .strip();
    }
}
