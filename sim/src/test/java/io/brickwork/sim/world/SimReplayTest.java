package io.brickwork.sim.world;

import org.junit.jupiter.api.Test;

/** Runs one seed of one scenario again, and shows the last lines of its trace if it fails: {@code -Dsim.scenario=NAME -Dsim.seed=0x… [-Dsim.lines=N]}. */
class SimReplayTest {
    @Test
    void replay() {
        long seed = Long.parseUnsignedLong(System.getProperty("sim.seed", "0x1").replace("0x", ""), 16);
        String scenario = System.getProperty("sim.scenario", "register/swarm");
        SimRun.Report report = Scenarios.find(scenario).run(seed, Integer.getInteger("sim.lines", 200));
        System.out.println(scenario + " passed: " + report);
    }
}
