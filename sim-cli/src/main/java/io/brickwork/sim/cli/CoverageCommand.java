package io.brickwork.sim.cli;

import io.brickwork.sim.coverage.CoverageTable;
import io.brickwork.sim.coverage.Covered;
import io.brickwork.sim.world.SimFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Counts what runs try. */
@Command(
        name = "coverage",
        description =
                "Run many seeds, and count in how many of them each rule of the protocols made a difference, each rare situation came up, and each kind of harm was done.",
        sortOptions = false,
        footer = {
            "",
            "What comes up in no run is not tested by these runs, whatever they pass. The rarest stand first.",
            "Runs that fail are counted with the others, and end the command with their exit code. The last line:",
            "  seeds= counted= never= violations="
        })
final class CoverageCommand implements Callable<Integer> {
    @Mixin
    private HuntOptions hunting = new HuntOptions();

    @Option(names = "--record", paramLabel = "FILE", description = "Write what came up, for the gate to compare with.")
    private @Nullable Path record;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar.")
    private boolean quiet;

    @ParentCommand
    private SimCommand sim;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Hunt.Plan plan = hunting.plan(sim.scenarios(), true);
        CoverageTable table = new CoverageTable();
        EnumSet<SimFailure.Kind> kinds = EnumSet.noneOf(SimFailure.Kind.class);
        ProgressBar bar = Bars.seeds("Seeds", quiet ? 0 : plan.seeds() == Long.MAX_VALUE ? -1 : plan.seeds());
        Hunt hunt = new Hunt(plan, (scenario, attempt) -> {
            bar.step();
            table.add(scenario.name(), attempt.run().world());
            SimFailure failure = attempt.failure();
            if (failure != null) {
                kinds.add(failure.kind());
            }
        });
        try (bar) {
            hunt.run();
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(table.format());
        if (record != null) {
            Files.writeString(record, Covered.format(table));
        }
        int seen = table.seen().size();
        int never = table.never().size();
        out.printf(
                Locale.ROOT,
                "seeds=%d counted=%d never=%d violations=%d%n",
                table.runs(),
                seen + never,
                never,
                hunt.figures().violations());
        out.flush();
        return kinds.isEmpty()
                ? Verdict.PASS
                : Verdict.exitCode(kinds.iterator().next());
    }
}
