package io.brickwork.sim.cli;

import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.world.FaultOptions;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Names what there is. */
@Command(name = "list", description = "List the scenarios, and the faults that may befall a run.", sortOptions = false)
final class ListCommand implements Runnable {
    @ParentCommand
    private SimCommand sim;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        List<Scenario> scenarios = sim.scenarios();
        out.println("Scenarios:");
        print(
                out,
                scenarios.stream().map(Scenario::name).toList(),
                scenarios.stream().map(Scenario::text).toList());
        List<FaultOptions.Fault> faults = List.of(FaultOptions.Fault.values());
        out.println();
        out.println("Faults:");
        print(
                out,
                faults.stream().map(Enum::name).toList(),
                faults.stream().map(FaultOptions.Fault::description).toList());
        out.flush();
    }

    private static void print(PrintWriter out, List<String> names, List<String> texts) {
        int width = names.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < names.size(); i++) {
            out.printf("  %-" + width + "s  %s%n", names.get(i), texts.get(i));
        }
    }
}
