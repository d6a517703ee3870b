package io.brickwork.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.sim.kernel.SimRandom;
import org.junit.jupiter.api.Test;

/**
 * Many small worlds, each with its own mix of clients, faults and latencies drawn from its seed. {@code -Dsim.seeds=N}
 * and {@code -Dsim.base=SEED} run others; {@code ./dds sim run} runs many more, {@code ./dds sim replay} one again.
 */
class HashTableSimTest {
    private static final int SEEDS = Integer.getInteger("sim.seeds", 100);
    private static final long BASE = Long.decode(System.getProperty("sim.base", "0x5eed0000"));

    /**
     * Half of the seeds on the hash table, the other half on a map that can append, which shows what takes effect
     * twice.
     */
    @Test
    void everyPromiseHoldsUnderEverySeed() {
        long operations = 0;
        long done = 0;
        long faults = 0;
        long crashes = 0;
        long undecided = 0;
        long events = 0;
        long started = System.nanoTime();
        for (int i = 0; i < SEEDS; i++) {
            SimRun.Report report =
                    Scenarios.find(i % 2 == 0 ? "hash/swarm" : "register/swarm").run(BASE + i, 0);
            operations += report.operations();
            done += report.done();
            faults += report.faults();
            crashes += report.crashes();
            undecided += report.undecidedKeys();
            events += report.events();
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
                "seeds=%d operations=%d done=%d faults=%d crashes=%d violations=0 undecided=%d events/s=%.0f%n",
                SEEDS, operations, done, faults, crashes, undecided, events / seconds);
        // What was not tried proves nothing: these are far below what the seeds do, and far above nothing.
        assertThat(operations).isGreaterThan(50L * SEEDS);
        assertThat(done).isGreaterThan(20L * SEEDS);
        assertThat(faults).isGreaterThan(5L * SEEDS);
        assertThat(crashes).isGreaterThan(SEEDS);
        assertThat(undecided).isLessThan(Math.max(5, SEEDS / 5));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        for (int i = 0; i < 6; i++) {
            Scenario scenario = Scenarios.all().get(i % Scenarios.all().size());
            long seed = new SimRandom(BASE).stream("twice", i).nextLong();
            SimRun.Report first = scenario.run(seed, 0);
            // Keeping lines must not change anything, else a failure could not be looked at.
            SimRun.Report second = scenario.run(seed, 50);
            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void anotherSeedGivesAnotherRun() {
        assertThat(Scenarios.find("register/swarm").run(1, 0).hash())
                .isNotEqualTo(Scenarios.find("register/swarm").run(2, 0).hash());
    }
}
