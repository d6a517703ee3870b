package io.brickwork.bench;

import io.brickwork.cli.OptionRange;
import io.brickwork.cli.Subcommand;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.hashtable.DdsHashTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures, and prints one table. */
@Command(
        name = "bench",
        description =
                "Measure sets, puts and gets on one brick and on three, next to what the same costs without Brickwork.",
        sortOptions = false,
        subcommands = {
            ChainCommand.class,
            FailoverCommand.class,
            RecoveryCommand.class,
            SplitCommand.class,
            TransactionsCommand.class,
            TreeCommand.class
        },
        footer = {
            "",
            "Takes about three minutes. What is selected is taken from what --quick, nothing, or --full would measure, such as",
            "  ./dds bench --full --only set --outstanding 64 --place three_bricks",
            "How the figures are measured and what they mean stands in docs/benchmarks.md."
        })
public final class BenchCommand implements Subcommand, Callable<Integer> {
    private static final int PLACE_WARM_UP_TIMES = 4;
    private static final int WARM_UP_OUTSTANDING = 64;
    private static final int MOST_KEYS = 100_000_000;
    private static final Duration LONGEST = Duration.ofHours(1);

    @ArgGroup(exclusive = true)
    private @Nullable HowMuch howMuch;

    @Option(names = "--only", split = ",", paramLabel = "OPERATION", description = "Among ${COMPLETION-CANDIDATES}.")
    private @Nullable List<Callers.Operation> operations;

    @Option(names = "--outstanding", split = ",", paramLabel = "N", description = "How many calls are open: 1, 16, 64.")
    private @Nullable List<Integer> outstanding;

    @Option(names = "--callers", split = ",", paramLabel = "STYLE", description = "Among ${COMPLETION-CANDIDATES}.")
    private @Nullable List<Callers.Style> styles;

    @Option(names = "--value-bytes", split = ",", paramLabel = "N", description = "100, 1024.")
    private @Nullable List<Integer> valueBytes;

    @Option(names = "--place", split = ",", paramLabel = "PLACE", description = "Among ${COMPLETION-CANDIDATES}.")
    private @Nullable List<Row.Place> places;

