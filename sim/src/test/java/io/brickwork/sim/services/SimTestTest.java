package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import io.brickwork.core.DdsException;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.junit.SimTest;
import io.brickwork.sim.world.SimFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code @SimTest} does, seen from a JUnit launcher. */
class SimTestTest {
    /** What the fixtures below did. */
    private static final List<Long> SEEDS = new ArrayList<>();

    private static final List<String> STEPS = new ArrayList<>();

    @TempDir
    private Path out;

    private Launched launch(Class<?> fixture, Map<String, String> parameters) {
        SEEDS.clear();
        STEPS.clear();
        Map<String, String> all = new HashMap<>(parameters);
        all.put("sim.out", out.toString());
        return Launched.of(fixture, all);
    }

    // ---- the bug of the documentation

    @Test
    void theHastyServiceIsFoundOutAndTheFailureSaysHowToSeeItAgain() {
        Launched ran = launch(CouponsTest.Hasty.class, Map.of());
        String message = ran.message();
        System.out.println(
                "the hasty service is found out by seed " + (ran.passed().size() + 1) + message);
        assertThat(message)
                .contains("SIM FAILURE  test: ")
                .contains("test Hasty#everyCouponIsRedeemedOnce   seed 0x")
                .contains("replay: mvn test '-Dtest=CouponsTest$Hasty#everyCouponIsRedeemedOnce' -Dsim.seed=0x");

        String seed = message.replaceAll("(?s).*-Dsim.seed=(0x[0-9a-f]{16}).*", "$1");
        Launched again = launch(CouponsTest.Hasty.class, Map.of("sim.seed", seed));
        assertThat(again.passed()).isEmpty();
        assertThat(again.message()
                        .lines()
                        .filter(line -> line.startsWith("test "))
                        .toList())
                .isEqualTo(
                        message.lines().filter(line -> line.startsWith("test ")).toList());
    }

    // ---- which seeds run

    static final class Counting {
        @SimTest(seeds = 5, baseSeed = 100)
        void count(SimCluster cluster) {
            SEEDS.add(cluster.seed());
        }
    }

    @Test
    void eachSeedIsAnInvocation() {
        Launched ran = launch(Counting.class, Map.of());
        assertThat(SEEDS).containsExactly(100L, 101L, 102L, 103L, 104L);
        assertThat(ran.passed()).hasSize(5).contains("seed 0x0000000000000064");
    }

    @Test
    void propertiesOverrideTheAnnotation() {
        launch(Counting.class, Map.of("sim.seeds", "2", "sim.base", "0xff"));
        assertThat(SEEDS).containsExactly(255L, 256L);
        launch(Counting.class, Map.of("sim.seed", "0xfedcba9876543210"));
        assertThat(SEEDS).containsExactly(0xfedcba9876543210L);
    }

    static final class FailsAtTheThird {
        @SimTest(seeds = 10, baseSeed = 1)
        void fail(SimCluster cluster) {
            SEEDS.add(cluster.seed());
            assertThat(cluster.seed()).isNotEqualTo(3);
        }
    }

    @Test
    void theFirstSeedThatFailsIsTheLastThatRuns() {
        Launched ran = launch(FailsAtTheThird.class, Map.of());
        assertThat(SEEDS).containsExactly(1L, 2L, 3L, 3L);
        assertThat(ran.passed()).hasSize(2);
        assertThat(ran.aborted()).containsExactly("seed 0x0000000000000003");
        assertThat(ran.message()).contains("seed 0x0000000000000003");
        assertThat(ran.failures().getFirst().getCause()).isInstanceOf(AssertionError.class);
    }

    static final class SkipsOdd {
        @SimTest(seeds = 4, baseSeed = 1)
        void skip(SimCluster cluster) {
            Assumptions.assumeTrue(cluster.seed() % 2 == 0);
        }
    }

