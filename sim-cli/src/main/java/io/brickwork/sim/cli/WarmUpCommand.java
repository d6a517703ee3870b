package io.brickwork.sim.cli;

import io.brickwork.sim.report.Attempt;
import io.brickwork.sim.scenario.Reduction;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.Scenarios;
import picocli.CommandLine.Command;

/** Touches what the other commands touch, so that the launcher can keep the loaded classes in an archive. */
@Command(name = "warm-up", hidden = true, description = "Load the classes that the other commands need.")
final class WarmUpCommand implements Runnable {
    @Override
    public void run() {
        for (Scenario scenario : Scenarios.all()) {
            Attempt.plain(scenario, 1, Reduction.NONE);
        }
    }
}
