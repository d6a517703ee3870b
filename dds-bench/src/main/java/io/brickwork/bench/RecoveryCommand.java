package io.brickwork.bench;

import io.brickwork.bricks.lmdb.LmdbFloor;
import io.brickwork.cli.BulkLoad;
import io.brickwork.cli.OptionRange;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.group.Group;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How fast a brick that lost its disk gets its copies back and what that costs writers, how long a stop in order holds
 * them up, and what many partitions cost.
 */
@Command(
        name = "recovery",
        description =
                "Measure three bricks of which one loses its disk, stop them in order, and have a thousand partitions lose a brick.",
        sortOptions = false)
public final class RecoveryCommand implements Callable<Integer> {
    private static final int VALUE_BYTES = 1024;
    private static final int PARTITIONS = 16;
    private static final int MANY_PARTITIONS = 1024;
    private static final int LOAD_OUTSTANDING = 256;
    private static final int COPIED_AT_ONCE = 1000;
    private static final int MOST_ENTRIES = 10_000_000;
    private static final long BEFORE_MILLIS = 5_000;
    private static final long IDLE_MILLIS = 10_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int PERCENT = 100;

    @Option(
            names = "--entries",
            paramLabel = "N",
            description = "How many entries of 1,024 bytes there are to copy. (default: ${DEFAULT-VALUE})")
    private int entries = 100_000;

