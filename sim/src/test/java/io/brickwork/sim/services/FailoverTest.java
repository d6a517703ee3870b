package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.Simulation;
import io.brickwork.sim.cluster.SimulationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * How long writes wait for a brick that falls silent: a lease term of at most two seconds, what it takes to notice, and
 * half a second until clients look elsewhere. In virtual time.
 */
class FailoverTest {
    private static final Duration AT_MOST = Duration.ofSeconds(3);
    private static final int SEEDS = 2;
    private static final int KEYS = 30;

    /** One of the three keeps the metadata's leader: all three are tried. */
    @Test
    void writesGoOnWhoeverIsCutOffFromEverybody() {
        longestWaits(SimCluster::isolate);
    }

    /** Clients reach it still, and it does not refuse them: it knows of no other primary. */
    @Test
    void writesGoOnWhoeverIsCutOffFromTheOtherBricksAlone() {
        longestWaits((cluster, brick) -> cluster.bricks().stream()
                .filter(other -> !other.equals(brick))
                .forEach(other -> cluster.isolate(brick, other)));
    }

    @Test
    void writesGoOnWhoeverHangs() {
        longestWaits(SimCluster::pause);
    }

    private static void longestWaits(BiConsumer<SimCluster, String> fault) {
        for (int brick = 0; brick < 3; brick++) {
            int struck = brick;
            for (long seed = 1; seed <= SEEDS; seed++) {
                String run = "brick %d, seed %d".formatted(brick, seed);
                Simulation.run(seed, SimulationOptions.DEFAULT, cluster -> {
                    DdsHashTable<String, Integer> table = cluster.dds().hashTable("t", String.class, Integer.class);
                    for (int i = 0; i < KEYS; i++) {
                        table.set("k" + i, 1);
                    }
                    cluster.sleep(Duration.ofSeconds(5));
                    fault.accept(cluster, cluster.bricks().get(struck));
                    Duration before = cluster.elapsed();
                    List<CompletableFuture<Void>> sets = new ArrayList<>();
                    for (int i = 0; i < KEYS; i++) {
                        sets.add(table.async().set("k" + i, 2).toCompletableFuture());
                    }
                    cluster.await(CompletableFuture.allOf(sets.toArray(CompletableFuture[]::new)));
                    assertThat(cluster.elapsed().minus(before)).as(run).isLessThan(AT_MOST);
                });
            }
        }
    }
}
