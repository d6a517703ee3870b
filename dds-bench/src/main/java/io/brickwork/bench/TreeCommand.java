package io.brickwork.bench;

import io.brickwork.bricks.lmdb.LmdbFloor;
import io.brickwork.btree.AsyncTree;
import io.brickwork.btree.DdsTree;
import io.brickwork.btree.Scan;
import io.brickwork.btree.ScanOptions;
import io.brickwork.btree.TreeSpec;
import io.brickwork.cli.BulkLoad;
import io.brickwork.cli.OptionRange;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.client.Dds;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.map.AsyncMap;
import io.brickwork.map.DdsMap;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast a tree is filled, asked and scanned, beside a hash table and a cursor of LMDB itself in the same run. */
@Command(
        name = "tree",
        description = "Measure trees beside hash tables and raw LMDB: gets, sets, sorted loading, scans.",
        sortOptions = false)
public final class TreeCommand implements Callable<Integer> {
    private static final int VALUE_BYTES = 100;
    private static final int MOST_ENTRIES = 100_000_000;
    private static final int POINT_OPERATIONS = 100_000;
    private static final int OUTSTANDING = 256;
    private static final int PUT_AT_ONCE = 10_000;
    private static final int SPREAD_PARTITIONS = 16;
    private static final int WARM_UP_PASSES = 4;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    @Option(
            names = "--entries",
            paramLabel = "N",
            description = "How many entries of 8 and 100 bytes are loaded and scanned. (default: ${DEFAULT-VALUE})")
    private int entries = 500_000;

    @Mixin
    private DataDirectory data;

    @Spec
    private CommandSpec spec;

