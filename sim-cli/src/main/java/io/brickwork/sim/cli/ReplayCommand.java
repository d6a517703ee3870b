package io.brickwork.sim.cli;

import io.brickwork.sim.report.Attempt;
import io.brickwork.sim.report.FailureFolder;
import io.brickwork.sim.report.FirstRun;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.world.SimFailure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one seed again. */
@Command(
        name = "replay",
        description = "Run one seed of one scenario again, twice, and leave a folder if it fails.",
        sortOptions = false,
        footer = {
            "",
            "The folder holds failure.txt, options.txt, history.txt, trace.txt and timeline.html. The second run is",
            "recorded; if it is not the same as the first, that is a failure of its own."
        })
final class ReplayCommand implements Callable<Integer> {
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
            names = "--lines",
            paramLabel = "N",
            defaultValue = "100000",
            description = "How many of the last lines of the trace are kept; ${DEFAULT-VALUE} if not given.")
    private int lines;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the folder goes; sim-failures if not given.",
            defaultValue = "sim-failures")
    private Path out;

    @Mixin
    private ReductionOptions reductionOptions;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (lines < 0) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--lines " + lines + ": must be 0 or more");
        }
        Reduction reduction = reductionOptions.reduction();
        PrintWriter output = spec.commandLine().getOut();
        Path folder = FailureFolder.in(out, scenario.name(), seed);
        FirstRun.Again again =
                Attempt.plain(scenario, seed, reduction).first().again(scenario, reduction, lines, folder);
        Attempt attempt = again.attempt();
        SimFailure failure = attempt.failure();
        SimRun.Report report = attempt.report();
        int exitCode;
        if (failure != null) {
            output.println(failure.block());
            output.println();
            output.println("verdict: " + failure.kind());
            output.println(again.lookAt());
            exitCode = Verdict.exitCode(failure.kind());
        } else if (report != null && report.undecidedKeys() > 0) {
            output.println(scenario.name() + " undecided for " + report.undecidedKeys() + " keys: " + report);
            exitCode = Verdict.exitCode(SimFailure.Kind.UNDECIDED);
        } else {
            output.println(scenario.name() + " passed: " + report);
            exitCode = Verdict.PASS;
        }
        output.flush();
        return exitCode;
    }
}
