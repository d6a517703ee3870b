package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.junit.SimTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a function sees in a transaction, and what comes of it: the whole of the library and the bricks, in virtual
 * time.
 */
class TransactionsTest {
    private static DdsHashTable<String, Integer> table(Dds dds) {
        return dds.hashTable("table", String.class, Integer.class);
    }

    private static DdsTree<Integer, String> tree(Dds dds) {
        return dds.tree("tree", Integer.class, String.class);
    }

    @SimTest(seeds = 3)
    void aFunctionSeesItsOwnWritesAndNobodyElseDoes(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        DdsTree<Integer, String> tree = tree(cluster.dds());
        table.put("a", 1);
        tree.put(10, "ten");
        tree.put(20, "twenty");
        int sum = cluster.dds().transactAndGet(tx -> {
            DdsHashTable<String, Integer> t = tx.on(table);
            DdsTree<Integer, String> u = tx.on(tree);
            assertThat(t.put("a", 2)).isEqualTo(1);
            assertThat(t.merge("b", 5, Integer::sum)).isEqualTo(5);
            assertThat(t.putIfAbsent("b", 6)).isEqualTo(5);
            assertThat(t.compute("b", (key, value) -> value == null ? 0 : value + 1))
                    .isEqualTo(6);
            assertThat(t.replace("a", 2, 3)).isTrue();
            assertThat(t).containsOnly(Map.entry("a", 3), Map.entry("b", 6));
            assertThat(t.size()).isEqualTo(2);
            u.put(15, "fifteen");
            u.remove(10);
            assertThat(u.firstKey()).isEqualTo(15);
            assertThat(u.ceilingKey(16)).isEqualTo(20);
            assertThat(u.lowerEntry(20)).isEqualTo(Map.entry(15, "fifteen"));
            assertThat(u.descendingMap()).containsExactly(Map.entry(20, "twenty"), Map.entry(15, "fifteen"));
            assertThat(u.subMap(11, 20)).containsExactly(Map.entry(15, "fifteen"));
            assertThat(u.headMap(16).size()).isEqualTo(1);
            assertThat(u.pollFirstEntry()).isEqualTo(Map.entry(15, "fifteen"));
            assertThat(u.containsKey(15)).isFalse();
            assertThat(table.get("a")).as("outside").isEqualTo(1);
            assertThat(tree.firstKey()).as("outside").isEqualTo(10);
            return t.values().stream().mapToInt(value -> value).sum();
        });
        assertThat(sum).isEqualTo(9);
        assertThat(new TreeMap<>(table)).isEqualTo(new TreeMap<>(Map.of("a", 3, "b", 6)));
        assertThat(tree).containsExactly(Map.entry(20, "twenty"));
    }

    @SimTest(seeds = 3)
    void aLargeRangeIsReadPageByPageWithOwnWritesInBetween(SimCluster cluster) {
        DdsTree<Integer, String> tree = tree(cluster.dds());
        TreeMap<Integer, String> model = new TreeMap<>();
        for (int i = 0; i < 300; i += 2) {
            tree.set(i, "old");
            model.put(i, "old");
        }
        cluster.dds().transact(tx -> {
            DdsTree<Integer, String> inside = tx.on(tree);
            for (int i = 0; i < 300; i += 7) {
                inside.set(i, "new");
                model.put(i, "new");
            }
            for (int i = 0; i < 300; i += 10) {
                inside.delete(i);
                model.remove(i);
            }
            assertThat(new ArrayList<>(inside.entrySet())).isEqualTo(new ArrayList<>(model.entrySet()));
            assertThat(new ArrayList<>(inside.descendingMap().keySet()))
                    .isEqualTo(new ArrayList<>(model.descendingMap().keySet()));
            assertThat(inside.size()).isEqualTo(model.size());
        });
        assertThat(new ArrayList<>(tree.entrySet())).isEqualTo(new ArrayList<>(model.entrySet()));
    }