    @Test
    void aSeedThatDoesNotSuitIsSkipped() {
        Launched ran = launch(SkipsOdd.class, Map.of());
        assertThat(ran.passed()).hasSize(2);
        assertThat(ran.aborted()).hasSize(2);
        assertThat(ran.failures()).isEmpty();
    }

    // ---- twice

    static final class OwnLuck {
        @SimTest(seeds = 3, twice = true)
        void draw(SimCluster cluster) {
            cluster.dds()
                    .hashTable("t", String.class, Integer.class)
                    .put("a", ThreadLocalRandom.current().nextInt());
        }
    }

    static final class LuckOfTheSeed {
        @SimTest(seeds = 3, twice = true)
        void draw(SimCluster cluster) {
            cluster.dds()
                    .hashTable("t", String.class, Integer.class)
                    .put("a", cluster.random().nextInt());
        }
    }

    @Test
    void codeThatDrawsItsOwnLuckIsFoundOutByRunningTwice() {
        Launched own = launch(OwnLuck.class, Map.of());
        assertThat(own.message())
                .contains("the same seed gave another run")
                .containsPattern("The two runs are the same for [0-9]+ steps, and part at the next:")
                .containsPattern(
                        "\\n    first   .* test asks t\\.put\\(\"a\", -?[0-9]+\\)   at SimTestTest\\$OwnLuck\\.draw\\(SimTestTest\\.java:[0-9]+\\)")
                .contains("look at: ");
        assertThat(own.aborted())
                .containsExactly("seed 0x000000005eed0000, again", "seed 0x000000005eed0000, recorded");
        Launched ran = launch(LuckOfTheSeed.class, Map.of());
        assertThat(ran.failures()).isEmpty();
        assertThat(ran.passed()).hasSize(6);
    }

    // ---- a failure is told once, and for certain

    static final class LuckyFailure {
        @SimTest(seeds = 3)
        void fail(SimCluster cluster) {
            cluster.dds()
                    .hashTable("t", String.class, Integer.class)
                    .put("a", ThreadLocalRandom.current().nextInt());
            assertThat(cluster.dds().structures()).isEmpty();
        }
    }

    @Test
    void aReplayThatIsAnotherRunSaysWhereTheTwoPart() {
        String message = launch(LuckyFailure.class, Map.of()).message();
        assertThat(message).contains("the same seed gave another run");
        String seed = message.replaceAll("(?s).*-Dsim.seed=(0x[0-9a-f]{16}).*", "$1");
        String trace = message.replaceAll("(?s).*-Dsim.trace=(0x[0-9a-f]{16}).*", "$1");
        assertThat(launch(LuckyFailure.class, Map.of("sim.seed", seed, "sim.trace", trace))
                        .message())
                .contains("This is not the run that was to be replayed")
                .containsPattern(
                        "second  .* test asks t\\.put\\(\"a\", -?[0-9]+\\)   at SimTestTest\\$LuckyFailure\\.fail");
        assertThat(launch(LuckyFailure.class, Map.of("sim.seed", seed, "sim.trace", "0x1"))
                        .message())
                .contains("the folder of that run is not there any more");
    }

    @Test
    void aReplayThatIsTheSameRunSaysNothingOfThat() {
        String message = launch(CouponsTest.Hasty.class, Map.of()).message();
        String seed = message.replaceAll("(?s).*-Dsim.seed=(0x[0-9a-f]{16}).*", "$1");
        String trace = message.replaceAll("(?s).*-Dsim.trace=(0x[0-9a-f]{16}).*", "$1");
        assertThat(launch(CouponsTest.Hasty.class, Map.of("sim.seed", seed, "sim.trace", trace))
                        .message())
                .isEqualTo(message);
    }

    /** As a thread does that is no part of the simulation and calls in whenever it likes. */
    static final class ReachedIntoAtAnyMoment {
        @SimTest(seeds = 3)
        void fail(SimCluster cluster) {
            cluster.dds()
                    .hashTable("t", String.class, Integer.class)
                    .put("a", ThreadLocalRandom.current().nextInt());
            throw new SimFailure(SimFailure.Kind.NOT_DETERMINISTIC, "foreign-thread: start it with cluster.spawn");
        }
    }

