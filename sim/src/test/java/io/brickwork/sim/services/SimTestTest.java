package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.brickwork.core.DdsException;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.junit.SimTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What {@code @SimTest} does, seen from a JUnit launcher. */
class SimTestTest {
    /** What the fixtures below did. */
    private static final List<Long> SEEDS = new ArrayList<>();

    private static final List<String> STEPS = new ArrayList<>();

    /** What the launcher was told: names of the runs that passed, what the others threw. */
    private record Ran(List<String> passed, List<String> aborted, List<Throwable> failures) {
        String message() {
            assertThat(failures).hasSize(1);
            return String.valueOf(failures.getFirst().getMessage());
        }
    }

    private static Ran launch(Class<?> fixture, Map<String, String> parameters) {
        SEEDS.clear();
        STEPS.clear();
        Ran ran = new Ran(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(fixture))
                                .configurationParameters(parameters)
                                .configurationParameter(
                                        LauncherConstants.STACKTRACE_PRUNING_ENABLED_PROPERTY_NAME, "false")
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                switch (result.getStatus()) {
                                    case FAILED ->
                                        ran.failures.add(result.getThrowable().orElseThrow());
                                    case ABORTED -> ran.aborted.add(test.getDisplayName());
                                    case SUCCESSFUL -> {
                                        if (test.isTest()) {
                                            ran.passed.add(test.getDisplayName());
                                        }
                                    }
                                }
                            }
                        });
        return ran;
    }

    // ---- the bug of the documentation

    @Test
    void theHastyServiceIsFoundOutAndTheFailureSaysHowToSeeItAgain() {
        Ran ran = launch(CouponsTest.Hasty.class, Map.of());
        String message = ran.message();
        System.out.println("the hasty service is found out by seed " + (ran.passed.size() + 1) + message);
        assertThat(message)
                .contains("SIM FAILURE  test: ")
                .contains("test Hasty#everyCouponIsRedeemedOnce   seed 0x")
                .contains("replay: mvn test '-Dtest=CouponsTest$Hasty#everyCouponIsRedeemedOnce' -Dsim.seed=0x");

        String seed = message.replaceAll("(?s).*-Dsim.seed=(0x[0-9a-f]{16}).*", "$1");
        Ran again = launch(CouponsTest.Hasty.class, Map.of("sim.seed", seed));
        assertThat(again.passed).isEmpty();
        assertThat(again.message()
                        .lines()
                        .filter(line -> line.startsWith("test "))
                        .toList())
                .isEqualTo(
                        message.lines().filter(line -> line.startsWith("test ")).toList());
        // A replay shows what went on.
        assertThat(again.message()).containsPattern("\\n *[0-9.]+ ms  brick-1 ");
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
        Ran ran = launch(Counting.class, Map.of());
        assertThat(SEEDS).containsExactly(100L, 101L, 102L, 103L, 104L);
        assertThat(ran.passed).hasSize(5).contains("seed 0x0000000000000064");
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
        Ran ran = launch(FailsAtTheThird.class, Map.of());
        assertThat(SEEDS).containsExactly(1L, 2L, 3L);
        assertThat(ran.message()).contains("seed 0x0000000000000003");
        assertThat(ran.failures.getFirst().getCause()).isInstanceOf(AssertionError.class);
    }

    static final class SkipsOdd {
        @SimTest(seeds = 4, baseSeed = 1)
        void skip(SimCluster cluster) {
            Assumptions.assumeTrue(cluster.seed() % 2 == 0);
        }
    }

    @Test
    void aSeedThatDoesNotSuitIsSkipped() {
        Ran ran = launch(SkipsOdd.class, Map.of());
        assertThat(ran.passed).hasSize(2);
        assertThat(ran.aborted).hasSize(2);
        assertThat(ran.failures).isEmpty();
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
        assertThat(launch(OwnLuck.class, Map.of()).message()).contains("the same seed gave another run");
        Ran ran = launch(LuckOfTheSeed.class, Map.of());
        assertThat(ran.failures).isEmpty();
        assertThat(ran.passed).hasSize(6);
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
        assertThat(launch(WithSurroundings.class, Map.of()).failures).isEmpty();
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