    @Option(names = "--durability", split = ",", paramLabel = "D", description = "Among ${COMPLETION-CANDIDATES}.")
    private @Nullable List<Durability> durabilities;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long each row is measured. (default: 1, with --quick 0.5)")
    private @Nullable Double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "How long each row runs before. (default: 0.6 x --seconds)")
    private @Nullable Double warmUpSeconds;

    @Option(
            names = "--keys",
            paramLabel = "N",
            description = "How many keys there are. (default: 100000, with --quick 20000)")
    private @Nullable Integer keys;

    @Option(
            names = "--replication",
            paramLabel = "WAY",
            defaultValue = "two-phase",
            converter = ReplicationConverter.class,
            description =
                    "How writes get to all bricks of a partition: two-phase or chain. (default: ${DEFAULT-VALUE})")
    private Replication replication;

    @Option(names = "--tls", description = "The three bricks, and the client, speak TLS. The floors do not.")
    private boolean isTls;

    @Mixin
    private DataDirectory data;

    @Option(
            names = "--brick-jvm",
            paramLabel = "OPTION",
            description = "One more option for the JVMs of the three bricks; may be repeated.")
    private @Nullable List<String> brickJvmOptions;

    @Spec
    private CommandSpec spec;

    /** How much to measure. */
    static final class HowMuch {
        @Option(names = "--quick", description = "The rows that matter most; about a minute.")
        private boolean isQuick;

        @Option(names = "--full", description = "Every row; about ten minutes.")
        private boolean isFull;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Row> rows = selected();
        if (rows.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "nothing of what is selected is measured; does it need --full?");
        }
        Duration measured =
                OptionRange.seconds(spec, "--seconds", seconds == null ? (isQuick() ? 0.5 : 1) : seconds, LONGEST);
        Duration warmUp = OptionRange.seconds(
                spec, "--warm-up", warmUpSeconds == null ? measured.toNanos() * 0.6e-9 : warmUpSeconds, LONGEST);
        int keyCount =
                OptionRange.check(spec, "--keys", keys == null ? (isQuick() ? 20_000 : 100_000) : keys, 1, MOST_KEYS);
        PrintWriter out = spec.commandLine().getOut();
        Path directory = data.make();
        try {
            run(rows, directory, warmUp, measured, keyCount, out);
        } finally {
            BrickProcesses.deleteTree(directory);
        }
        return 0;
    }

    private void run(List<Row> rows, Path directory, Duration warmUp, Duration measured, int keyCount, PrintWriter out)
            throws IOException, InterruptedException {
        out.printf(
                "dds bench: %d rows of %d ms each after %d ms of warm-up; %,d keys; %s%s; %d processors; Java %s; data in %s (%s)%n",
                rows.size(),
                measured.toMillis(),
                warmUp.toMillis(),
                keyCount,
                ReplicationConverter.name(replication),
                isTls ? "; TLS" : "",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                directory.getParent(),
                Files.getFileStore(directory).type());
        out.flush();
        ResultTable table = new ResultTable(out);
        table.legend();
        Floors floors = new Floors(directory, warmUp.dividedBy(2), measured.dividedBy(2), keyCount);
        try (floors) {
            for (Row row : rows) {
                for (Floors.Floor floor : Floors.neededFor(row)) {
                    floors.measure(floor);
                }
            }
        }
        table.floors(floors.figures());
        Map<Integer, Entries> entries = new TreeMap<>();
        Map<Row, Measured> figures = new LinkedHashMap<>();
        for (Row.Place place : Row.Place.values()) {
            List<Row> here = rows.stream().filter(row -> row.place() == place).toList();
            if (here.isEmpty()) {
                continue;
            }
            try (Bricks bricks = Bricks.start(
                    place,
                    directory.resolve(place.name()),
                    replication,
                    isTls,
                    brickJvmOptions == null ? List.of() : brickJvmOptions)) {
                warmUp(bricks, here, entries, keyCount, measured.multipliedBy(PLACE_WARM_UP_TIMES));
                for (Row row : here) {
                    Entries of = entries.computeIfAbsent(row.valueBytes(), bytes -> new Entries(keyCount, bytes));
                    DdsHashTable<String, byte[]> loaded = bricks.table(row, of);
                    if (row.isFollowed()) {
                        bricks.startTimes();
                    }
                    Measured figure = Workload.measure(
                            new Callers(loaded, row.operation(), row.style(), row.outstanding(), of),
                            warmUp,
                            measured,
                            bricks.consumers());
                    figures.put(row, figure);
                    table.row(row, figure, floors.of(row));
                    if (row.isFollowed()) {
                        table.stages(bricks.stopTimes(), figure);
                    }
                }
            }
        }
        FirstPut first = FirstPut.measure(directory);
        out.printf(
                "%nFIRST PUT of a program, embedded, warm disk, SYNC: %,d ms from main (open %,d ms, table %,d ms, put %,d ms), after %,d ms of JVM start; median of %d%n",
                millis(first.fromMain()),
                millis(first.open()),
                millis(first.table()),
                millis(first.put()),
                millis(first.beforeMain()),
                FirstPut.RUNS);
        new Targets(figures, floors, out).print();
    }

    /**
     * Every operation that will be measured, with many callers: bricks that were just started run code that is not
     * compiled yet.
     */
    private static void warmUp(
            Bricks bricks, List<Row> rows, Map<Integer, Entries> entries, int keyCount, Duration time)
            throws InterruptedException {
        for (Callers.Operation operation : Callers.Operation.values()) {
            for (Row row : rows) {
                if (row.operation() == operation) {
                    Entries of = entries.computeIfAbsent(row.valueBytes(), bytes -> new Entries(keyCount, bytes));
                    Workload.measure(
                            new Callers(bricks.table(row, of), operation, Callers.Style.ASYNC, WARM_UP_OUTSTANDING, of),
                            time,
                            time.dividedBy(PLACE_WARM_UP_TIMES),
                            bricks.consumers());
                    break;
                }
            }
        }
    }

    private boolean isQuick() {
        return howMuch != null && howMuch.isQuick;
    }

    private List<Row> selected() {
        Row.Extent extent = howMuch == null ? Row.Extent.DEFAULT : howMuch.isFull ? Row.Extent.FULL : Row.Extent.QUICK;
        return Row.of(extent).stream()
                .filter(row -> operations == null || operations.contains(row.operation()))
                .filter(row -> outstanding == null || outstanding.contains(row.outstanding()))
                .filter(row -> styles == null || styles.contains(row.style()))
                .filter(row -> valueBytes == null || valueBytes.contains(row.valueBytes()))
                .filter(row -> places == null || places.contains(row.place()))
                .filter(row -> durabilities == null || durabilities.contains(row.durability()))
                .toList();
    }

    private static long millis(long nanos) {
        return Math.round(nanos / 1e6);
    }
}