    @Test
    void aFailureThatSaysWhyTheSeedDoesNotDecideIsToldAsItIs() {
        assertThat(launch(ReachedIntoAtAnyMoment.class, Map.of()).message())
                .contains("SIM FAILURE  foreign-thread: start it with cluster.spawn")
                .doesNotContain("part at the next");
    }

    @Test
    void aFailureIsToldAlsoIfTheRunThatShouldTellItIsLeftOut() {
        String third = "[engine:junit-jupiter]/[class:%s]/[test-template:fail(%s)]/[test-template-invocation:#3]"
                .formatted(FailsAtTheThird.class.getName(), SimCluster.class.getName());
        Launched ran = Launched.of(selectUniqueId(third), Map.of("sim.out", out.toString()));
        assertThat(ran.message()).contains("SIM FAILURE  test: ").contains("seed 0x0000000000000003");
    }

    // ---- before and after

    static final class WithSurroundings {
        @BeforeEach
        void before(SimCluster cluster) {
            cluster.dds().hashTable("t", String.class, Integer.class).put("a", 1);
            STEPS.add("before");
        }

        @SimTest(seeds = 2)
        void test(SimCluster cluster) {
            STEPS.add("test "
                    + cluster.dds().hashTable("t", String.class, Integer.class).get("a"));
        }

        @AfterEach
        void after(SimCluster cluster) {
            cluster.settle();
            STEPS.add("after");
        }
    }

    @Test
    void methodsBeforeAndAfterAreOfTheSameWorld() {
        assertThat(launch(WithSurroundings.class, Map.of()).failures()).isEmpty();
        assertThat(STEPS).containsExactly("before", "test 1", "after", "before", "test 1", "after");
    }

    // ---- bad use

    static final class NoCluster {
        @SimTest
        void nothing() {}
    }

    static final class NoSeeds {
        @SimTest(seeds = 0)
        void none(SimCluster cluster) {
            SEEDS.add(cluster.seed());
        }
    }

    static final class TooManyBricks {
        @SimTest(bricks = 17)
        void many(SimCluster cluster) {
            SEEDS.add(cluster.seed());
        }
    }

    static final class WrongName {
        @SimTest(seeds = 1)
        void wrong(SimCluster cluster) {
            cluster.crash("brick-4");
        }
    }

    static final class Leaves {
        @SimTest(seeds = 1)
        void leave(SimCluster cluster) {
            cluster.spawn("late", () -> {
                cluster.dds(options -> {})
                        .hashTable("t", String.class, Integer.class)
                        .get("a");
                throw new DdsException.Closed("late");
            });
        }
    }

    @Test
    void badUseIsRefusedWithTheWayOut() {
        assertThat(launch(NoCluster.class, Map.of()).message()).contains("void nothing(SimCluster cluster)");
        assertThat(launch(NoSeeds.class, Map.of()).message())
                .contains("asks for 0 seeds")
                .contains("at least 1");
        assertThat(launch(Counting.class, Map.of("sim.seeds", "-1")).message()).contains("asks for -1 seeds");
        assertThat(launch(Counting.class, Map.of("sim.seed", "0xyz")).message())
                .contains("-Dsim.seed=0xyz is no number");
        assertThat(launch(TooManyBricks.class, Map.of()).message()).contains("17 bricks; 1 to 16 are possible");
        assertThat(launch(WrongName.class, Map.of()).message())
                .contains("nothing is called 'brick-4' in this cluster; there are brick-1, brick-2, brick-3, test");
        assertThat(SEEDS).isEmpty();
    }

    @Test
    void aServiceThatFailsAfterTheTestFailsItsSeed() {
        assertThat(launch(Leaves.class, Map.of()).message()).contains("service 'late' ended with");
    }
}
