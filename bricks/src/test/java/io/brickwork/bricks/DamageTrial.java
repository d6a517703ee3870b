package io.brickwork.bricks;

import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Damages one place of one file of an embedded brick's directory, opens it, and reads everything: again and again, for
 * each page of each file. What is read must be what was acknowledged, or a failure that says what is damaged; never
 * absent, never another value.
 *
 * <p>Run as a program, since a damaged file could bring the process down: {@code DamageTrial DIR EVERY FIRST} prints a
 * line for each {@code EVERY}-th case from {@code FIRST} on, and {@code END} at the end.
 */
final class DamageTrial {
    private static final int KEYS = 400;
    private static final int PAGE_BYTES = 4096;
    private static final int LARGE_BYTES = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final List<String> WAYS = List.of("zero", "flip", "flip", "flip", "old", "cut", "gone");

    private final Path base;
    private final Path older;
    private final Path scratch;
    private final TreeMap<String, String> expected = new TreeMap<>();

    /**
     * One case.
     *
     * @param file below the brick's directory
     * @param way what is done to it
     */
    record Case(int number, String stop, String file, long page, String way) {}

    private DamageTrial(Path directory) {
        base = directory.resolve("base");
        older = directory.resolve("older");
        scratch = directory.resolve("scratch");
    }

    public static void main(String[] args) throws IOException {
        DamageTrial trial = new DamageTrial(Path.of(args[0]));
        int every = Integer.parseInt(args[1]);
        int first = Integer.parseInt(args[2]);
        trial.make();
        for (Case one : trial.cases()) {
            if (one.number() >= first && one.number() % every == 0) {
                System.out.println("BEGIN " + one);
                System.out.println(trial.outcome(one) + " " + one);
            }
        }
        System.out.println("END");
        System.exit(0);
    }

    /** Two directories with the same content: one that was closed in order, and what one that was killed leaves. */
    private void make() throws IOException {
        Path live = base.resolve("live");
        try (Dds dds = open(live)) {
            fill(dds, 0);
            pause();
            copy(live, older);
            fill(dds, 1);
            pause();
            copy(live, base.resolve("killed"));
        }
        copy(live, base.resolve("closed"));
    }

    /** Until everything is in the table. */
    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Dds open(Path directory) {
        return Dds.embedded(directory, options -> options.capacityBytes(48 << 20));
    }

    private void fill(Dds dds, int round) {
        DdsHashTable<String, String> table = dds.hashTable("table", String.class, String.class);
        DdsTree<String, String> tree = dds.tree("tree", String.class, String.class);
        for (int i = 0; i < KEYS; i++) {
            String key = "key-" + i;
            String value = "value-" + round + "-" + i + "x".repeat(i % 90);
            if (i == 7) {
                value += "y".repeat(LARGE_BYTES);
            }
            if (round == 0 || i % 3 == 0) {
                expected.put(key, value);
                table.put(key, value);
                tree.put(key, value);
            } else if (i % 7 == 0) {
                expected.remove(key);
                table.remove(key);
                tree.remove(key);
            }
        }
    }