    private final byte[] value = new byte[VALUE_BYTES];

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.check(spec, "--entries", entries, POINT_OPERATIONS, MOST_ENTRIES);
        new SplittableRandom(1).nextBytes(value);
        PrintWriter out = spec.commandLine().getOut();
        Path directory = data.make();
        try {
            double floor = floor(directory.resolve("floor"), out);
            out.printf("%nEMBEDDED, one brick in this process%n");
            Path embedded = directory.resolve("embedded");
            try (Dds dds = Dds.embedded(embedded)) {
                measure(dds, floor, out);
            }
            out.printf("  on disk %,42.0f MiB%n", bytes(embedded) / BYTES_PER_MEBIBYTE);
        } finally {
            BrickProcesses.deleteTree(directory);
        }
        out.printf("%nTHREE BRICKS, each a process, on this machine%n");
        try (Trio trio = Trio.start(data.make(), List.of())) {
            measure(trio.dds(), Double.NaN, out);
        }
        return 0;
    }

    /** As many records in LMDB alone, from the first to the last, each copied out. Gives records a second. */
    private double floor(Path directory, PrintWriter out) throws IOException {
        Files.createDirectories(directory);
        try (LmdbFloor floor = LmdbFloor.open(directory)) {
            for (int at = 0; at < entries; at += PUT_AT_ONCE) {
                floor.put(
                        LongStream.range(at, Math.min(entries, at + PUT_AT_ONCE))
                                .toArray(),
                        value);
            }
            floor.scan();
            double rate = rate(floor, LmdbFloor::scan);
            out.printf("RAW LMDB%n  cursor over all records %,26.0f records/s%n", rate);
            out.flush();
            return rate;
        }
    }

    private void measure(Dds dds, double floor, PrintWriter out) {
        DdsMap<Long, byte[]> hash = dds.hashTable(TableSpec.of("hash", Codecs.int64(), Codecs.bytes()));
        DdsMap<Long, byte[]> spread = dds.tree(
                TreeSpec.of("spread", OrderedCodecs.int64(), Codecs.bytes()).partitions(SPREAD_PARTITIONS));
        double hashSets = points(hash.async(), true);
        double treeSets = points(spread.async(), true);
        double hashGets = points(hash.async(), false);
        double treeGets = points(spread.async(), false);
        out.printf(
                "  set, %d open %,37.0f a second, hash table %,.0f: %.2f ×%n",
                OUTSTANDING, treeSets, hashSets, hashSets / treeSets);
        out.printf(
                "  get, %d open %,37.0f a second, hash table %,.0f: %.2f ×%n",
                OUTSTANDING, treeGets, hashGets, hashGets / treeGets);
        DdsTree<Long, byte[]> queue = dds.tree(TreeSpec.of("queue", OrderedCodecs.int64(), Codecs.bytes()));
        out.printf(
                "  higher entry, among as many sets %,19.0f a second, %d open in all%n",
                neighbours(queue.async()), OUTSTANDING);
        out.flush();
        List<DdsTree<Long, byte[]>> trees = new ArrayList<>();
        for (int partitions : new int[] {1, SPREAD_PARTITIONS}) {
            DdsTree<Long, byte[]> tree =
                    dds.tree(TreeSpec.of("loaded-" + partitions, OrderedCodecs.int64(), Codecs.bytes())
                            .partitions(partitions));
            double load = rate(tree, of -> of.load(ascending()));
            out.printf(
                    "  sorted load, %2d partitions %,24.0f a second, %.1f × sets%n", partitions, load, load / treeSets);
            out.flush();
            trees.add(tree);
        }
        for (int pass = 0; pass < WARM_UP_PASSES; pass++) {
            for (DdsTree<Long, byte[]> tree : trees) {
                scan(tree); // until code is compiled and pages are in memory
                scan(tree.descendingMap());
                scanKeys(tree);
            }
        }
        for (DdsTree<Long, byte[]> tree : trees) {
            String of = "of %d partitions".formatted(tree.spec().partitions());
            print(out, "scan " + of, rate(tree, TreeCommand::scan), floor);
            print(out, "scan backward " + of, rate(tree.descendingMap(), TreeCommand::scan), floor);
            print(out, "scan of keys " + of, rate(tree, TreeCommand::scanKeys), floor);
        }
    }

    private static void print(PrintWriter out, String what, double rate, double floor) {
        String ratio = Double.isNaN(floor) ? "" : ", %.2f of raw LMDB".formatted(rate / floor);
        out.printf("  %-32s %,17.0f entries/s%s%n", what, rate, ratio);
        out.flush();
    }

    /** Random keys of a bounded set, twice: the second time counts. */
    private double points(AsyncMap<Long, byte[]> map, boolean sets) {
        double rate = 0;
        for (int pass = 0; pass < 2; pass++) {
            SplittableRandom random = new SplittableRandom(pass);
            long beganNanos = System.nanoTime();
            BulkLoad load = new BulkLoad(OUTSTANDING);
            for (int i = 0; i < POINT_OPERATIONS; i++) {
                long key = spread(random.nextInt(POINT_OPERATIONS));
                load.add(() -> operation(map, sets, key), () -> {});
            }
            load.await();
            load.failure().ifPresent(Callers::check);
            rate = POINT_OPERATIONS / ((System.nanoTime() - beganNanos) / NANOS_PER_SECOND);
        }
        return rate;
    }

    /**
     * Searches for the next key, and sets, in turn, in one partition; the second time counts. Gives searches a second.
     */
    private double neighbours(AsyncTree<Long, byte[]> tree) {
        double rate = 0;
        for (int pass = 0; pass < 2; pass++) {
            SplittableRandom random = new SplittableRandom(pass);
            long beganNanos = System.nanoTime();
            BulkLoad load = new BulkLoad(OUTSTANDING);
            for (int i = 0; i < POINT_OPERATIONS; i++) {
                long key = random.nextLong();
                boolean sets = i % 2 == 0;
                load.add(() -> sets ? tree.set(key, value) : tree.higherEntry(key), () -> {});
            }
            load.await();
            load.failure().ifPresent(Callers::check);
            rate = POINT_OPERATIONS / 2 / ((System.nanoTime() - beganNanos) / NANOS_PER_SECOND);
        }
        return rate;
    }

    private CompletionStage<?> operation(AsyncMap<Long, byte[]> map, boolean sets, long key) {
        return sets ? map.set(key, value) : map.get(key);
    }

    /** Numbers from all over their range. */
    private static long spread(long number) {
        return number * 0x9E3779B97F4A7C15L;
    }

    /** As many keys, evenly over their range. */
    private Iterator<Map.Entry<Long, byte[]>> ascending() {
        long step = Long.MAX_VALUE / entries * 2;
        return LongStream.range(0, entries)
                .mapToObj(i -> Map.entry(Long.MIN_VALUE + i * step, value))
                .iterator();
    }

    private static long scan(DdsTree<Long, byte[]> tree) {
        long count = 0;
        try (Scan<Map.Entry<Long, byte[]>> scan = tree.scan(ScanOptions.ALL)) {
            for (; scan.hasNext(); count++) {
                scan.next();
            }
        }
        return count;
    }

    private static long scanKeys(DdsTree<Long, byte[]> tree) {
        long count = 0;
        try (Scan<Long> scan = tree.scanKeys(ScanOptions.ALL)) {
            for (; scan.hasNext(); count++) {
                scan.next();
            }
        }
        return count;
    }

    private static <T> double rate(T of, ToLongFunction<T> work) {
        long beganNanos = System.nanoTime();
        long count = work.applyAsLong(of);
        return count / ((System.nanoTime() - beganNanos) / NANOS_PER_SECOND);
    }

    /** The sizes of all files. */
    private static double bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(TreeCommand::size)
                    .sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }
}
