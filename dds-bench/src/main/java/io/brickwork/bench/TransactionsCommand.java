package io.brickwork.bench;

import io.brickwork.cli.OptionRange;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.map.MiniTransaction;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What transactions cost, beside single sets of the same run. */
@Command(
        name = "transactions",
        description =
                "Transactions on three bricks: of 2, 4 and 8 keys in 1, 2 and 4 groups, blind and read-modify-write, beside single sets; then on keys that many want.",
        sortOptions = false)
public final class TransactionsCommand implements Callable<Integer> {
    private static final int PARTITIONS = 4;
    private static final int VALUE_BYTES = 100;
    private static final int KEYS_OF_A_CALLER = 64;
    private static final int CONTENDED_KEYS = 1_000;
    private static final double ZIPF = 0.99;
    private static final int CROWD = 64;
    private static final int WARM_UPS = 3;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long each row is measured, from 1 to 600. (default: ${DEFAULT-VALUE})")
    private int seconds = 3;

    @Option(
            names = "--callers",
            paramLabel = "N",
            description = "How many callers there are, from 1 to 1024. (default: ${DEFAULT-VALUE})")
    private int callers = 16;

    @Option(
            names = "--sync",
            description = "Values in a table that is synced before it acknowledges; else in one that is replicated.")
    private boolean sync;

    @Mixin
    private DataDirectory data;

    @Spec
    private CommandSpec spec;

    private final byte[] value = new byte[VALUE_BYTES];

    /** What a caller does again and again. */
    @FunctionalInterface
    private interface Work {
        /** Does it once; returns how often it had to be tried. */
        int run(int caller, SplittableRandom random);
    }

    /**
     * A row.
     *
     * @param most tries of one transaction
     * @param fewest transactions that any caller got done
     */
    private record Figures(double perSecond, Histogram latencies, double cpuMicros, long most, long fewest) {
        double medianMicros() {
            return latencies.getValueAtPercentile(50) / 1e3;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.check(spec, "--seconds", seconds, 1, 600);
        OptionRange.check(spec, "--callers", callers, 1, 1024);
        PrintWriter out = spec.commandLine().getOut();
        try (Trio trio = Trio.start(data.make(), List.of())) {
            Dds dds = trio.dds();
            DdsHashTable<String, byte[]> table = dds.hashTable(TableSpec.of("t", Codecs.string(), Codecs.bytes())
                    .partitions(PARTITIONS)
                    .durability(sync ? Durability.SYNC : Durability.REPLICATED));
            new SplittableRandom(1).nextBytes(value);
            List<List<List<String>>> keys = keys(table, Math.max(callers, CROWD));
            out.printf(
                    "%d callers, one transaction each at a time; values of %d bytes, %s; times in µs%n%-34s %9s %8s %8s %8s %10s %10s%n",
                    callers,
                    VALUE_BYTES,
                    sync ? "SYNC" : "REPLICATED",
                    "",
                    "a second",
                    "p50",
                    "p99",
                    "CPU",
                    "x p50/set",
                    "x CPU/sets");
            Work set = (caller, random) -> {
                table.set(
                        keys.get(caller).get(random.nextInt(PARTITIONS)).get(random.nextInt(KEYS_OF_A_CALLER)), value);
                return 1;
            };
            for (int i = 0; i < WARM_UPS; i++) {
                measure(trio, callers, set);
                measure(trio, callers, transaction(dds, table, keys, 2, 2, i % 2 == 0));
            }
            Figures one = measure(trio, callers, set);
            print(out, "set", one, one, 1);
            for (boolean reads : List.of(false, true)) {
                for (int count : List.of(2, 4, 8)) {
                    for (int groups : List.of(1, 2, 4)) {
                        if (groups <= count) {
                            one = measure(trio, callers, set); // the floor of each row is measured beside it
                            Figures figures =
                                    measure(trio, callers, transaction(dds, table, keys, count, groups, reads));
                            print(
                                    out,
                                    "%s, %d keys, %d group%s"
                                            .formatted(
                                                    reads ? "read and write" : "blind",
                                                    count,
                                                    groups,
                                                    groups > 1 ? "s" : ""),
                                    figures,
                                    one,
                                    count);
                        }
                    }
                }
            }
            one = measure(trio, callers, set);
            print(out, "set", one, one, 1);
            Figures zipf = measure(trio, callers, zipf(dds, table));
            print(out, "read and write, 2 keys, Zipf %.2f".formatted(ZIPF), zipf, one, 2);
            out.printf("  of %,d keys; most tries of one: %d%n", CONTENDED_KEYS, zipf.most);
            Figures hot = measure(trio, CROWD, hot(dds, table, keys));
            print(out, "read and write, %d on one pair".formatted(CROWD), hot, one, 2);
            out.printf("  most tries of one: %d; fewest transactions of a caller: %d%n", hot.most, hot.fewest);
        }
        return 0;
    }

