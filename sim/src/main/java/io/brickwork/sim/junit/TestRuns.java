package io.brickwork.sim.junit;

import io.brickwork.sim.cluster.Simulation;
import io.brickwork.sim.cluster.SimulationOptions;
import io.brickwork.sim.report.FailureFolder;
import io.brickwork.sim.report.Recording;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the seeds of one test method are run.
 *
 * @param twice whether each seed runs twice and must give the same run
 * @param recordedLines how many of the last lines of the trace a run keeps that is recorded
 * @param out where folders of failures go
 * @param expectedHash of the trace of the run that is replayed; null if none was given
 */
record TestRuns(
        Class<?> type,
        Method method,
        SimulationOptions options,
        boolean twice,
        int recordedLines,
        Path out,
        @Nullable Long expectedHash) {
    /** With the name by which Surefire and Gradle find a class: nested ones are {@code Outer$Inner}. */
    private String typeName() {
        return type.getName().substring(type.getName().lastIndexOf('.') + 1);
    }

    String name() {
        return type.getSimpleName() + "#" + method.getName();
    }

    /** The command that runs a seed again, which should give a run with this trace. */
    String replay(long seed, long hash) {
        return String.format(
                Locale.ROOT,
                "mvn test '-Dtest=%s#%s' -Dsim.seed=0x%016x -Dsim.trace=0x%016x -Dsurefire.failIfNoSpecifiedTests=false",
                typeName(),
                method.getName(),
                seed,
                hash);
    }

    Path folder(long seed) {
        return FailureFolder.in(out, typeName().replace('$', '.') + "." + method.getName(), seed);
    }

    Simulation begin(long seed, boolean isRecorded) {
        return new Simulation(
                name(),
                hash -> replay(seed, hash),
                seed,
                isRecorded ? options.withKeptLines(recordedLines) : options,
                isRecorded ? new Recording() : null);
    }
}
