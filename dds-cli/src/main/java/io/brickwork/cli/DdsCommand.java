package io.brickwork.cli;

import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.core.BrickId;
import io.brickwork.core.DdsException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code dds} command. */
@Command(
        name = "dds",
        description = "Brickwork: hash tables and ordered trees whose entries lie on several bricks.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = DdsCommand.VersionProvider.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the answer is no: there is no such entry, table or file, an input is no entry, or not all is well",
            "2:asked wrongly",
            "69:no brick could be reached, or none took the operation, which did not happen",
            "70:an unexpected failure, or a brick that had to halt",
            "74:the output could not be written",
            "75:nobody can tell whether the operation was done",
            "77:the token has no right to it, or is not taken any more"
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        subcommands = {
            BrickCommand.class,
            ClusterCommand.class,
            SecretCommand.class,
            TokenCommand.class,
            StatusCommand.class,
            DecommissionCommand.class,
            SplitCommand.class,
            AcceptLossCommand.class,
            GetCommand.class,
            SetCommand.class,
            DeleteCommand.class,
            ScanCommand.class,
            LoadCommand.class,
            DumpCommand.class,
            WarmUpCommand.class,
        },
        footer = {
            "",
            "Examples:",
            "  ./dds demo                                             three bricks, WordNet, a crash, and proof that nothing is lost",
            "  ./dds set --dir data greeting hello                    a table in a directory, without any server",
            "  ./dds get --dir data greeting",
            "  ./dds brick --id a --members a=127.0.0.1:7400 --dir a  a brick that clients connect to",
            "  ./dds cluster up --bricks 3 --dir cluster               three bricks in the background; 'cluster down' stops them",
            "  ./dds status --connect 127.0.0.1:7400",
            "  ./dds torture                                          real processes killed, stopped and cut off, checked",
            "  ./dds sim run                                          the same protocols in virtual time, under faults, checked"
        })
public final class DdsCommand implements Runnable {
    private static final int USAGE_COLUMNS = 110;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show where a failure came from, and what goes on inside.")
    private boolean debug;

    @Spec
    private CommandSpec spec;

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        boolean debug = Arrays.asList(arguments).contains("--debug");
        PrintWriter out = Output.toUtf8();
        prepareLogging(debug);
        String[] typed;
        try {
            typed = Arguments.asTyped(arguments);
        } catch (CommandFailed unreadable) {
            System.err.println("dds: " + unreadable.getMessage());
            System.exit(unreadable.exitCode());
            return;
        }
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exitCode = run(commandLine().setOut(out).setErr(err), debug, typed);
        if (out.checkError() && exitCode == 0) {
            exitCode = ExitCodes.OUTPUT_LOST;
        }
        System.exit(exitCode);
    }

    /** Errors, such as a native library that is not there, come past picocli. */
    private static int run(CommandLine commandLine, boolean debug, String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (Error failure) {
            if (debug) {
                failure.printStackTrace();
            } else {
                System.err.println("dds: unexpected failure: " + failure + " (--debug shows where it came from)");
            }
            return ExitCodes.UNEXPECTED;
        }
    }

    /** The command, for {@link #main} and for tests. */
    public static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new DdsCommand());
        commandLine.registerConverter(BrickId.class, BrickId::new);
        Elsewhere.addTo(commandLine);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAllowSubcommandsAsOptionParameters(true)
                .setUsageHelpWidth(USAGE_COLUMNS)
                .setExecutionExceptionHandler(DdsCommand::onFailure)
                .setParameterExceptionHandler(DdsCommand::onMisuse);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
    }

    /** Must come before anything that logs. */
    private static void prepareLogging(boolean debug) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dds-logback.xml");
        }
        if (debug && System.getProperty("DDS_LOG") == null) {
            System.setProperty("DDS_LOG", "DEBUG");
        }
    }

    private static int onFailure(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (command.getCommandSpec().root().userObject() instanceof DdsCommand dds && dds.debug) {
            failure.printStackTrace(err);
        } else {
            err.println("dds: " + line(failure));
        }
        err.flush();
        return ExitCodes.of(failure);
    }

    /** One line that says what is wrong. */
    private static String line(Exception failure) {
        String message = failure instanceof FileSystemException file ? line(file) : failure.getMessage();
        boolean isMeantForPeople = failure instanceof DdsException
                || failure instanceof BrickStartException
                || failure instanceof CommandFailed
                || failure instanceof FileSystemException
                || failure instanceof IllegalArgumentException;
        String text = isMeantForPeople && message != null
                ? message
                : "unexpected failure: " + failure + " (--debug shows where it came from)";
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** Says what about the file is wrong: most messages of such exceptions are the file's name alone. */
    private static String line(FileSystemException failure) {
        String reason = failure.getReason();
        String why = switch (failure) {
            case NoSuchFileException missing -> "there is no such file or directory, or none can be made there";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException other -> "it exists already, and is something else";
            default -> reason == null ? failure.getClass().getSimpleName() : reason;
        };
        return failure.getFile() == null ? why : failure.getFile() + ": " + why;
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

    /** What {@code --version} prints. */
    static final class VersionProvider implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = DdsCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "Brickwork " + (version == null ? "(unpackaged)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
            };
        }
    }
}
