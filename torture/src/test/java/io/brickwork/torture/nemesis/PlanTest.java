package io.brickwork.torture.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.torture.net.Network.Pair;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final List<String> BRICKS = List.of("a", "b", "c", "d", "e");
    private static final List<String> CLIENTS = List.of("c1", "c2", "c3");
    private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);

    @Test
    void theSameSeedGivesTheSamePlanAndAnotherSeedAnother() {
        assertThat(plan(7, 300_000)).isEqualTo(plan(7, 300_000)).isNotEqualTo(plan(8, 300_000));
    }

    @Test
    void everyKindOfFaultStrikesHoweverShortTheRun() {
        for (long seed = 0; seed < 50; seed++) {
            Plan plan = plan(seed, 1_000);
            assertThat(plan.strikes().stream().map(Strike::fault)).containsExactlyInAnyOrderElementsOf(ALL);
            assertThat(plan.lengthMillis())
                    .isGreaterThanOrEqualTo(plan.strikes().getLast().endMillis() + Plan.LAST_QUIET_MILLIS);
        }
    }

    @Test
    void theLoadEndsInQuietAndNotBeforeItShould() {
        for (long seed = 0; seed < 50; seed++) {
            Plan plan = plan(seed, 300_000);
            assertThat(plan.lengthMillis()).isEqualTo(300_000);
            assertThat(plan.strikes())
                    .hasSizeGreaterThan(20)
                    .allSatisfy(strike ->
                            assertThat(strike.endMillis()).isLessThanOrEqualTo(300_000 - Plan.LAST_QUIET_MILLIS));
        }
    }

    @Test
    void ofTwoStrikesThatOverlapOneConcernsProcessesAndTheOtherDoesNot() {
        int overlapping = 0;
        for (long seed = 0; seed < 50; seed++) {
            List<Strike> strikes = plan(seed, 300_000).strikes();
            for (int i = 0; i < strikes.size(); i++) {
                for (Strike later : strikes.subList(i + 1, strikes.size())) {
                    Strike earlier = strikes.get(i);
                    assertThat(later.atMillis()).isGreaterThanOrEqualTo(earlier.atMillis());
                    if (later.atMillis() <= earlier.endMillis()) {
                        overlapping++;
                        assertThat(later.fault()).isNotEqualTo(Fault.LOSE_DISK);
                        assertThat(later.fault().concernsProcesses())
                                .as("%s and %s", earlier, later)
                                .isNotEqualTo(earlier.fault().concernsProcesses());
                    }
                }
            }
        }
        assertThat(overlapping).isPositive();
    }

    @Test
    void strikesNameProcessesAndWaysThatThereAre() {
        for (long seed = 0; seed < 50; seed++) {
            for (Strike strike : plan(seed, 300_000).strikes()) {
                boolean concernsClients = strike.fault() == Fault.KILL_CLIENT || strike.fault() == Fault.STOP_CLIENT;
                assertThat(strike.victims()).doesNotHaveDuplicates().isSubsetOf(concernsClients ? CLIENTS : BRICKS);
                assertThat(strike.victims().isEmpty())
                        .isNotEqualTo(strike.fault().concernsProcesses());
                assertThat(strike.ways().isEmpty()).isEqualTo(strike.fault().concernsProcesses());
                assertThat(strike.ways()).doesNotHaveDuplicates().allSatisfy(way -> {
                    assertThat(way.from()).isNotEqualTo(way.to());
                    assertThat(CLIENTS.contains(way.from()) && CLIENTS.contains(way.to()))
                            .isFalse();
                });
                Set<Pair> ways = new TreeSet<>(strike.ways());
                boolean goesBothWays = ways.stream().allMatch(way -> ways.contains(way.reversed()));
                if (strike.fault() == Fault.CUT) {
                    assertThat(goesBothWays).as(strike.description()).isTrue();
                } else if (strike.fault() == Fault.CUT_ONE_WAY) {
                    assertThat(ways).noneMatch(way -> ways.contains(way.reversed()));
                }
            }
        }
    }

    @Test
    void whatCannotBeStruckIsRefused() {
        assertThatThrownBy(() -> Plan.draw(new SimRandom(1), List.of("a"), CLIENTS, ALL, 1_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 bricks");
        assertThatThrownBy(() -> Plan.draw(new SimRandom(1), BRICKS, CLIENTS, EnumSet.noneOf(Fault.class), 1_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("faults []");
    }

    private static Plan plan(long seed, long lengthMillis) {
        return Plan.draw(new SimRandom(seed), BRICKS, CLIENTS, ALL, lengthMillis);
    }
}
