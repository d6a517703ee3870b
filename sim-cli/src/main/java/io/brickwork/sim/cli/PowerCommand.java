package io.brickwork.sim.cli;

import io.brickwork.core.defence.Defence;
import io.brickwork.sim.power.PlantedBug;
import io.brickwork.sim.power.PowerTable;
import io.brickwork.sim.power.RecordedSeeds;
import io.brickwork.sim.world.SimFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Plants bugs and counts the seeds until they are found. */
@Command(
        name = "power",
        description = "Leave out one rule of the protocols after another, and count the seeds until a run fails.",
        sortOptions = false,
        footer = {
            "",
            "Shows whether the simulator would notice a bug, and how soon: the median and the most seeds over several",
            "hunts. A bug that a hunt does not find within the limit ends it with 15. Ctrl-C ends it without a table."
        })
final class PowerCommand implements Callable<Integer> {
    @Option(
            names = "--hunts",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "How many hunts for each bug, each from a base seed of its own; ${DEFAULT-VALUE} if not given.")
    private int hunts;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "3000",
            description = "How many seeds a hunt tries at most; ${DEFAULT-VALUE} if not given.")
    private int limit;

    @Option(
            names = "--only",
            paramLabel = "RULE",
            split = ",",
            description =
                    "Only these bugs, named by the rule that is left out; otherwise all that runs of the mix have shown.")
    private List<Defence> only = new ArrayList<>();

    @Option(
            names = "--jobs",
            paramLabel = "J",
            description = "How many hunts at a time; as many as there are processors if not given.")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Write a run that shows each bug, and passes without it, for the gate to repeat.")
    private @Nullable Path record;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar.")
    private boolean quiet;

    @ParentCommand
    private SimCommand sim;

    @Spec
    private CommandSpec spec;

    private record Hunting(Defence missing, Future<PlantedBug.@Nullable Found> result) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireAtLeastOne("--hunts", hunts);
        requireAtLeastOne("--limit", limit);
        requireAtLeastOne("--jobs", jobs);
        List<Defence> missing = only.isEmpty() ? List.copyOf(PlantedBug.SHOWN_BY_RUNS) : only;
        PrintWriter out = spec.commandLine().getOut();
        PowerTable table = hunt(missing);
        out.print(table.format());
        out.flush();
        if (record != null) {
            record(record, table.soonest());
        }
        List<Defence> missed = table.missed();
        out.printf(
                Locale.ROOT,
                "bugs=%d found=%d hunts=%d limit=%d%n",
                missing.size(),
                missing.size() - missed.size(),
                hunts,
                limit);
        out.flush();
        return missed.isEmpty() ? Verdict.PASS : Verdict.exitCode(SimFailure.Kind.TOO_LITTLE);
    }

    private PowerTable hunt(List<Defence> missing) throws InterruptedException {
        PowerTable table = new PowerTable(limit);
        ExecutorService workers = Executors.newFixedThreadPool(
                jobs, Thread.ofPlatform().daemon().name("sim-", 1).factory());
        try (ProgressBar bar = Bars.seeds("Hunts", quiet ? 0 : (long) missing.size() * hunts)) {
            List<Hunting> underWay = new ArrayList<>();
            for (Defence defence : missing) {
                for (int i = 0; i < hunts; i++) {
                    long baseSeed = PlantedBug.baseSeed(i);
                    underWay.add(new Hunting(
                            defence,
                            workers.submit(() -> new PlantedBug(defence)
                                    .hunt(sim.scenarios(), baseSeed, limit, Thread.currentThread()::isInterrupted))));
                }
            }
            for (Hunting hunting : underWay) {
                table.add(hunting.missing, hunting.result.get());
                bar.step();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a run could not be carried out: " + failed.getCause(), failed.getCause());
        } finally {
            workers.shutdownNow();
        }
        return table;
    }

    /** What was recorded before stays for bugs that were not hunted. */
    private void record(Path file, Map<Defence, RecordedSeeds.Run> found) throws IOException {
        EnumMap<Defence, RecordedSeeds.Run> runs = new EnumMap<>(Defence.class);
        runs.putAll(RecordedSeeds.read());
        runs.putAll(found);
        Files.writeString(file, RecordedSeeds.format(runs));
    }

    private void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), option + " " + value + ": must be 1 or more");
        }
    }
}
