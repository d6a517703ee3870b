package io.brickwork.bricks.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stands in the list of commands for torture, which is a module of its own that the launcher starts. */
@Command(
        name = "torture",
        description = "Run brick and client processes under real faults, checked (see ./dds torture --help).")
final class TortureElsewhereCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailed("torture is a program of its own: start it with './dds torture'");
    }
}
