package io.brickwork.sim.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.report.Attempt;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.Scenarios;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The default mix goes on trying what it has tried: a rule whose check never matters any more is tested by nobody,
 * though all runs pass.
 */
class CoverageTest {
    private static final int SEEDS = 120;
    private static final long BASE_SEED = 4_000;
    /** What came up in fewer of the recorded runs may be missing in the few that are repeated here. */
    private static final double LEAST_EXPECTED_RUNS = 12;

    private static CoverageTable run(List<Scenario> scenarios, long baseSeed, int seeds) {
        CoverageTable table = new CoverageTable();
        for (int i = 0; i < seeds; i++) {
            Scenario scenario = scenarios.get(i % scenarios.size());
            Attempt attempt = Attempt.plain(scenario, baseSeed + i, Reduction.NONE);
            assertThat(attempt.failure())
                    .as("%s seed %d", scenario.name(), baseSeed + i)
                    .isNull();
            table.add(scenario.name(), attempt.run().world());
        }
        return table;
    }

    @Test
    void whatTheMixIsKnownToTryItStillTries() {
        Map<String, Long> recorded = Covered.read();
        long recordedRuns = Covered.runs();

        Map<String, Long> seen = run(Scenarios.all(), BASE_SEED, SEEDS).seen();

        TreeMap<String, Long> lost = new TreeMap<>(recorded);
        lost.values().removeIf(runs -> runs * SEEDS < LEAST_EXPECTED_RUNS * recordedRuns);
        assertThat(lost).as("what is asked of the mix").hasSizeGreaterThan(60);
        lost.keySet().removeAll(seen.keySet());
        assertThat(lost)
                .as("in so many of %d recorded runs, and in none of these %d", recordedRuns, SEEDS)
                .isEmpty();
    }

    @Test
    void everyRecordedNameIsOneThatIsCounted() {
        assertThat(new CoverageTable().never()).containsAll(Covered.read().keySet());
    }

    @Test
    void whatNeverCameUpStandsFirstAndIsNamed() {
        CoverageTable table = run(List.of(Scenarios.find("register/swarm")), 7, 3);

        assertThat(table.runs()).isEqualTo(3);
        assertThat(table.seen())
                .containsEntry(Defence.REMEMBER_COMPLETIONS.name(), 3L)
                .containsEntry(Defence.COMMIT_WHEN_ALL_HAVE_STORED.name(), 3L);
        assertThat(table.never()).contains(Defence.WAIT_FOR_YOUNGER_ALONE.name(), Situation.OUTCOME_ASKED_FOR.name());
        List<String> rules = table.format()
                .lines()
                .filter(line -> line.startsWith("| `"))
                .limit(Defence.values().length)
                .toList();
        assertThat(rules.getFirst()).endsWith("| 0 | 0 | 0 |");
        assertThat(rules.getLast()).doesNotContain("| 0 |");
        assertThat(table.format()).contains("| rule | register/swarm | runs of 3 | times |", "`" + Harm.DELAYED + "`");
    }
}
