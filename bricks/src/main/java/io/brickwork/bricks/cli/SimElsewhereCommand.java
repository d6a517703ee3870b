package io.brickwork.bricks.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stands in the list of commands for the simulator, which is a module of its own that the launcher starts. */
@Command(
        name = "sim",
        description = "Run whole clusters in virtual time, under faults, checked (see ./dds sim --help).")
final class SimElsewhereCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailed("the simulator is a program of its own: start it with './dds sim'");
    }
}
