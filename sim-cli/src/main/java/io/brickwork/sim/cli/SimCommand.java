package io.brickwork.sim.cli;

import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.Scenarios;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code dds sim}: whole clusters in one thread and in virtual time, under faults, each decided by one seed. */
@Command(
        name = "sim",
        description = "Whole clusters in virtual time, under faults, checked; one seed decides everything in a run.",
        synopsisSubcommandLabel = "COMMAND",
        version = {"Brickwork, commit ${sys:dds.commit:-unknown}", "Java ${sys:java.version}"},
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every promise held",
            "1:the command itself failed",
            "2:the command was not understood",
            "10:safety: a promise was broken",
            "11:liveness: something that had to end did not",
            "12:crash: a machine threw",
            "13:undecided: in more than one seed of twenty, a checker gave up",
            "14:not deterministic: the same seed gave another run",
            "15:less was executed than planned",
            "130:interrupted"
        },
        subcommands = {
            RunCommand.class,
            ReplayCommand.class,
            ShrinkCommand.class,
            ListCommand.class,
            CoverageCommand.class,
            PowerCommand.class
        },
        footer = {
            "",
            "Several failures: the first of 10, 12, 11, 14, 15 that happened. A failure outweighs undecided seeds.",
            "",
            "Examples:",
            "  ./dds sim run                          some hundred seeds of every scenario in turn",
            "  ./dds sim run --minutes 10 --jobs 2    as many as fit in ten minutes",
            "  ./dds sim replay hash/swarm --seed 42  one run again; if it fails, with a folder to look at"
        })
public final class SimCommand implements Runnable {
    private static final int USAGE_COLUMNS = 110;

    private final List<Scenario> scenarios;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where an unexpected failure came from.")
    private boolean debug;

    @Spec
    private CommandSpec spec;

    private SimCommand(List<Scenario> scenarios) {
        this.scenarios = scenarios;
    }

    /** What the launcher starts; the first word is {@code sim}. */
    @Command(name = "dds", subcommands = WarmUpCommand.class, synopsisSubcommandLabel = "COMMAND")
    private static final class Launched implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
        }
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(Scenarios.all()).execute(arguments));
    }

    /** The command over these scenarios, for {@link #main} and for tests; the first argument is {@code sim}. */
    public static CommandLine commandLine(List<Scenario> scenarios) {
        SimCommand sim = new SimCommand(List.copyOf(scenarios));
        CommandLine commandLine = new CommandLine(new Launched()).addSubcommand(sim);
        return commandLine
                .registerConverter(Scenario.class, new ScenarioConverter(sim.scenarios))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(USAGE_COLUMNS)
                .setExecutionExceptionHandler((failure, command, parsed) -> sim.onFailure(failure, command))
                .setParameterExceptionHandler(SimCommand::onMisuse);
    }

    List<Scenario> scenarios() {
        return scenarios;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "which command? There are run, replay, shrink, list, coverage and power");
    }

    private int onFailure(Exception failure, CommandLine command) {
        PrintWriter err = command.getErr();
        if (debug) {
            failure.printStackTrace(err);
        } else {
            err.println("dds: unexpected failure: " + failure + " (--debug shows where it came from)");
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int onMisuse(CommandLine.ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("dds: " + String.valueOf(misuse.getMessage()).strip().replaceAll("\\s*\\R\\s*", " "));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(misuse, err)) {
            err.println("Try './" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }
}
