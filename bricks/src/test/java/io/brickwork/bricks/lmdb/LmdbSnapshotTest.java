package io.brickwork.bricks.lmdb;

import static io.brickwork.bricks.lmdb.LmdbTables.STRUCTURE;
import static io.brickwork.bricks.lmdb.LmdbTables.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Snapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Snapshots on many threads, for long, and beyond the end of their table. A mistake here ends the JVM. */
class LmdbSnapshotTest {
    private static final int KEYS = 200;

    @TempDir
    Path temp;

    private TableOptions options() {
        return TableOptions.of(temp.resolve("table"));
    }

    private static List<Effect> round(int round) {
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            effects.add(put("k%03d".formatted(i), "round " + round));
        }
        return effects;
    }

    @Test
    void platformThreadsSeeWholeBatchesWhileMoreAreApplied() throws Exception {
        readersSeeWholeBatches(Thread.ofPlatform().name("reader-", 0).factory(), 8, 4);
    }

    @Test
    void virtualThreadsSeeWholeBatchesWhileMoreAreApplied() throws Exception {
        readersSeeWholeBatches(Thread.ofVirtual().name("reader-", 0).factory(), 200, 8);
    }

    private void readersSeeWholeBatches(ThreadFactory threads, int readers, int maxSnapshots) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        try (LmdbTables tables = new LmdbTables(options().withMaxSnapshots(maxSnapshots));
                ExecutorService executor = Executors.newThreadPerTaskExecutor(threads)) {
            tables.apply(round(0));
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                boolean scans = i % 2 == 0;
                running.add(executor.submit(() -> {
                    do {
                        Set<String> seen = new HashSet<>();
                        try (Snapshot snapshot = tables.table.snapshot()) {
                            if (scans) {
                                snapshot.scan(STRUCTURE, KeyRange.ALL, (key, record) -> seen.add(text(record)) || true);
                            } else {
                                seen.add(text(snapshot.get(STRUCTURE, Bytes.utf8("k000"))));
                                seen.add(text(snapshot.get(STRUCTURE, Bytes.utf8("k199"))));
                            }
                        }
                        assertThat(seen).hasSize(1);
                        reads.incrementAndGet();
                        Thread.yield();
                    } while (!isOver.get());
                }));
            }
            for (int i = 1; i <= 100; i++) {
                assertThat(tables.apply(round(i))).isTrue();
            }
            isOver.set(true);
            for (Future<?> reader : running) {
                reader.get();
            }
            assertThat(reads.get()).isGreaterThanOrEqualTo(readers);
        }
    }

    private static String text(TableRecord record) {
        assertThat(record).isNotNull();
        return record.value().toUtf8();
    }

    @Test
    void closingTheTableEndsOpenSnapshotsAndHarmsNobody() {
        LmdbTables tables = new LmdbTables(options());
        tables.apply(round(0));
        Snapshot used = tables.table.snapshot();
        Snapshot unused = tables.table.snapshot();
        assertThat(used.get(STRUCTURE, Bytes.utf8("k000"))).isNotNull();
        tables.close();
        tables.close();

        for (Snapshot snapshot : List.of(used, unused)) {
            assertThatThrownBy(() -> snapshot.get(STRUCTURE, Bytes.utf8("k000")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> snapshot.scan(STRUCTURE, KeyRange.ALL, (key, record) -> true))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(snapshot::partitions).isInstanceOf(IllegalStateException.class);
            snapshot.close();
        }
        assertThatThrownBy(tables.table::snapshot).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tables.table.apply(tables.batch(round(1)))).isInstanceOf(IllegalStateException.class);
        assertThat(tables.table.fillPermille()).isBetween(0, 1000);
    }

    @Test
    void closingTheTableInTheMiddleOfAScanEndsTheScan() {
        LmdbTables tables = new LmdbTables(options());
        tables.apply(round(0));
        List<Bytes> visited = new ArrayList<>();
        try (Snapshot snapshot = tables.table.snapshot()) {
            assertThatThrownBy(() -> snapshot.scan(STRUCTURE, KeyRange.ALL, (key, record) -> {
                        tables.close();
                        return visited.add(key);
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
        assertThat(visited).hasSize(1);
    }

    @Test
    void closingTheTableWhileManyReadHarmsNobody() throws Exception {
        for (int round = 0; round < 20; round++) {
            LmdbTables tables = new LmdbTables(options().withMaxSnapshots(4));
            tables.apply(round(round));
            CountDownLatch reading = new CountDownLatch(6);
            ConcurrentLinkedQueue<Throwable> ends = new ConcurrentLinkedQueue<>();
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 6; i++) {
                    boolean scans = i % 2 == 0;
                    executor.execute(() -> {
                        try {
                            while (true) {
                                try (Snapshot snapshot = tables.table.snapshot()) {
                                    if (scans) {
                                        snapshot.scan(STRUCTURE, KeyRange.ALL, (key, record) -> true);
                                    } else {
                                        snapshot.get(STRUCTURE, Bytes.utf8("k000"));
                                    }
                                }
                                reading.countDown();
                                Thread.yield();
                            }
                        } catch (IllegalStateException e) {
                            ends.add(e);
                        }
                    });
                }
                reading.await();
                tables.close();
            }
            assertThat(ends).hasSize(6).allSatisfy(e -> assertThat(e).hasMessageContaining("closed"));
        }
    }

    @Test
    void closedSnapshotCannotBeUsedAndMayBeClosedAgain() {
        try (LmdbTables tables = new LmdbTables(options())) {
            tables.apply(round(0));
            Snapshot first = tables.table.snapshot();
            first.close();
            try (Snapshot second = tables.table.snapshot()) {
                first.close();
                assertThatThrownBy(() -> first.get(STRUCTURE, Bytes.utf8("k000")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the snapshot is closed");
                assertThat(second.get(STRUCTURE, Bytes.utf8("k000"))).isNotNull();
            }
        }
    }

    @Test
    void recordKeyBeyondTheLimitIsMisuseAndLeavesTheSnapshotWhole() {
        try (LmdbTables tables = new LmdbTables(options());
                Snapshot snapshot = tables.table.snapshot()) {
            assertThatThrownBy(() -> snapshot.get(STRUCTURE, Bytes.wrap(new byte[497])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("497");
            assertThat(snapshot.get(STRUCTURE, Bytes.wrap(new byte[496]))).isNull();
        }
    }

    @Test
    void oneSnapshotTooManyWaitsForAnotherToClose() throws Exception {
        try (LmdbTables tables = new LmdbTables(options().withMaxSnapshots(2));
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            tables.apply(round(0));
            Snapshot first = tables.table.snapshot();
            try (Snapshot second = tables.table.snapshot()) {
                Future<String> third = executor.submit(() -> tables.get("k000"));
                assertThat(second.get(STRUCTURE, Bytes.utf8("k000"))).isNotNull();
                first.close();
                assertThat(third.get()).isEqualTo("round 0");
            }
        }
    }

    @Test
    void snapshotsThatNobodyClosesMakeThoseWhoWaitGiveUp() {
        try (LmdbStore store = LmdbStore.open(options().withMaxSnapshots(1))) {
            ReadTransactions transactions = new ReadTransactions(store, Duration.ofMillis(50));
            LmdbSnapshot forgotten = transactions.open();
            assertThatThrownBy(transactions::open)
                    .isInstanceOf(DdsException.Overloaded.class)
                    .hasMessageContaining("1 snapshots")
                    .hasMessageContaining(temp.toString());
            forgotten.close();
            transactions.open().close();
            assertThat(transactions.close()).isTrue();
        }
    }

    @Test
    void callersWhoHoldAllThatTheyMayLeaveTheLaneItsOwn() {
        try (LmdbStore store = LmdbStore.open(options().withMaxSnapshots(4))) {
            ReadTransactions transactions = new ReadTransactions(store, Duration.ofMillis(50));
            LmdbSnapshot first = transactions.openForCaller();
            LmdbSnapshot second = transactions.openForCaller();
            assertThatThrownBy(transactions::openForCaller).isInstanceOf(DdsException.Overloaded.class);
            transactions.open().close();

            first.close();
            transactions.openForCaller().close();
            second.close();
            assertThat(transactions.close()).isTrue();
        }
    }

    @Test
    void longSnapshotIsNotedByNameThenEnded() {
        Logger logger = (Logger) LoggerFactory.getLogger(ReadTransactions.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
        TableOptions options = options().withSnapshotTimes(Duration.ofSeconds(10), Duration.ofSeconds(60));
        String name = Thread.currentThread().getName();
        Thread.currentThread().setName("forgetful");
        try (LmdbTables tables = new LmdbTables(options)) {
            tables.apply(round(0));
            Snapshot forgotten = tables.table.snapshot();
            tables.apply(round(1));
            tables.nanos.addAndGet(Duration.ofSeconds(9).toNanos());
            tables.apply(round(2));
            assertThat(log.list).isEmpty();

            tables.nanos.addAndGet(Duration.ofSeconds(2).toNanos());
            tables.apply(round(3));
            assertThat(log.list).hasSize(1);
            assertThat(log.list.getFirst().getFormattedMessage())
                    .contains("'forgetful'")
                    .contains("more than 11 s")
                    .contains(temp.toString());
            assertThat(forgotten.get(STRUCTURE, Bytes.utf8("k000"))).isNotNull();

            tables.nanos.addAndGet(Duration.ofSeconds(50).toNanos());
            await().until(() -> {
                tables.table.fillPermille();
                return log.list.size() == 2;
            });
            assertThatThrownBy(() -> forgotten.get(STRUCTURE, Bytes.utf8("k000")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open for more than PT1M")
                    .hasMessageContaining("'forgetful'");
            forgotten.close();
            assertThat(tables.get("k000")).isEqualTo("round 3");
        } finally {
            Thread.currentThread().setName(name);
            logger.detachAppender(log);
        }
    }
}
