package io.brickwork.sim.cli;

import io.brickwork.sim.report.Attempt;
import io.brickwork.sim.report.FailureFolder;
import io.brickwork.sim.report.FirstRun;
import io.brickwork.sim.report.Shrinker;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.world.SimFailure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a failure small. */
@Command(
        name = "shrink",
        description = "Take away from a failing run whatever it fails without, and print the command for what is left.",
        sortOptions = false,
        footer = {
            "",
            "Drops kinds of faults, single faults, callers, operations and bricks, as long as the same promise breaks.",
            "Ends with the exit code of the failure, like replay; with 0 if the run does not fail."
        })
final class ShrinkCommand implements Callable<Integer> {
    private static final int LINES = 100_000;

    @Parameters(paramLabel = "SCENARIO", description = "Which scenario; see './dds sim list'.")
    private Scenario scenario;

    @Option(
            names = "--seed",
            paramLabel = "S",
            required = true,
            converter = SeedConverter.class,
            description = "Which seed, such as 42 or 0x1f3c9a77d2e40b16.")
    private long seed;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "5",
            description = "Begin no try after so many minutes; ${DEFAULT-VALUE} if not given.")
    private double minutes;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the folder of the small run goes; sim-failures if not given.",
            defaultValue = "sim-failures")
    private Path out;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar.")
    private boolean quiet;

    @Mixin
    private ReductionOptions reductionOptions;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!(minutes > 0)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--minutes " + minutes + ": must be more than 0");
        }
        Reduction start = reductionOptions.reduction();
        PrintWriter output = spec.commandLine().getOut();
        Attempt first = Attempt.plain(scenario, seed, start);
        SimFailure failure = first.failure();
        if (failure == null) {
            output.println(scenario.name() + " passed, so there is nothing to shrink: " + first.report());
            output.flush();
            return Verdict.PASS;
        }
        Path folder = FailureFolder.in(out, scenario.name(), seed);
        Reduction small = shrink(start, first.run(), failure, output);
        FirstRun.Again again = Attempt.plain(scenario, seed, small).first().again(scenario, small, LINES, folder);
        SimFailure left = again.attempt().failure();
        if (left == null) {
            throw new IllegalStateException("the small run failed and passed, and nobody noticed");
        }
        output.println(left.block());
        output.println();
        output.println(again.lookAt());
        output.flush();
        return Verdict.exitCode(left.kind());
    }

    private Reduction shrink(Reduction start, SimRun run, SimFailure failure, PrintWriter output) {
        long startedNanos = System.nanoTime();
        long maxNanos = (long) (minutes * 60e9);
        ProgressBar bar = Bars.seeds("Tries", quiet ? 0 : -1);
        Shrinker shrinker = new Shrinker(
                reduction -> {
                    bar.step();
                    return Attempt.plain(scenario, seed, reduction).failsLike(failure);
                },
                () -> System.nanoTime() - startedNanos < maxNanos);
        var workload = run.options().workload();
        Reduction small;
        try (bar) {
            small = shrinker.shrink(
                    start,
                    new Shrinker.Size(
                            List.copyOf(run.nemesis().counts().keySet()),
                            run.nemesis().drawn(),
                            workload.clients(),
                            workload.operations(),
                            run.world().bricks().size()));
        }
        output.printf(
                "%d tries, from a run of %d faults, %d callers with %d operations each, %d bricks%n",
                shrinker.tries(),
                run.nemesis().total(),
                workload.clients(),
                workload.operations(),
                run.world().bricks().size());
        output.println("left out: " + (small.equals(Reduction.NONE) ? "nothing" : small.toString()));
        output.println();
        return small;
    }
}
