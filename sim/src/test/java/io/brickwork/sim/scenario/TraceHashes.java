package io.brickwork.sim.scenario;

import io.brickwork.sim.world.SimFailure;
import java.util.ArrayList;
import java.util.List;

/** Runs seeds and prints what came of each, hash of the trace included: the other JVM of {@link TwoJvmsTest}. */
final class TraceHashes {
    private TraceHashes() {}

    /** The reports of so many runs, of each scenario in turn; what broke, where a run failed. */
    static List<String> reports(long baseSeed, int seeds) {
        List<String> reports = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
            Scenario scenario = Scenarios.all().get(i % Scenarios.all().size());
            try {
                reports.add(scenario.name() + " " + scenario.run(baseSeed + i, 0));
            } catch (SimFailure failure) {
                reports.add(scenario.name() + " " + (baseSeed + i) + " " + failure.what());
            }
        }
        return reports;
    }

    public static void main(String[] arguments) {
        reports(Long.parseLong(arguments[0]), Integer.parseInt(arguments[1])).forEach(System.out::println);
    }
}
