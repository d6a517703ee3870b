package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.junit.SimTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Functions that take long, beside quick ones that change what they read: everybody gets on. */
class SlowTransactionsTest {
    private static final int ACCOUNTS = 24;
    private static final Duration THINKS = Duration.ofMillis(40);

    private static DdsHashTable<Integer, Long> accounts(Dds dds) {
        return dds.hashTable("accounts", Integer.class, Long.class);
    }

    private static void open(SimCluster cluster) {
        DdsHashTable<Integer, Long> accounts = accounts(cluster.dds());
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts.put(i, 100L);
        }
    }

    /** Transfers between any two accounts, some seventeen a second, until told to stop; gives how many there were. */
    private static SimService<Integer> transfers(SimCluster cluster, String node, AtomicBoolean isOver) {
        return cluster.spawn(node, () -> {
            Dds dds = cluster.dds();
            DdsHashTable<Integer, Long> accounts = accounts(dds);
            int done = 0;
            while (!isOver.get()) {
                int from = cluster.random().nextInt(ACCOUNTS);
                int to = (from + 1 + cluster.random().nextInt(ACCOUNTS - 1)) % ACCOUNTS;
                dds.transact(tx -> {
                    tx.on(accounts).merge(from, -1L, Long::sum);
                    tx.on(accounts).merge(to, 1L, Long::sum);
                });
                done++;
                cluster.sleep(Duration.ofMillis(50));
            }
            return done;
        });
    }

    /** Reads all accounts, thinks after each, and writes what they hold together; gives how often the function ran. */
    private static int sumSlowly(SimCluster cluster, Dds dds, int into) {
        DdsHashTable<Integer, Long> accounts = accounts(dds);
        AtomicInteger tries = new AtomicInteger();
        long sum = dds.transactAndGet(tx -> {
            tries.incrementAndGet();
            long all = 0;
            for (int i = 0; i < ACCOUNTS; i++) {
                all += tx.on(accounts).get(i);
                cluster.sleep(THINKS);
            }
            tx.on(accounts).put(into, all);
            return all;
        });
        assertThat(sum).isEqualTo(100L * ACCOUNTS);
        return tries.get();
    }

    @SimTest(seeds = 3)
    void aFunctionWithManySlowReadsCommitsBesideSmallTransfers(SimCluster cluster) {
        open(cluster);
        AtomicBoolean isOver = new AtomicBoolean();
        SimService<Integer> small = transfers(cluster, "transfers", isOver);
        for (int i = 0; i < 2; i++) {
            assertThat(sumSlowly(cluster, cluster.dds(), 1000)).isLessThanOrEqualTo(6);
        }
        isOver.set(true);
        assertThat(small.result()).as("transfers").isGreaterThan(20);
    }

    @SimTest(seeds = 2)
    void severalSlowFunctionsAtOnceAllCommit(SimCluster cluster) {
        open(cluster);
        AtomicBoolean isOver = new AtomicBoolean();
        SimService<Integer> small = transfers(cluster, "transfers", isOver);
        List<SimService<Integer>> slow = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int into = 1000 + i;
            slow.add(cluster.spawn(
                    "slow" + i,
                    () -> sumSlowly(cluster, cluster.dds(options -> options.timeout(Duration.ofSeconds(20))), into)));
        }
        for (SimService<Integer> one : slow) {
            assertThat(one.result()).as("tries").isLessThanOrEqualTo(9);
        }
        isOver.set(true);
        assertThat(small.result()).as("transfers").isGreaterThan(20);
    }

    /** It reads only, one partition at that, and thinks long once: there is no read that could show that it lives. */
    @SimTest(seeds = 2)
    void aSlowReadOfOnePartitionCommitsBesideSingleWrites(SimCluster cluster) {
        DdsHashTable<Integer, Long> one = cluster.dds()
                .hashTable(TableSpec.of("one", Codecs.int32(), Codecs.int64()).partitions(1));
        one.put(1, 0L);
        one.put(2, 0L);
        AtomicBoolean isOver = new AtomicBoolean();
        SimService<Integer> writer = cluster.spawn("writer", () -> {
            DdsHashTable<Integer, Long> table =
                    cluster.dds().hashTable(TableSpec.of("one", Codecs.int32(), Codecs.int64()));
            int done = 0;
            while (!isOver.get()) {
                table.merge(1, 1L, Long::sum);
                table.merge(2, 1L, Long::sum);
                done++;
                cluster.sleep(Duration.ofMillis(30));
            }
            return done;
        });
        AtomicInteger tries = new AtomicInteger();
        long difference = cluster.dds().transactAndGet(tx -> {
            tries.incrementAndGet();
            long first = tx.on(one).get(1);
            cluster.sleep(Duration.ofMillis(1_000));
            return first - tx.on(one).get(2);
        });
        assertThat(difference).isBetween(0L, 1L);
        assertThat(tries.get()).isLessThanOrEqualTo(6);
        isOver.set(true);
        assertThat(writer.result()).isGreaterThan(20);
    }

    /** Whoever has a turn and dies holds nobody up: its link is gone. */
    @SimTest(seeds = 2)
    void aCallerThatDiesInItsTurnHoldsNobodyUpForLong(SimCluster cluster) {
        open(cluster);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger tries = new AtomicInteger();
        SimService<Integer> small = transfers(cluster, "transfers", isOver);
        cluster.spawn("slow", () -> {
            Dds dds = cluster.dds(options -> options.timeout(Duration.ofSeconds(30)));
            DdsHashTable<Integer, Long> accounts = accounts(dds);
            dds.transact(tx -> {
                if (tries.incrementAndGet() > 4) {
                    cluster.sleep(Duration.ofSeconds(25));
                }
                for (int i = 0; i < ACCOUNTS; i++) {
                    tx.on(accounts).merge(i, 0L, Long::sum);
                    cluster.sleep(THINKS);
                }
            });
        });
        while (tries.get() < 4) {
            cluster.sleep(Duration.ofMillis(20));
        }
        cluster.sleep(Duration.ofMillis(500));
        cluster.crash("slow");
        cluster.sleep(Duration.ofMillis(500));
        Dds dds = cluster.dds();
        DdsHashTable<Integer, Long> accounts = accounts(dds);
        long before = cluster.elapsed().toMillis();
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts.merge(i, 0L, Long::sum);
        }
        assertThat(cluster.elapsed().toMillis() - before).isLessThan(6_000);
        isOver.set(true);
        assertThat(small.result()).isPositive();
    }

    @SimTest(seeds = 1)
    void whoRunsOutOfTimeAloneIsNotToldThatOthersWereInItsWay(SimCluster cluster) {
        open(cluster);
        Dds dds = cluster.dds(options -> options.timeout(Duration.ofSeconds(1)));
        DdsHashTable<Integer, Long> accounts = accounts(dds);
        assertThatThrownBy(() -> dds.transact(tx -> {
                    tx.on(accounts).put(1, 1L);
                    cluster.sleep(Duration.ofMillis(1_500));
                }))
                .isInstanceOf(DdsException.Conflict.class)
                .hasMessageContaining("its function ran for 15")
                .hasMessageContaining("nobody was in its way");
        assertThatThrownBy(() -> dds.transact(tx -> {
                    tx.on(accounts).put(1, 1L);
                    cluster.sleep(Duration.ofMillis(1_500));
                    tx.on(accounts).get(2);
                }))
                .isInstanceOf(DdsException.Conflict.class)
                .hasMessageContaining("nobody was in its way");
        assertThatThrownBy(() -> dds.transact(tx -> {
                    long old = tx.on(accounts).get(1);
                    accounts.put(1, old + 1);
                    cluster.sleep(Duration.ofMillis(300));
                    tx.on(accounts).put(2, old);
                }))
                .isInstanceOf(DdsException.Conflict.class)
                .hasMessageContaining("tries were refused")
                .hasMessageContaining("The last refusal:")
                .hasMessageContaining("'accounts'");
    }
}