    @SimTest(seeds = 3)
    void whatAFunctionThrowsChangesNothing(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        assertThatThrownBy(() -> cluster.dds().transact(tx -> {
                    tx.on(table).put("a", 1);
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no");
        assertThat(table).isEmpty();
    }

    @SimTest(seeds = 3)
    void aFunctionRunsAgainWhenWhatItReadHasChanged(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        table.put("a", 1);
        AtomicInteger runs = new AtomicInteger();
        cluster.dds().transact(tx -> {
            int seen = tx.on(table).getOrDefault("a", 0);
            if (runs.incrementAndGet() == 1) {
                table.put("a", 10); // somebody else
            }
            tx.on(table).put("b", seen);
        });
        assertThat(runs).hasValue(2);
        assertThat(table.get("b")).isEqualTo(10);
    }

    @SimTest(seeds = 3)
    void aFunctionThatSawNothingInARangeRunsAgainWhenThereIsSomething(SimCluster cluster) {
        DdsTree<Integer, String> tree = tree(cluster.dds());
        tree.put(1, "one");
        AtomicInteger runs = new AtomicInteger();
        String told = cluster.dds().transactAndGet(tx -> {
            DdsTree<Integer, String> inside = tx.on(tree);
            boolean isEmpty = inside.subMap(5, 10).isEmpty();
            if (runs.incrementAndGet() == 1) {
                tree.put(7, "phantom");
            }
            inside.put(1, isEmpty ? "alone" : "not alone");
            return inside.get(1);
        });
        assertThat(told).isEqualTo("not alone");
        assertThat(runs).hasValue(2);
    }

    @SimTest(seeds = 3)
    void whatAFunctionThrowsOverHalfAnUpdateIsNotTold(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        table.putAllAtomically(Map.of("x", 1, "y", 1));
        AtomicInteger runs = new AtomicInteger();
        cluster.dds().transact(tx -> {
            int x = tx.on(table).getOrDefault("x", 0);
            if (runs.incrementAndGet() == 1) {
                table.putAllAtomically(Map.of("x", 2, "y", 2));
            }
            if (x != tx.on(table).getOrDefault("y", 0)) {
                throw new IllegalStateException("x and y are always equal");
            }
        });
        assertThat(runs).hasValue(2);
    }

    @SimTest(seeds = 3)
    void aTransactionRunsOnAnotherThread(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        int sum = cluster.await(cluster.dds()
                .transactAsync(tx -> tx.on(table).merge("a", 1, Integer::sum), cluster.executor()));
        assertThat(sum).isEqualTo(1);
        assertThat(table.get("a")).isEqualTo(1);
    }

    @SimTest(seeds = 3)
    void ofNoUseAfterwards(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        AtomicReference<DdsHashTable<String, Integer>> kept = new AtomicReference<>();
        cluster.dds().transact(tx -> kept.set(tx.on(table)));
        assertThatThrownBy(() -> kept.get().get("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has returned");
    }

    @SimTest(seeds = 2)
    void tooMuchIsRefusedByName(SimCluster cluster) {
        DdsHashTable<String, String> table = cluster.dds().hashTable("texts", String.class, String.class);
        String large = "x".repeat(Limits.VALUE_BYTES - 100);
        assertThatThrownBy(() -> cluster.dds().transact(tx -> {
                    tx.on(table).set("a", large);
                    tx.on(table).set("b", large);
                }))
                .isInstanceOf(DdsException.TooLarge.class)
                .hasMessageContaining("transaction");
        assertThatThrownBy(() -> cluster.dds().transact(tx -> {
                    for (int i = 0; i <= Limits.TRANSACTION_ITEMS; i++) {
                        tx.on(table).set("k" + i, "");
                    }
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(Limits.TRANSACTION_ITEMS));
        assertThat(table).isEmpty();
    }

    @SimTest(seeds = 3)
    void conditionsAndWritesGoInOneRound(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        DdsTree<Integer, String> tree = tree(cluster.dds());
        table.put("a", 1);
        boolean done = cluster.dds()
                .miniTransaction()
                .ifValue(table, "a", 1)
                .ifAbsent(tree, 5)
                .set(tree, 5, "five")
                .delete(table, "a")
                .commit();
        assertThat(done).isTrue();
        assertThat(table).isEmpty();
        assertThat(tree).containsExactly(Map.entry(5, "five"));
        boolean again = cluster.dds()
                .miniTransaction()
                .ifValue(table, "a", 1)
                .set(tree, 6, "six")
                .commit();
        assertThat(again).isFalse();
        assertThat(tree).containsExactly(Map.entry(5, "five"));
        assertThatThrownBy(
                        () -> cluster.dds().miniTransaction().set(tree, 1, "x").set(tree, 1, "y"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /**
     * Many want the same two keys: all get on, nobody has to try for ever. Each transaction takes some 300 ms of the
     * two keys, so all of them together more than a minute, and the last ones wait for most of it.
     */
    @SimTest(seeds = 3)
    void sixtyFourOnOnePairOfKeysAllGetOn(SimCluster cluster) {
        DdsHashTable<String, Integer> table = table(cluster.dds());
        DdsTree<Integer, String> tree = tree(cluster.dds());
        List<SimService<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            Dds dds = cluster.dds("caller-" + i % 8, options -> options.timeout(Duration.ofSeconds(120)));
            callers.add(cluster.spawn("caller-" + i % 8, () -> {
                AtomicInteger most = new AtomicInteger();
                for (int times = 0; times < 4; times++) {
                    AtomicInteger tries = new AtomicInteger();
                    dds.transact(tx -> {
                        tries.incrementAndGet();
                        tx.on(table).merge("hot", 1, Integer::sum);
                        tx.on(tree).merge(0, "x", String::concat);
                    });
                    most.set(Math.max(most.get(), tries.get()));
                }
                return most.get();
            }));
        }
        int most = 0;
        cluster.runFor(Duration.ofSeconds(60));
        for (SimService<Integer> caller : callers) {
            most = Math.max(most, caller.result());
        }
        System.out.println("64 callers on one pair of keys, 4 transactions each: most tries of one " + most);
        assertThat(table.get("hot")).isEqualTo(64 * 4);
        assertThat(tree.get(0)).hasSize(64 * 4);
    }
}