    /** By caller and partition. */
    private static List<List<List<String>>> keys(DdsHashTable<String, byte[]> table, int callers) {
        PartitionMap map = HashTableType.INSTANCE.initialPartitions(table.spec());
        List<List<List<String>>> all = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            List<List<String>> own = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                own.add(new ArrayList<>());
            }
            for (int i = 0; own.stream().anyMatch(keys -> keys.size() < KEYS_OF_A_CALLER); i++) {
                String key = "c" + caller + "-" + i;
                List<String> in = own.get(map.locate(HashTableType.operations(table.info())
                        .placement()
                        .recordKey(Codecs.string().encode(key))));
                if (in.size() < KEYS_OF_A_CALLER) {
                    in.add(key);
                }
            }
            all.add(own);
        }
        return all;
    }

    private Work transaction(
            Dds dds,
            DdsHashTable<String, byte[]> table,
            List<List<List<String>>> keys,
            int count,
            int groups,
            boolean reads) {
        return (caller, random) -> {
            List<String> chosen = new ArrayList<>();
            int first = random.nextInt(KEYS_OF_A_CALLER);
            for (int i = 0; i < count; i++) {
                chosen.add(keys.get(caller).get(i % groups).get((first + i) % KEYS_OF_A_CALLER));
            }
            return reads ? readAndWrite(dds, table, chosen) : blind(dds, table, chosen);
        };
    }

    private int blind(Dds dds, DdsHashTable<String, byte[]> table, List<String> chosen) {
        MiniTransaction transaction = dds.miniTransaction();
        chosen.forEach(key -> transaction.set(table, key, value));
        return transaction.commit() ? 1 : 1 + blind(dds, table, chosen);
    }

    private int readAndWrite(Dds dds, DdsHashTable<String, byte[]> table, List<String> chosen) {
        int[] tries = {0};
        dds.transact(tx -> {
            tries[0]++;
            DdsHashTable<String, byte[]> seen = tx.on(table);
            for (String key : chosen) {
                byte[] old = seen.get(key);
                byte[] next = old == null ? value.clone() : old.clone();
                next[0]++;
                seen.set(key, next);
            }
        });
        return tries[0];
    }

    private Work zipf(Dds dds, DdsHashTable<String, byte[]> table) {
        double[] upTo = new double[CONTENDED_KEYS];
        double sum = 0;
        for (int i = 0; i < CONTENDED_KEYS; i++) {
            sum += 1 / Math.pow(i + 1, ZIPF);
            upTo[i] = sum;
        }
        double all = sum;
        return (caller, random) -> {
            int one = drawn(upTo, random.nextDouble(all));
            int other = drawn(upTo, random.nextDouble(all));
            return readAndWrite(dds, table, one == other ? List.of("z" + one) : List.of("z" + one, "z" + other));
        };
    }

    private static int drawn(double[] upTo, double luck) {
        int at = Arrays.binarySearch(upTo, luck);
        return Math.min(upTo.length - 1, at < 0 ? -at - 1 : at);
    }

    private Work hot(Dds dds, DdsHashTable<String, byte[]> table, List<List<List<String>>> keys) {
        List<String> pair = List.of(
                keys.getFirst().get(0).getFirst(), keys.getFirst().get(1).getFirst());
        return (caller, random) -> readAndWrite(dds, table, pair);
    }

    private Figures measure(Trio trio, int threads, Work work) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        LongAccumulator most = new LongAccumulator(Math::max, 0);
        List<Histogram> times = new ArrayList<>();
        List<AtomicLong> counts = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        long cpuBefore = cpuNanos(trio);
        long began = System.nanoTime();
        long until = began + seconds * 1_000_000_000L;
        for (int i = 0; i < threads; i++) {
            int caller = i;
            Histogram own = Measured.newHistogram();
            AtomicLong count = new AtomicLong();
            times.add(own);
            counts.add(count);
            running.add(Thread.ofVirtual().start(() -> {
                SplittableRandom random = new SplittableRandom(caller);
                try {
                    while (System.nanoTime() - until < 0) {
                        long from = System.nanoTime();
                        most.accumulate(work.run(caller, random));
                        own.recordValue(Math.min(System.nanoTime() - from, Measured.LONGEST_NANOS));
                        count.incrementAndGet();
                    }
                } catch (DdsException failed) {
                    failure.compareAndSet(null, failed);
                }
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        Callers.check(failure.get());
        long nanos = System.nanoTime() - began;
        long cpu = cpuNanos(trio) - cpuBefore;
        Histogram sum = Measured.newHistogram();
        times.forEach(sum::add);
        long done = counts.stream().mapToLong(AtomicLong::get).sum();
        return new Figures(
                done * 1e9 / nanos,
                sum,
                cpu / 1e3 / Math.max(1, done),
                most.get(),
                counts.stream().mapToLong(AtomicLong::get).min().orElse(0));
    }

    /** Of this process and the bricks'. */
    private static long cpuNanos(Trio trio) {
        long sum = Usage.ofThisProcess().cpuNanos();
        for (int i = 0; i < trio.size(); i++) {
            sum += trio.bricks()
                    .process(trio.place(i))
                    .info()
                    .totalCpuDuration()
                    .orElseThrow(() -> new IllegalStateException("this system does not tell the CPU time of processes"))
                    .toNanos();
        }
        return sum;
    }

    private static void print(PrintWriter out, String what, Figures figures, Figures set, int sets) {
        out.printf(
                "%-34s %,9.0f %8s %8s %8s %10.2f %10.2f%n",
                what,
                figures.perSecond,
                ResultTable.micros(figures.medianMicros()),
                ResultTable.micros(figures.latencies.getValueAtPercentile(99) / 1e3),
                ResultTable.micros(figures.cpuMicros),
                figures.medianMicros() / set.medianMicros(),
                figures.cpuMicros / (sets * set.cpuMicros));
        out.flush();
    }
}