    @Mixin
    private DataDirectory data;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.check(spec, "--entries", entries, 1, MOST_ENTRIES);
        PrintWriter out = spec.commandLine().getOut();
        try (Trio trio = Trio.start(data.make(), List.of())) {
            load(trio);
            DdsHashTable<String, Long> table = trio.dds()
                    .hashTable(TableSpec.of("foreground", Codecs.string(), Codecs.int64())
                            .durability(Durability.REPLICATED)
                            .partitions(PARTITIONS));
            try (Writers writers = new Writers(table, trio.structure("foreground"))) {
                loseDisk(trio, writers, out);
                stopInOrder(trio, writers, out);
            }
        }
        try (Trio trio = Trio.start(data.make(), List.of())) {
            manyPartitions(trio, out);
        }
        return 0;
    }

    private void load(Trio trio) {
        DdsHashTable<String, byte[]> table = trio.dds()
                .hashTable(
                        TableSpec.of("copied", Codecs.string(), Codecs.bytes()).partitions(PARTITIONS));
        Entries of = new Entries(entries, VALUE_BYTES);
        BulkLoad load = new BulkLoad(LOAD_OUTSTANDING);
        SplittableRandom random = new SplittableRandom(0);
        for (int i = 0; i < entries; i++) {
            String key = of.key(i);
            byte[] value = of.value(random);
            load.add(() -> table.async().set(key, value), () -> {});
        }
        load.await();
        load.failure().ifPresent(Callers::check);
    }

    /** As many entries from one table of raw LMDB to another. */
    private double floor(Trio trio) throws IOException {
        Path from = trio.directory().resolve("floor-from");
        Path to = trio.directory().resolve("floor-to");
        Files.createDirectories(from);
        Files.createDirectories(to);
        byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(1).nextBytes(value);
        try (LmdbFloor source = LmdbFloor.open(from);
                LmdbFloor target = LmdbFloor.open(to)) {
            for (int at = 0; at < entries; at += COPIED_AT_ONCE) {
                int first = at;
                source.put(
                        IntStream.range(first, Math.min(entries, first + COPIED_AT_ONCE))
                                .asLongStream()
                                .toArray(),
                        value);
            }
            long beganNanos = System.nanoTime();
            source.copyTo(target, COPIED_AT_ONCE);
            return entries / ((System.nanoTime() - beganNanos) / NANOS_PER_SECOND);
        }
    }

    private void loseDisk(Trio trio, Writers writers, PrintWriter out) throws IOException, InterruptedException {
        int victim = trio.size() - 1;
        trio.awaitWhole();
        double floor = floor(trio);
        writers.rate(Duration.ofMillis(BEFORE_MILLIS)); // until code is compiled
        double before = writers.rate(Duration.ofMillis(BEFORE_MILLIS));
        trio.bricks().killAndEmpty(trio.place(victim));
        trio.bricks().start(trio.place(victim));
        Trio.await(
                "brick %s takes copies".formatted(trio.name(victim)),
                () -> isLearning(trio.cluster(0).state(), trio.name(victim)));
        long beganNanos = System.nanoTime();
        long written = writers.count();
        trio.awaitWhole();
        double seconds = (System.nanoTime() - beganNanos) / NANOS_PER_SECOND;
        double rate = entries / seconds;
        double during = (writers.count() - written) / seconds;
        out.printf(
                "COPY of %,d entries of %,d bytes to a brick that lost its disk, while %d writers go on%n",
                entries, VALUE_BYTES, PARTITIONS);
        out.printf("  raw LMDB, from one table to another %,14.0f entries/s%n", floor);
        out.printf("  the copy %,41.0f entries/s   %.2f of raw LMDB%n", rate, rate / floor);
        out.printf("  writes before %,36.0f a second%n", before);
        out.printf(
                "  writes meanwhile %,33.0f a second   %.0f %% of before, for %.1f s%n",
                during, PERCENT * during / before, seconds);
        out.flush();
    }

    private static boolean isLearning(MetadataState state, String brick) {
        return state.groups().stream()
                .anyMatch(group -> group.newest().learners().stream()
                        .anyMatch(learner -> learner.brick().name().equals(brick)));
    }

    private static void stopInOrder(Trio trio, Writers writers, PrintWriter out)
            throws IOException, InterruptedException {
        out.printf("%nSTOP IN ORDER of each brick: the longest that any of %d writers waited%n", PARTITIONS);
        for (int brick = 0; brick < trio.size(); brick++) {
            trio.settle();
            writers.longestPause();
            boolean isInOrder = trio.bricks().end(trio.place(brick));
            double longest = writers.longestPause() / NANOS_PER_MILLI;
            out.printf("  brick %s%s: %,.0f ms%n", trio.name(brick), isInOrder ? "" : " (was killed)", longest);
            out.flush();
            trio.bricks().start(trio.place(brick));
        }
    }

    private static void manyPartitions(Trio trio, PrintWriter out) throws IOException, InterruptedException {
        DdsHashTable<String, Long> table = trio.dds()
                .hashTable(TableSpec.of("many", Codecs.string(), Codecs.int64()).partitions(MANY_PARTITIONS));
        trio.awaitWhole();
        out.printf("%n%,d PARTITIONS on three bricks%n", table.spec().partitions());
        Thread.sleep(IDLE_MILLIS / 2);
        long[] cpu = new long[trio.size()];
        for (int brick = 0; brick < trio.size(); brick++) {
            cpu[brick] = cpuNanos(trio, brick);
        }
        Thread.sleep(IDLE_MILLIS);
        for (int brick = 0; brick < trio.size(); brick++) {
            out.printf(
                    "  idle brick %s: %.1f %% of a core, %,d MiB resident%n",
                    trio.name(brick),
                    PERCENT * (cpuNanos(trio, brick) - cpu[brick]) / (IDLE_MILLIS * NANOS_PER_MILLI),
                    residentMebibytes(trio.bricks().process(trio.place(brick)).pid()));
        }
        long views = views(trio);
        long killedNanos = System.nanoTime();
        trio.bricks().kill(trio.place(0));
        Trio.await(
                "all go on without a brick",
                () -> trio.cluster(1).state().groups().stream().allMatch(group -> isOpenWithout(group, trio.name(0))));
        double seconds = (System.nanoTime() - killedNanos) / NANOS_PER_SECOND;
        out.printf(
                "  one brick is killed: %,d view changes, all open without it after %.1f s%n",
                views(trio) - views, seconds);
        out.flush();
    }

    private static boolean isOpenWithout(Group group, String brick) {
        return group.isOpen()
                && group.newest().members().stream()
                        .noneMatch(member -> member.brick().name().equals(brick));
    }

    /** How many views there have been, as the second brick knows. */
    private static long views(Trio trio) {
        return trio.cluster(1).state().groups().stream()
                .mapToLong(group -> group.newest().epoch())
                .sum();
    }

    private static long cpuNanos(Trio trio, int brick) {
        return trio.bricks()
                .process(trio.place(brick))
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }

    /** 0 where the system does not tell. */
    private static long residentMebibytes(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
