package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.world.FaultOptions.Fault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Strikes that take several steps, or lie in wait for their moment. */
class StrikesTest {
    private static final long SECOND = 1_000_000_000;

    /**
     * How many nodes have crashed within a while after twenty strikes, which were suspended right after them or not.
     */
    private static long crashes(Fault fault, boolean isSuspended) {
        World world = new World(1, WorldOptions.CALM, new StructureTypes(List.of(RegisterType.TYPE)));
        FaultOptions options = new FaultOptions(SECOND, Map.of(fault, 1), SECOND, SECOND);
        world.start();
        world.run(SECOND);
        Strikes strikes = new Strikes(world, options, new SimRandom(1), world.bricks(), 3);
        for (int number = 0; number < 20; number++) {
            strikes.strike(number, fault);
        }
        long before = world.crashes();
        strikes.suspend(isSuspended);
        world.run(10 * SECOND);
        return world.crashes() - before;
    }

    @ParameterizedTest
    @EnumSource(names = {"KILL_ALL", "RESTARTS", "AMBUSH"})
    void noFurtherStepIsTakenWhileTheyAreSuspended(Fault fault) {
        assertThat(crashes(fault, true)).isZero();
        assertThat(crashes(fault, false)).isPositive();
    }
}
