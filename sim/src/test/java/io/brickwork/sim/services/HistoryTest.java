package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.core.DdsException;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimHistory;
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

/** A history of a service's own operations, judged by the checker of linearizability. */
class HistoryTest {
    @SimTest(seeds = 20)
    void aRegisterIsLinearizable(SimCluster cluster) {
        check(cluster, false);
    }

    /** Not found by the name of a test class: it must fail. */
    static final class Cached {
        @SimTest(seeds = 20)
        void aRegisterIsLinearizable(SimCluster cluster) {
            check(cluster, true);
        }
    }

    /** Asks its history for a verdict on nothing. */
    static final class Empty {
        @SimTest(seeds = 1)
        void nothingIsChecked(SimCluster cluster) {
            cluster.history().checkLinearizable();
        }
    }

    private static void check(SimCluster cluster, boolean isCaching) {
        SimHistory history = cluster.history();
        List<SimService<Void>> services = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            String name = "node-" + i;
            CachedRegister register =
                    new CachedRegister(cluster.dds(name, options -> options.timeout(Duration.ofSeconds(1))), isCaching);
            services.add(cluster.spawn(name, () -> {
                for (int n = 0; n < 6; n++) {
                    cluster.sleep(Duration.ofMillis(cluster.random().nextInt(1_000)));
                    ask(history, register, "k", cluster.random().nextInt(3) == 0 ? name + "." + n : null);
                }
            }));
        }
        cluster.chaos(EnumSet.of(Fault.KILL, Fault.CUT, Fault.PAUSE));
        services.forEach(SimService::join);
        cluster.settle();
        history.checkLinearizable();
    }

    private static void ask(SimHistory history, CachedRegister register, String key, String value) {
        try {
            if (value == null) {
                history.call(Call.of(Call.Kind.GET, key), () -> register.get(key));
            } else {
                history.call(Call.of(Call.Kind.SET, key, value), () -> {
                    register.set(key, value);
                    return null;
                });
            }
        } catch (DdsException e) {
            // The history has it.
        }
    }

    @Test
    void aCacheThatNobodyTellsIsFoundOut(@TempDir Path out) {
        String message =
                Launched.of(Cached.class, Map.of("sim.out", out.toString())).message();
        assertThat(message)
                .contains("SIM FAILURE  linearizable: key k: no order explains")
                .containsPattern("#[0-9]+ node-[1-3] \\[.*get\\(k\\) -> node")
                .contains("look at: ");
    }

    @Test
    void anEmptyHistoryIsRefused(@TempDir Path out) {
        assertThat(Launched.of(Empty.class, Map.of("sim.out", out.toString())).message())
                .contains("the history is empty");
    }
}