    private List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String stop : List.of("closed", "killed")) {
            Path root = base.resolve(stop);
            for (Path file : files(root)) {
                String name = root.relativize(file).toString();
                long pages = Math.max(1, (Files.size(file) + PAGE_BYTES - 1) / PAGE_BYTES);
                long last = lastUsedPage(file);
                for (long page = 0; page < pages && page <= last + 2; page++) {
                    for (String way : WAYS) {
                        if (!way.equals("gone") || page == 0) {
                            cases.add(new Case(cases.size(), stop, name, page, way));
                        }
                    }
                }
            }
        }
        return cases;
    }

    /** Beyond it there are zeros only. */
    private static long lastUsedPage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int last = bytes.length - 1;
        while (last > 0 && bytes[last] == 0) {
            last--;
        }
        return last / PAGE_BYTES;
    }

    private String outcome(Case one) throws IOException {
        delete(scratch);
        copy(base.resolve(one.stop()), scratch);
        if (!damage(one)) {
            return "SAME";
        }
        long begunNanos = System.nanoTime();
        String found = read();
        long seconds = (System.nanoTime() - begunNanos) / 1_000_000_000;
        return seconds >= 20 ? "WRONG it took " + seconds + " s: " + found : found;
    }

    /** Returns whether anything has changed. */
    private boolean damage(Case one) throws IOException {
        Path path = scratch.resolve(one.file());
        SplittableRandom random = new SplittableRandom(one.number());
        if (one.way().equals("gone")) {
            Files.delete(path);
            return true;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            long at = one.page() * PAGE_BYTES;
            int bytes = (int) Math.min(PAGE_BYTES, file.length() - at);
            if (bytes <= 0) {
                return false;
            }
            byte[] before = new byte[bytes];
            file.seek(at);
            file.readFully(before);
            byte[] after = before.clone();
            switch (one.way()) {
                case "zero" -> java.util.Arrays.fill(after, (byte) 0);
                case "flip" -> {
                    // Where there is something, if anywhere: mostly in the first bytes, which are the head of the page.
                    int offset = random.nextInt(random.nextBoolean() ? Math.min(bytes, 64) : bytes);
                    after[offset] ^= (byte) (1 << random.nextInt(8));
                }
                case "old" -> {
                    Path then = older.resolve(one.file());
                    if (!Files.exists(then) || Files.size(then) < at + bytes) {
                        return false;
                    }
                    try (RandomAccessFile old = new RandomAccessFile(then.toFile(), "r")) {
                        old.seek(at);
                        old.readFully(after);
                    }
                }
                case "cut" -> {
                    file.setLength(at + random.nextInt(bytes));
                    return true;
                }
                default -> throw new IllegalArgumentException(one.way());
            }
            file.seek(at);
            file.write(after);
            return !java.util.Arrays.equals(before, after);
        }
    }

    private String read() {
        int failures = 0;
        String failure = "";
        try (Dds dds = open(scratch)) {
            Map<String, String> table =
                    dds.hashTable("table", String.class, String.class).withTimeout(PATIENCE);
            Map<String, String> tree =
                    dds.tree("tree", String.class, String.class).withTimeout(PATIENCE);
            for (Map<String, String> map : List.of(table, tree)) {
                for (int i = 0; i < KEYS; i++) {
                    String key = "key-" + i;
                    try {
                        String value = map.get(key);
                        if (!java.util.Objects.equals(value, expected.get(key))) {
                            return "WRONG " + key + " reads " + shorten(value) + ", not " + shorten(expected.get(key));
                        }
                    } catch (DdsException e) {
                        failures++;
                        failure = String.valueOf(e.getMessage());
                    }
                }
                try {
                    TreeMap<String, String> all = new TreeMap<>(map);
                    if (!all.equals(expected)) {
                        return "WRONG an iteration gives " + all.size() + " entries of " + expected.size();
                    }
                } catch (DdsException e) {
                    failures++;
                }
                try {
                    map.put("another", "one");
                } catch (DdsException e) {
                    failures++;
                }
            }
        } catch (DdsException | IllegalStateException e) {
            String message = String.valueOf(e.getMessage());
            return message.contains(scratch.toString()) ? "NAMED " + message : "WRONG nothing is named: " + e;
        } catch (RuntimeException e) {
            return e instanceof BrickStartException
                            && String.valueOf(e.getMessage()).contains(scratch.toString())
                    ? "NAMED " + e.getMessage()
                    : "WRONG " + e;
        }
        return failures == 0 ? "FINE" : "NAMED " + failures + " reads failed: " + failure;
    }

    private static String shorten(@Nullable String value) {
        String text = String.valueOf(value);
        return text.length() < 30 ? text : text.substring(0, 30);
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
