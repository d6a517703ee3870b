package io.brickwork.sim.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Many small clusters of metadata nodes. {@code -Dsim.seeds=N} and {@code -Dsim.base=SEED} run others,
 * {@code -Dsim.lines=N} shows the end of what happened.
 */
class MetadataSimTest {
    private static final int SEEDS = Integer.getInteger("sim.seeds", 100);
    private static final long BASE = Long.decode(System.getProperty("sim.base", "0x5eed0000"));
    private static final int LINES = Integer.getInteger("sim.lines", 0);

    private static MetadataRun.Report run(long seed, int lines) {
        MetadataRun run = new MetadataRun(seed, lines);
        try {
            return run.run();
        } catch (RuntimeException | AssertionError | StackOverflowError failure) {
            throw new AssertionError(run.describe(failure), failure);
        }
    }

    @Test
    void everyPromiseHoldsUnderEverySeed() {
        long acknowledged = 0;
        long elections = 0;
        long changes = 0;
        long crashes = 0;
        long faults = 0;
        long events = 0;
        for (int i = 0; i < SEEDS; i++) {
            MetadataRun.Report report = run(BASE + i, LINES);
            acknowledged += report.acknowledged();
            elections += report.elections();
            changes += report.memberChanges();
            crashes += report.crashes();
            faults += report.faults();
            events += report.events();
        }
        System.out.printf(
                "metadata/swarm seeds=%d acknowledged=%d elections=%d memberChanges=%d crashes=%d faults=%d events=%d violations=0%n",
                SEEDS, acknowledged, elections, changes, crashes, faults, events);
        // What was not tried proves nothing.
        assertThat(acknowledged).isGreaterThan(20L * SEEDS);
        if (SEEDS >= 100) {
            assertThat(elections).isGreaterThan(2L * SEEDS);
            assertThat(changes).isGreaterThan(SEEDS);
            assertThat(crashes).isGreaterThan(SEEDS);
        }
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        for (int i = 0; i < 5; i++) {
            assertThat(run(BASE + i, 20)).isEqualTo(run(BASE + i, 0));
        }
    }
}
