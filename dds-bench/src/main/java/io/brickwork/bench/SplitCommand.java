package io.brickwork.bench;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeSpec;
import io.brickwork.cli.OptionRange;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.group.Group;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long writers wait while partitions are split under them, beside the same without splits. */
@Command(
        name = "split",
        description =
                "Write to a tree of three bricks that begins as one partition, in random, ascending and descending order, with splits and without, and measure how long each set takes.",
        sortOptions = false)
public final class SplitCommand implements Callable<Integer> {
    private static final int VALUE_BYTES = 100;
    private static final int WRITERS = 16;
    private static final int MOST_ENTRIES = 100_000_000;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    @Option(
            names = "--entries",
            paramLabel = "N",
            description = "How many entries of 8 and 100 bytes are written in each order. (default: ${DEFAULT-VALUE})")
    private int entries = 200_000;

    @Option(
            names = "--split-records",
            paramLabel = "N",
            description = "Above how many records a partition is split. (default: ${DEFAULT-VALUE})")
    private int splitRecords = 20_000;

    @Mixin
    private DataDirectory data;

    @Spec
    private CommandSpec spec;

    private final byte[] value = new byte[VALUE_BYTES];

    /** In which order keys come. */
    private enum Order {
        RANDOM(number -> number * 0x9E3779B97F4A7C15L),
        ASCENDING(number -> number),
        DESCENDING(number -> -number);

        private final LongUnaryOperator key;

        Order(LongUnaryOperator key) {
            this.key = key;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.check(spec, "--entries", entries, WRITERS, MOST_ENTRIES);
        OptionRange.check(spec, "--split-records", splitRecords, 1, MOST_ENTRIES);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%,d sets by %d callers, one after the other each; times in ms%n%-28s %9s %7s %7s %7s %7s %11s%n",
                entries, WRITERS, "", "a second", "p50", "p99", "p99.9", "most", "partitions");
        for (boolean splits : List.of(false, true)) {
            int above = splits ? splitRecords : Integer.MAX_VALUE;
            try (Trio trio = Trio.start(
                    data.make(), List.of("split-records=" + above, "split-size=1TiB", "split-writes=" + above))) {
                write(trio, "warm-up", Order.RANDOM);
                for (Order order : Order.values()) {
                    String name = order.name().toLowerCase(Locale.ROOT);
                    print(
                            out,
                            (splits ? "split above %,d, ".formatted(splitRecords) : "no splits, ") + name,
                            trio,
                            name,
                            order);
                }
            }
        }
        return 0;
    }

    private void print(PrintWriter out, String what, Trio trio, String name, Order order) throws InterruptedException {
        long beganNanos = System.nanoTime();
        Histogram times = write(trio, name, order);
        double seconds = (System.nanoTime() - beganNanos) / NANOS_PER_SECOND;
        TreeMap<String, Integer> led = new TreeMap<>();
        for (Group group : trio.cluster(0).state().groupsOf(trio.structure(name).id())) {
            led.merge(group.newest().primary().name(), 1, Integer::sum);
        }
        out.printf(
                "%-28s %,9.0f %7.1f %7.1f %7.1f %7.1f %11s%n",
                what,
                entries / seconds,
                times.getValueAtPercentile(50) / NANOS_PER_MILLI,
                times.getValueAtPercentile(99) / NANOS_PER_MILLI,
                times.getValueAtPercentile(99.9) / NANOS_PER_MILLI,
                times.getMaxValue() / NANOS_PER_MILLI,
                led);
        out.flush();
    }

    private Histogram write(Trio trio, String name, Order order) throws InterruptedException {
        DdsTree<Long, byte[]> tree = trio.dds().tree(TreeSpec.of(name, OrderedCodecs.int64(), Codecs.bytes()));
        AtomicLong next = new AtomicLong(1);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Histogram> times = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        new SplittableRandom(1).nextBytes(value);
        for (int i = 0; i < WRITERS; i++) {
            Histogram own = Measured.newHistogram();
            times.add(own);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    for (long at = next.getAndIncrement(); at <= entries; at = next.getAndIncrement()) {
                        long fromNanos = System.nanoTime();
                        tree.set(order.key.applyAsLong(at), value);
                        own.recordValue(System.nanoTime() - fromNanos);
                    }
                } catch (RuntimeException failed) {
                    failure.compareAndSet(null, failed);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Callers.check(failure.get());
        Histogram sum = Measured.newHistogram();
        times.forEach(sum::add);
        return sum;
    }
}
