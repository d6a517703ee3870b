package io.brickwork.bench;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.cli.OptionRange;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long nobody can write to a partition whose primary was killed. */
@Command(
        name = "failover",
        description =
                "Kill primaries of three bricks, and measure how long it takes until their partitions acknowledge a write again.",
        sortOptions = false)
public final class FailoverCommand implements Callable<Integer> {
    private static final int PARTITIONS = 16;
    private static final int MOST_KILLS = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;

    @Option(names = "--kills", paramLabel = "N", description = "How many. (default: ${DEFAULT-VALUE})")
    private int kills = 20;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the bricks, such as lease-term=500ms; see './dds brick --print-config'.")
    private List<String> settings = List.of();

    @Mixin
    private DataDirectory data;

    @Spec
    private CommandSpec spec;

    /** How long partitions took whose primary was killed, with the leader of the metadata log and without. */
    private static final class Seen {
        final Histogram others = new Histogram(3);
        final Histogram withLeader = new Histogram(3);
        int kills;
        int leaders;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.check(spec, "--kills", kills, 1, MOST_KILLS);
        PrintWriter out = spec.commandLine().getOut();
        try (Trio trio = Trio.start(data.make(), settings)) {
            report(out, measure(trio, out));
        }
        return 0;
    }

    private Seen measure(Trio trio, PrintWriter out) throws IOException, InterruptedException {
        DdsHashTable<String, Long> table = trio.dds()
                .hashTable(TableSpec.of("failover", Codecs.string(), Codecs.int64())
                        .partitions(PARTITIONS));
        StructureInfo info = trio.structure("failover");
        Seen seen = new Seen();
        try (Writers writers = new Writers(table, info)) {
            for (int kill = 0; kill < kills; kill++) {
                trio.settle();
                int victim = kill % trio.size();
                BrickProbe.Cluster cluster = trio.cluster((victim + 1) % trio.size());
                boolean isLeader =
                        cluster.leader() != null && cluster.leader().name().equals(trio.name(victim));
                List<Integer> bereft = trio.primaries(cluster.state(), info, victim);
                long longest = kill(trio, victim, writers, bereft, isLeader ? seen.withLeader : seen.others);
                seen.kills++;
                seen.leaders += isLeader ? 1 : 0;
                out.printf(
                        "killed %s, primary of %d partitions%s: all were written again after %.2f s%n",
                        trio.name(victim), bereft.size(), isLeader ? ", and leader" : "", longest / NANOS_PER_SECOND);
                out.flush();
            }
        }
        return seen;
    }

    /** Returns how long the last of the partitions took. */
    private static long kill(Trio trio, int victim, Writers writers, List<Integer> bereft, Histogram times)
            throws IOException, InterruptedException {
        trio.bricks().process(trio.place(victim)).destroyForcibly();
        writers.mark();
        long longest = 0;
        for (int partition : bereft) {
            Trio.await(
                    "partition %d is written again".formatted(partition), () -> writers.firstAfterMark(partition) >= 0);
            long took = writers.firstAfterMark(partition);
            times.recordValue(took);
            longest = Math.max(longest, took);
        }
        trio.bricks().kill(trio.place(victim));
        trio.bricks().start(trio.place(victim));
        return longest;
    }

    private static void report(PrintWriter out, Seen seen) {
        Histogram all = new Histogram(3);
        all.add(seen.others);
        all.add(seen.withLeader);
        out.printf("%nFrom SIGKILL of a primary to the next acknowledged write, in seconds%n");
        out.printf("%-28s %6s %10s %6s %6s %6s%n", "killed", "kills", "partitions", "p50", "p99", "most");
        row(out, "any brick", seen.kills, all);
        row(out, "  not the metadata's leader", seen.kills - seen.leaders, seen.others);
        row(out, "  the metadata's leader", seen.leaders, seen.withLeader);
        out.flush();
    }

    private static void row(PrintWriter out, String what, int kills, Histogram times) {
        if (times.getTotalCount() > 0) {
            out.printf(
                    "%-28s %6d %10d %6.2f %6.2f %6.2f%n",
                    what,
                    kills,
                    times.getTotalCount(),
                    times.getValueAtPercentile(50) / NANOS_PER_SECOND,
                    times.getValueAtPercentile(99) / NANOS_PER_SECOND,
                    times.getMaxValue() / NANOS_PER_SECOND);
        }
    }
}
