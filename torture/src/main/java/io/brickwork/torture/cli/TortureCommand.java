package io.brickwork.torture.cli;

import io.brickwork.cli.DdsCommand;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.torture.nemesis.Fault;
import io.brickwork.torture.run.Torture;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dds torture}: real processes under real faults, checked. */
@Command(
        name = "torture",
        description =
                "Real brick and client processes on this machine, under killed and stopped processes, cut, broken and slow links and a full disk; what the clients saw is checked for every promise.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every promise held, and all that was planned was done",
            "1:the command itself failed",
            "2:the command was not understood",
            "10:a promise was broken, or something that had to come back did not"
        },
        footer = {
            "",
            "A seed decides which faults strike when and what is asked for, not how processes take it. A failure leaves a folder",
            "with histories, logs and data; './dds torture --check DIR' judges such a folder again. For Linux; the full disk",
            "needs the right to mount one. Ctrl-C ends all processes."
        })
public final class TortureCommand implements Callable<Integer> {
    private static final int USAGE_COLUMNS = 110;
    private static final int BROKEN = 10;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "5",
            description =
                    "About how long the load is on; longer if each fault could not strike once. (default: ${DEFAULT-VALUE})")
    private double minutes;

    @Option(
            names = {"-n", "--bricks"},
            paramLabel = "N",
            defaultValue = "5",
            description = "How many bricks, 2 to " + Torture.Options.MOST_BRICKS + ". (default: ${DEFAULT-VALUE})")
    private int bricks;

    @Option(
            names = "--clients",
            paramLabel = "C",
            defaultValue = "3",
            description =
                    "How many client processes, 1 to " + Torture.Options.MOST_CLIENTS + ". (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(names = "--seed", paramLabel = "S", description = "What everything is drawn from. (default: a fresh one)")
    private @Nullable Long seed;

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "FAULT",
            description = "Which kinds strike, of ${COMPLETION-CANDIDATES}. (default: all)")
    private @Nullable List<Fault> faults;

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description =
                    "Where histories, logs and data go, and stay; must be empty or absent. (default: a temporary one that stays after a failure)")
    private @Nullable Path directory;

    @Option(
            names = "--check",
            paramLabel = "DIR",
            description = "Judge what an earlier run has left there, and run nothing.")
    private @Nullable Path recorded;

    @Spec
    private CommandSpec spec;

    /** What the launcher starts; the first word is {@code torture}. */
    @Command(name = "dds", subcommands = WarmUp.class, synopsisSubcommandLabel = "COMMAND")
    private static final class Launched implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
        }
    }

    /**
     * Touches what the bricks touch, so that the launcher can keep the loaded classes in an archive: most of a run's
     * start-ups are those of bricks.
     */
    @Command(name = "warm-up", hidden = true, description = "Load the classes that bricks need.")
    private static final class WarmUp implements Callable<Integer> {
        @Override
        public Integer call() {
            return DdsCommand.commandLine().execute("warm-up");
        }
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dds-logback.xml");
        }
        System.exit(commandLine().execute(arguments));
    }

    /** The command, for {@link #main} and for tests; the first argument is {@code torture}. */
    public static CommandLine commandLine() {
        return new CommandLine(new Launched())
                .addSubcommand(new TortureCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(USAGE_COLUMNS)
                .setExecutionExceptionHandler(TortureCommand::onFailure)
                .setParameterExceptionHandler(TortureCommand::onMisuse);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (recorded != null) {
            return Torture.check(recorded, out) ? 0 : BROKEN;
        }
        Torture.Options options;
        try {
            options = new Torture.Options(
                    minutes,
                    bricks,
                    clients,
                    seed == null ? new SecureRandom().nextLong(1L << 40) : seed,
                    faults == null ? EnumSet.allOf(Fault.class) : EnumSet.copyOf(faults));
        } catch (IllegalArgumentException bad) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(bad.getMessage()), bad);
        }
        Path place = place();
        Torture torture = new Torture(options, place, out);
        AtomicBoolean isOver = new AtomicBoolean();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (isOver.compareAndSet(false, true)) {
                                torture.end();
                                tell("Interrupted; histories, logs and data are in " + place);
                            }
                        },
                        "end-torture"));
        boolean isGood = false;
        try {
            isGood = torture.run();
            return isGood ? 0 : BROKEN;
        } finally {
            if (isOver.compareAndSet(false, true)) {
                if (isGood && directory == null) {
                    BrickProcesses.deleteTree(place);
                } else {
                    tell("Histories, logs and data are in " + place);
                }
            }
        }
    }

    private void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private Path place() throws IOException {
        if (directory == null) {
            return Files.createTempDirectory("brickwork-torture");
        }
        if (Files.exists(directory)) {
            if (!Files.isDirectory(directory)) {
                throw new CommandLine.ParameterException(spec.commandLine(), directory + " is a file, not a directory");
            }
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new CommandLine.ParameterException(
                            spec.commandLine(), directory + " is not empty: a run needs a directory of its own");
                }
            }
        }
        return Files.createDirectories(directory);
    }

    private static int onFailure(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println("dds: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int onMisuse(CommandLine.ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("dds: " + String.valueOf(misuse.getMessage()).strip());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(misuse, err)) {
            err.println("Try './" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }
}
