package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.btree.TreeMapSuite;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableMapSuite;
import io.brickwork.map.GuavaSuite.Portion;
import io.brickwork.map.GuavaSuite.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A brick in the caller's own process. */
class EmbeddedIT {
    /**
     * How many of Guava's cases are under way at once, each on a map of its own: a case is little work and much
     * waiting.
     */
    private static final int CALLERS = 8;

    @TempDir
    Path temp;

    @Test
    void reopeningFindsTheData() {
        for (int round = 0; round < 3; round++) {
            try (Dds dds = Dds.embedded(temp)) {
                DdsHashTable<String, Long> table = dds.hashTable("t", String.class, Long.class);
                for (int earlier = 0; earlier < round; earlier++) {
                    assertThat(table.get("round " + earlier)).isEqualTo(earlier);
                }
                assertThat(table).hasSize(round);
                table.put("round " + round, (long) round);
            }
        }
    }

    @Test
    void aDirectoryThatLostItsFilesIsNotANewBrick() throws Exception {
        Dds.embedded(temp).close();
        for (String part : List.of("log", "table")) {
            deleteAll(temp.resolve(part));
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> Dds.embedded(temp))
                    .isInstanceOf(BrickStartException.class)
                    .hasMessageContaining(temp.resolve("table").toString())
                    .hasMessageContaining("is gone, and was there");
        }
    }

    @Test
    void aLogThatIsOlderThanItsTableIsNamed() throws Exception {
        Path older = temp.resolve("older");
        Path killed = temp.resolve("killed");
        Path brick = temp.resolve("brick");
        try (Dds dds = Dds.embedded(brick)) {
            dds.hashTable("t", String.class, String.class).put("a", "1");
        }
        copyAll(brick.resolve("log"), older);
        try (Dds dds = Dds.embedded(brick)) {
            dds.hashTable("t", String.class, String.class).put("a", "2");
            TimeUnit.MILLISECONDS.sleep(1000); // until the table has it
            copyAll(brick, killed);
            copyAll(brick.resolve("table"), killed.resolve("table"));
        }
        copyAll(older, killed.resolve("log"));
        deleteAll(brick.resolve("log"));
        copyAll(older, brick.resolve("log"));
        for (Path one : List.of(brick, killed)) {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> Dds.embedded(one))
                        .isInstanceOf(BrickStartException.class)
                        .hasMessageContaining(one.resolve("log").toString())
                        .hasMessageContaining("the table knows that it was synced up to");
            }
        }
    }

    private static void copyAll(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Test
    void twoOnOneDirectoryAreToldApart() {
        try (Dds dds = Dds.embedded(temp)) {
            assertThatThrownBy(() -> Dds.embedded(temp))
                    .hasMessageContaining(temp.toString())
                    .hasMessageContaining("already open in this process");
            dds.hashTable("t", String.class, String.class).set("still", "here");
        }
        Dds.embedded(temp).close();
    }

    @Test
    void aFileIsNoDirectory() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> Dds.embedded(file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("is a file, not a directory");
    }

    @Test
    void anInterruptedThreadOpensAndClosesInOrderAndKeepsItsFlag() {
        Thread.currentThread().interrupt();
        try {
            Dds dds = Dds.embedded(temp);
            assertThat(Thread.interrupted()).isTrue();
            dds.hashTable("t", String.class, String.class).put("k", "v");
            Thread.currentThread().interrupt();
            dds.close();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(temp.resolve("log/clean")).exists();
        try (Dds dds = Dds.embedded(temp)) {
            assertThat(dds.hashTable("t", String.class, String.class).get("k")).isEqualTo("v");
        }
    }

    @Test
    void closingOnTheLaneIsRefusedInsteadOfWaitingForItself() throws Exception {
        AtomicReference<Runnable> onLane = new AtomicReference<>(() -> {});
        Dds dds = Dds.embedded(
                temp,
                options -> options.executor(task -> {
                    onLane.get().run();
                    task.run();
                }));
        DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
        CompletableFuture<Throwable> refusal = new CompletableFuture<>();
        onLane.set(() -> refusal.complete(catchThrowable(dds::close)));
        while (!refusal.isDone()) { // a write that is over before its stage is asked for needs no executor
            table.async().set("k", "v").toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
        assertThat(refusal.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("must never block");
        dds.close();
        assertThatThrownBy(() -> table.get("k")).isInstanceOf(DdsException.Closed.class);
    }

    @Test
    void manyThreadsSeeEachOthersWrites() {
        try (Dds dds = Dds.embedded(temp)) {
            DdsHashTable<Integer, Integer> table = dds.hashTable("t", Integer.class, Integer.class);
            IntStream.range(0, 4000).parallel().forEach(i -> {
                table.merge(i % 40, 1, Integer::sum);
                assertThat(table.get(i % 40)).isPositive();
            });
            assertThat(table.values()).hasSize(40).containsOnly(100);
        }
    }

    @Test
    void anEmbeddedTableIsAConcurrentMap() {
        try (Dds dds = Dds.embedded(temp)) {
            Report report = HashTableMapSuite.run(
                    "embedded brick",
                    ownAndCleared(name -> dds.hashTable(name, String.class, String.class)),
                    Portion.ALL,
                    CALLERS);
            System.out.printf(
                    "guava on an embedded brick: %d cases in %d ms%n",
                    report.cases(), report.time().toMillis());
            assertThat(report.cases()).isGreaterThan(900);
        }
    }

    @Test
    void anEmbeddedTreeIsAConcurrentNavigableMap() {
        Portion portion = Portion.valueOf(System.getProperty("guava.portion", "TENTH"));
        try (Dds dds = Dds.embedded(temp)) {
            Report report = TreeMapSuite.run(
                    "embedded brick",
                    ownAndCleared(name -> dds.tree(name, String.class, String.class)),
                    portion,
                    CALLERS);
            System.out.printf(
                    "guava on a tree of an embedded brick: %d cases in %d ms%n",
                    report.cases(), report.time().toMillis());
            assertThat(report.cases()).isGreaterThan(portion == Portion.ALL ? 30_000 : 3_000);
        }
    }

    /** Each thread has a map of its own, which is emptied before a case gets it. */
    private static <M extends Map<?, ?>> Supplier<M> ownAndCleared(Function<String, M> open) {
        AtomicInteger maps = new AtomicInteger();
        ThreadLocal<M> own = ThreadLocal.withInitial(() -> open.apply("t" + maps.getAndIncrement()));
        return () -> {
            own.get().clear();
            return own.get();
        };
    }
}
