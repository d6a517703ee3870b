package io.brickwork.walls;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.brickwork.core.partition.Trespasses;
import io.brickwork.sim.world.SeedTrespasses;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WallsRejectTest {
    private static final List<ArchRule> WALLS = List.of(
            WallsTest.structuresKnowNoInfrastructure,
            WallsTest.structuresReadNoClock,
            WallsTest.structuresDrawNoFreshRandomness,
            WallsTest.coreStartsNoThreads,
            WallsTest.coreSharesNoMemoryBetweenThreads,
            WallsTest.coreLocksNothing,
            WallsTest.machinesKeepNoHashOrderedCollections,
            WallsTest.worldsReadNoClock,
            WallsTest.worldsDrawNoFreshRandomness,
            WallsTest.worldsKeepNoHashOrderedCollections,
            WallsTest.rulesAreLeftOutInSimulationsOnly,
            WallsTest.waysOfReplicationAreToldApartInTwoPlaces,
            WallsTest.lmdbHasOneHome,
            WallsTest.pekkoLivesInBricks);

    static Stream<Arguments> trespasses() {
        return Stream.of(
                Arguments.of(WallsTest.structuresKnowNoInfrastructure, Trespasses.KnowsSlf4j.class),
                Arguments.of(WallsTest.structuresKnowNoInfrastructure, Trespasses.KnowsPekko.class),
                Arguments.of(WallsTest.pekkoLivesInBricks, Trespasses.KnowsPekko.class),
                Arguments.of(WallsTest.lmdbHasOneHome, Trespasses.KnowsLmdb.class),
                Arguments.of(WallsTest.structuresReadNoClock, Trespasses.ReadsNanoTime.class),
                Arguments.of(WallsTest.structuresReadNoClock, Trespasses.ReadsInstantNow.class),
                Arguments.of(WallsTest.structuresDrawNoFreshRandomness, Trespasses.MakesUnseededRandom.class),
                Arguments.of(WallsTest.structuresDrawNoFreshRandomness, Trespasses.DrawsThreadLocalRandom.class),
                Arguments.of(WallsTest.structuresDrawNoFreshRandomness, Trespasses.DrawsUuid.class),
                Arguments.of(WallsTest.coreStartsNoThreads, Trespasses.StartsThread.class),
                Arguments.of(WallsTest.coreStartsNoThreads, Trespasses.StartsExecutor.class),
                Arguments.of(WallsTest.coreSharesNoMemoryBetweenThreads, Trespasses.HoldsLock.class),
                Arguments.of(WallsTest.coreSharesNoMemoryBetweenThreads, Trespasses.HoldsAtomic.class),
                Arguments.of(WallsTest.coreSharesNoMemoryBetweenThreads, Trespasses.HoldsCompletableFuture.class),
                Arguments.of(WallsTest.coreLocksNothing, Trespasses.IsSynchronized.class),
                Arguments.of(WallsTest.machinesKeepNoHashOrderedCollections, Trespasses.KeepsHashMap.class),
                Arguments.of(WallsTest.machinesKeepNoHashOrderedCollections, Trespasses.KeepsSetOf.class),
                Arguments.of(WallsTest.worldsReadNoClock, SeedTrespasses.ReadsNanoTime.class),
                Arguments.of(WallsTest.worldsDrawNoFreshRandomness, SeedTrespasses.MakesUnseededRandom.class),
                Arguments.of(WallsTest.worldsKeepNoHashOrderedCollections, SeedTrespasses.KeepsHashMap.class),
                Arguments.of(WallsTest.worldsKeepNoHashOrderedCollections, SeedTrespasses.HashesByAddress.class),
                Arguments.of(WallsTest.rulesAreLeftOutInSimulationsOnly, Trespasses.LeavesARuleOut.class),
                Arguments.of(
                        WallsTest.waysOfReplicationAreToldApartInTwoPlaces, Trespasses.SwitchesOverReplication.class),
                Arguments.of(WallsTest.waysOfReplicationAreToldApartInTwoPlaces, Trespasses.ComparesReplication.class));
    }

    @ParameterizedTest
    @MethodSource("trespasses")
    void wallRejectsTrespass(ArchRule wall, Class<?> trespass) {
        assertThat(wall.evaluate(imported(trespass)).hasViolation()).isTrue();
    }

    @Test
    void wallsLeaveSeededAndOrderedCodeAlone() {
        JavaClasses innocent = imported(Trespasses.BreaksNoWall.class, SeedTrespasses.BreaksNoWall.class);
        assertThat(WALLS)
                .allSatisfy(wall -> assertThat(
                                wall.evaluate(innocent).getFailureReport().getDetails())
                        .isEmpty());
    }

    private static JavaClasses imported(Class<?>... types) {
        return new ClassFileImporter().importClasses(types);
    }
}
