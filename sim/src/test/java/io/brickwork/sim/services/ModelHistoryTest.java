package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Model;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimModelHistory;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.junit.SimTest;
import io.brickwork.sim.world.FaultOptions.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations of a service that no map has, judged by a model of the service: counters that give the new count. */
class ModelHistoryTest {
    /** A counter gives how often it has been asked, by name. */
    private static final Model<Integer, String, Integer> COUNTERS = new Model<>() {
        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public Step<Integer, Integer> apply(Integer count, String name) {
            return new Step<>(count + 1, count + 1);
        }

        @Override
        public Object part(String name) {
            return name;
        }
    };

    /** Counters in a map. */
    private static final class Counters {
        private final DdsHashTable<String, Integer> counts;
        private final boolean isHasty;

        Counters(Dds dds, boolean isHasty) {
            counts = dds.hashTable("counts", String.class, Integer.class);
            this.isHasty = isHasty;
        }

        int next(String name) {
            if (!isHasty) {
                return counts.merge(name, 1, Integer::sum);
            }
            int next = counts.getOrDefault(name, 0) + 1;
            counts.put(name, next);
            return next;
        }
    }

    @SimTest(seeds = 20)
    void countersCount(SimCluster cluster) {
        check(cluster, false);
    }

    /** Not found by the name of a test class: it must fail. */
    static final class Hasty {
        @SimTest(seeds = 20)
        void countersCount(SimCluster cluster) {
            check(cluster, true);
        }
    }

    /** Asks its history for a verdict on nothing. */
    static final class Empty {
        @SimTest(seeds = 1)
        void nothingIsChecked(SimCluster cluster) {
            cluster.history(COUNTERS).checkLinearizable();
        }
    }

    private static void check(SimCluster cluster, boolean isHasty) {
        SimModelHistory<Integer, String, Integer> history = cluster.history(COUNTERS);
        List<SimService<Void>> services = new ArrayList<>();
        for (String node : List.of("node-1", "node-2", "node-3")) {
            Counters counters =
                    new Counters(cluster.dds(node, options -> options.timeout(Duration.ofSeconds(1))), isHasty);
            services.add(cluster.spawn(node, () -> {
                for (int n = 0; n < 5; n++) {
                    String name = "counter-" + (1 + cluster.random().nextInt(2));
                    try {
                        history.call(name, () -> counters.next(name));
                    } catch (DdsException e) {
                        // The history has it.
                    }
                    cluster.sleep(Duration.ofMillis(cluster.random().nextInt(200)));
                }
            }));
        }
        cluster.chaos(EnumSet.of(Fault.KILL, Fault.CUT, Fault.PAUSE));
        services.forEach(SimService::join);
        cluster.settle();
        history.checkLinearizable();
    }

    @Test
    void aCountThatIsGivenTwiceIsFoundOut(@TempDir Path out) {
        String message =
                Launched.of(Hasty.class, Map.of("sim.out", out.toString())).message();
        assertThat(message)
                .containsPattern(
                        "SIM FAILURE  linearizable: no order of the operations on counter-[12] explains this answer")
                .containsPattern("node-[1-3] \\[[0-9.]+, [0-9.]+\\] counter-[12] -> [0-9]+")
                .containsPattern("right would have been: [0-9]+")
                .contains("look at: ");
    }

    @Test
    void anEmptyHistoryIsRefused(@TempDir Path out) {
        assertThat(Launched.of(Empty.class, Map.of("sim.out", out.toString())).message())
                .contains("the history is empty");
    }
}
