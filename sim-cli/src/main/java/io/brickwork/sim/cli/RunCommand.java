package io.brickwork.sim.cli;

import io.brickwork.sim.report.FailureFolder;
import io.brickwork.sim.report.FirstRun;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.world.SimFailure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Hunts through seeds. */
@Command(
        name = "run",
        description = "Run many seeds, and stop at the first that fails.",
        sortOptions = false,
        footer = {
            "",
            "A failure ends with a command that runs it again, and leaves a folder with trace, history, options and",
            "timeline.html. Ctrl-C ends with the figures so far. The last line is for people and for scripts:",
            "  seeds= operations= faults= virtual= violations= undecided= events/s="
        })
final class RunCommand implements Callable<Integer> {
    private static final int LINES = 20_000;
    /** Folders left by one hunt that keeps going. */
    private static final int MAX_FOLDERS = 20;

    @Mixin
    private HuntOptions hunting = new HuntOptions();

    @Option(names = "--keep-going", description = "Go on after a failure.")
    private boolean keepsGoing;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where folders of failures go; ${DEFAULT-VALUE} if not given.",
            defaultValue = "sim-failures")
    private Path out;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar.")
    private boolean quiet;

    @ParentCommand
    private SimCommand sim;

    @Spec
    private CommandSpec spec;

    private record Failed(Scenario scenario, FirstRun run) {}

    @Override
    public Integer call() {
        Hunt.Plan plan = hunting.plan(sim.scenarios(), keepsGoing);
        PrintWriter output = spec.commandLine().getOut();
        output.printf("base seed 0x%016x, %d job%s%n", plan.baseSeed(), plan.jobs(), plan.jobs() == 1 ? "" : "s");
        output.flush();
        List<Failed> failures = new CopyOnWriteArrayList<>();
        AtomicBoolean isReported = new AtomicBoolean();
        ProgressBar bar = Bars.seeds("Seeds", quiet ? 0 : plan.seeds() == Long.MAX_VALUE ? -1 : plan.seeds());
        Hunt hunt = new Hunt(plan, (scenario, attempt) -> {
            bar.step();
            if (attempt.failure() != null) {
                failures.add(new Failed(scenario, attempt.first()));
                bar.setExtraMessage(" " + failures.size() + " failed");
            }
        });
        Thread onInterrupt = new Thread(
                () -> {
                    hunt.stop();
                    if (isReported.compareAndSet(false, true)) {
                        showBriefly(failures, output);
                        output.println(hunt.figures().line(hunt.seconds()));
                        output.flush();
                    }
                },
                "sim-interrupted");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try (bar) {
            hunt.run();
        }
        double seconds = hunt.seconds();
        if (!isReported.compareAndSet(false, true)) {
            return Verdict.INTERRUPTED;
        }
        Runtime.getRuntime().removeShutdownHook(onInterrupt);
        EnumSet<SimFailure.Kind> kinds = show(failures, output);
        for (String sentence : hunt.neverDone()) {
            kinds.add(SimFailure.Kind.LIVENESS);
            output.printf("SIM FAILURE  each-kind-served: %s%n%n", sentence);
        }
        output.println(hunt.figures().line(seconds));
        output.flush();
        return verdict(kinds, hunt.figures());
    }

    /** Runs the failed ones again, for their folders, and shows them. */
    private EnumSet<SimFailure.Kind> show(List<Failed> failures, PrintWriter output) {
        EnumSet<SimFailure.Kind> kinds = EnumSet.noneOf(SimFailure.Kind.class);
        int folders = 0;
        for (Failed failed : failures) {
            SimFailure failure = failed.run().failure();
            String lookAt = "no folder was left: there are " + MAX_FOLDERS + " already; replay it for one";
            if (folders++ < MAX_FOLDERS) {
                Path folder = FailureFolder.in(
                        out, failed.scenario().name(), failed.run().seed());
                FirstRun.Again again = failed.run().again(failed.scenario(), Reduction.NONE, LINES, folder);
                failure = again.attempt().failure();
                lookAt = again.lookAt();
            }
            if (failure == null) {
                throw new IllegalStateException("a run failed and passed, and nobody noticed");
            }
            kinds.add(failure.kind());
            output.println();
            output.println(failure.block());
            output.println(lookAt);
            output.println();
        }
        return kinds;
    }

    /** Shows what was found before somebody ended the hunt; there is no time for folders. */
    private static void showBriefly(List<Failed> failures, PrintWriter output) {
        output.println();
        for (Failed failed : failures) {
            SimFailure failure = failed.run().failure();
            if (failure != null) {
                output.println(failure.block());
                output.println();
            }
        }
    }

    private static int verdict(EnumSet<SimFailure.Kind> kinds, Figures figures) {
        if (!kinds.isEmpty()) {
            return Verdict.exitCode(kinds.iterator().next()); // they are ordered by weight
        }
        if (figures.seeds() == 0) {
            return Verdict.exitCode(SimFailure.Kind.TOO_LITTLE);
        }
        return figures.isUndecided() ? Verdict.exitCode(SimFailure.Kind.UNDECIDED) : Verdict.PASS;
    }
}
