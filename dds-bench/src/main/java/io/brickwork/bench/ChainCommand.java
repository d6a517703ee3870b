package io.brickwork.bench;

import io.brickwork.cli.OptionRange;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.core.BrickId;
import io.brickwork.core.Replication;
import io.brickwork.core.codec.Codecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What chain replication costs and saves beside two-phase replication, by the number of members. */
@Command(
        name = "chain",
        description =
                "Measure chain replication beside two-phase replication, on one brick, two, three, and so on, in this process: messages of the primary, puts and gets.",
        sortOptions = false)
public final class ChainCommand implements Callable<Integer> {
    private static final int LONGEST_CHAIN = 5;
    private static final int MOST_ROUNDS = 100;
    private static final int MOST_VALUE_BYTES = 1 << 20;
    private static final String MESSAGES = "brickwork.replicas.messages";
    private static final String COMMITS = "brickwork.entries.committed";
    private static final int KEYS = 1_000;
    private static final int MANY = 64;
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int WARM_UP_PARTS = 2;

    @Option(
            names = "--members",
            paramLabel = "N",
            description = "Up to how many members, 1 to " + LONGEST_CHAIN + ". (default: ${DEFAULT-VALUE})")
    private int members = LONGEST_CHAIN;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often both are measured, one after the other. (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long each figure is measured in each round. (default: ${DEFAULT-VALUE})")
    private double seconds = 0.5;

    @Option(names = "--value-bytes", paramLabel = "N", description = "Size of a value. (default: ${DEFAULT-VALUE})")
    private int valueBytes = 100;

    @Mixin
    private DataDirectory data;

    @Spec
    private CommandSpec spec;

    /**
     * What one round has found of one way of replication.
     *
     * @param messages of the primary to other members, for each put of one caller
     * @param puts of one caller
     * @param manyPuts of many callers
     * @param manyGets of many callers
     */
    private record Figures(double messages, Measured puts, Measured manyPuts, Measured manyGets) {}

    /** A column of the table. */
    private record Column(String title, String format, ToDoubleFunction<Figures> figure) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("messages", "%.2f", Figures::messages),
            new Column("put p50", "%,.0f", figures -> figures.puts().latencyMicros(50)),
            new Column("put p99", "%,.0f", figures -> figures.puts().latencyMicros(99)),
            new Column("puts/s", "%,.0f", figures -> figures.manyPuts().perSecond()),
            new Column("gets/s", "%,.0f", figures -> figures.manyGets().perSecond()));

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.check(spec, "--members", members, 1, LONGEST_CHAIN);
        OptionRange.check(spec, "--rounds", rounds, 1, MOST_ROUNDS);
        OptionRange.check(spec, "--value-bytes", valueBytes, 1, MOST_VALUE_BYTES);
        Duration measured = OptionRange.seconds(spec, "--seconds", seconds, LONGEST);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%d rounds, values of %d bytes, one partition; times in µs; medians of the rounds, and of each round's ratio to two-phase%n",
                rounds, valueBytes);
        out.printf("%-7s %-9s", "members", "way");
        COLUMNS.forEach(column -> out.printf(" %16s", column.title()));
        out.println();
        Entries entries = new Entries(KEYS, valueBytes);
        for (int size = 1; size <= members; size++) {
            print(out, size, measure(size, entries, measured));
        }
        return 0;
    }

    private Map<Replication, List<Figures>> measure(int size, Entries entries, Duration measured)
            throws IOException, InterruptedException {
        Map<Replication, List<Figures>> found = new EnumMap<>(Replication.class);
        Path directory = data.make();
        try (LocalBricks bricks = LocalBricks.start(size, directory)) {
            for (Replication way : Replication.values()) {
                DdsHashTable<String, byte[]> table = table(bricks, way, size);
                SplittableRandom random = new SplittableRandom(0);
                for (int i = 0; i < entries.count(); i++) {
                    table.set(entries.key(i), entries.value(random));
                }
                found.put(way, new ArrayList<>());
            }
            bricks.awaitWhole();
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<Replication, List<Figures>> way : found.entrySet()) {
                    way.getValue().add(round(bricks, way.getKey(), size, entries, measured));
                }
            }
        } finally {
            BrickProcesses.deleteTree(directory);
        }
        return found;
    }

    private static DdsHashTable<String, byte[]> table(LocalBricks bricks, Replication way, int replicas) {
        return bricks.dds()
                .hashTable(TableSpec.of(ReplicationConverter.name(way), Codecs.string(), Codecs.bytes())
                        .partitions(1)
                        .replicas(replicas)
                        .replication(way));
    }

    private static Figures round(LocalBricks bricks, Replication way, int size, Entries entries, Duration measured)
            throws InterruptedException {
        DdsHashTable<String, byte[]> table = table(bricks, way, size);
        BrickId primary = bricks.primary(ReplicationConverter.name(way));
        long messagesBefore = bricks.count(primary, MESSAGES);
        long commitsBefore = bricks.count(COMMITS);
        Measured puts =
                measure(new Callers(table, Callers.Operation.PUT, Callers.Style.BLOCKING, 1, entries), measured);
        long messages = bricks.count(primary, MESSAGES) - messagesBefore;
        long commits = bricks.count(COMMITS) - commitsBefore;
        return new Figures(
                (double) messages / commits,
                puts,
                measure(new Callers(table, Callers.Operation.PUT, Callers.Style.ASYNC, MANY, entries), measured),
                measure(new Callers(table, Callers.Operation.GET, Callers.Style.ASYNC, MANY, entries), measured));
    }

    private static Measured measure(Callers callers, Duration measured) throws InterruptedException {
        return Workload.measure(callers, measured.dividedBy(WARM_UP_PARTS), measured, List.of(Usage::ofThisProcess));
    }

    private static void print(PrintWriter out, int size, Map<Replication, List<Figures>> found) {
        List<Figures> base = found.getOrDefault(Replication.TWO_PHASE, List.of());
        found.forEach((way, rounds) -> {
            out.printf("%-7d %-9s", size, ReplicationConverter.name(way));
            for (Column column : COLUMNS) {
                double[] ratios = new double[rounds.size()];
                double[] figures = new double[rounds.size()];
                for (int i = 0; i < figures.length; i++) {
                    figures[i] = column.figure().applyAsDouble(rounds.get(i));
                    ratios[i] = figures[i] / column.figure().applyAsDouble(base.get(i));
                }
                String ratio = Double.isNaN(median(ratios)) ? "" : " (%.2f x)".formatted(median(ratios));
                out.printf(" %16s", column.format().formatted(median(figures)) + ratio);
            }
            out.println();
        });
        out.flush();
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
