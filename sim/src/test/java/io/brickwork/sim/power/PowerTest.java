package io.brickwork.sim.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.defence.Defence;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.Scenarios;
import io.brickwork.sim.world.SimFailure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The simulator notices each planted bug. Its seed is one that {@code ./dds sim power} found; a change of the world or
 * of its mix makes another run of it, which may not show the bug: then {@code ./dds sim power --hunts 1 --record FILE}
 * finds new ones.
 */
class PowerTest {
    private static final Map<Defence, RecordedSeeds.Run> RECORDED = RecordedSeeds.read();

    @ParameterizedTest
    @FieldSource("io.brickwork.sim.power.PlantedBug#SHOWN_BY_RUNS")
    void recordedSeedFailsWithoutTheRuleAndPassesWithIt(Defence missing) {
        RecordedSeeds.Run run = RECORDED.get(missing);
        assertThat(run).as("a recorded seed for %s", missing).isNotNull();
        Scenario scenario = Scenarios.find(run.scenario());
        SimFailure noticed = new PlantedBug(missing).run(scenario, run.seed());
        assertThat(noticed)
                .as(
                        "%s seed %d without %s; './dds sim power --record' finds another seed",
                        run.scenario(), run.seed(), missing)
                .isNotNull();
        assertThat(PlantedBug.runWithout(scenario, run.seed())).isNull();
    }

    @Test
    void recordedSeedsAreReadAsTheyWereWritten() {
        String text = RecordedSeeds.format(RECORDED);
        assertThat(text.lines().filter(line -> !line.startsWith("#"))).hasSize(RECORDED.size());
        RECORDED.forEach((missing, run) -> assertThat(text)
                .contains(missing + " " + run.scenario() + " " + Long.toUnsignedString(run.seed()) + "\n"));
    }

    @Test
    void huntEndsAtTheFirstSeedThatFails() {
        PlantedBug bug = new PlantedBug(Defence.STORE_WITHOUT_GAPS);
        List<Scenario> scenarios = Scenarios.all();
        PlantedBug.Found found = bug.hunt(scenarios, PlantedBug.baseSeed(0), 1000, () -> false);
        assertThat(found).isNotNull();
        assertThat(found.seed()).isEqualTo(PlantedBug.baseSeed(0) + found.seeds() - 1);
        assertThat(bug.run(Scenarios.find(found.scenario()), found.seed())).isNotNull();
        assertThat(
                        found.seeds() == 1
                                ? null
                                : bug.hunt(scenarios, PlantedBug.baseSeed(0), found.seeds() - 1, () -> false))
                .isNull();
        assertThat(bug.hunt(scenarios, PlantedBug.baseSeed(0), 1000, () -> true))
                .isNull();
    }

    @Test
    void tableTellsMedianMostAndWhatWasMissed() {
        PowerTable table = new PowerTable(50);
        table.add(Defence.COUNT_STARTS, new PlantedBug.Found("a/b", 7, 3, "safety one-view"));
        table.add(Defence.COUNT_STARTS, new PlantedBug.Found("a/b", 8, 20, "safety one-view"));
        table.add(Defence.COUNT_STARTS, null);
        table.add(Defence.RENEW_PROMISES, new PlantedBug.Found("a/b", 9, 1, "liveness heals"));
        assertThat(table.format().lines().skip(2))
                .containsExactly(
                        "| `COUNT_STARTS` | 20 | > 50 | nothing ×1; safety one-view ×2 |",
                        "| `RENEW_PROMISES` | 1 | 1 | liveness heals ×1 |");
        assertThat(table.missed()).containsExactly(Defence.COUNT_STARTS);
        assertThat(table.soonest())
                .containsEntry(Defence.COUNT_STARTS, new RecordedSeeds.Run("a/b", 7))
                .containsEntry(Defence.RENEW_PROMISES, new RecordedSeeds.Run("a/b", 9));
    }
}
