package io.brickwork.cli;

import io.brickwork.cli.local.ClusterFile;
import io.brickwork.cli.local.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Bricks on this machine that stay when the command is over. */
@Command(
        name = "cluster",
        description = "Start and stop a cluster of bricks on this machine, in the background.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClusterCommand.Up.class,
            ClusterCommand.Add.class,
            ClusterCommand.Start.class,
            ClusterCommand.Down.class,
            StatusCommand.class
        })
final class ClusterCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which command: up, add, start, down or status?");
    }

    /** Starts it. */
    @Command(
            name = "up",
            description = "Start bricks in the background; returns when they serve.",
            sortOptions = false,
            footer = {
                "",
                "They listen on free ports of the loopback address. Their data and what they say lie in the directory;",
                "a cluster that was stopped there comes back with its data."
            })
    static final class Up implements Callable<Integer> {
        @Option(
                names = {"-n", "--bricks"},
                paramLabel = "N",
                defaultValue = "3",
                description = "How many, 1 to " + LocalCluster.MOST_BRICKS + ". (default: ${DEFAULT-VALUE})")
        private int bricks;

        @Option(
                names = {"-d", "--dir"},
                paramLabel = "DIR",
                required = true,
                description = "Where the cluster lives; made if it is not there.")
        private Path directory;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description = "A setting of every brick, such as overlay=128MiB (see ./dds brick --print-config).")
        private @Nullable Map<String, String> settings;

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "120",
                description =
                        "How long to wait until they serve; bricks that are not ready by then go on. (default: ${DEFAULT-VALUE})")
        private double timeoutSeconds;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            if (bricks < 1 || bricks > LocalCluster.MOST_BRICKS) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "--bricks is %d; it must be from 1 to %d".formatted(bricks, LocalCluster.MOST_BRICKS));
            }
            ClusterFile cluster = new LocalCluster(directory).up(bricks, told(settings), patience(timeoutSeconds));
            PrintWriter out = spec.commandLine().getOut();
            TextTable table = new TextTable("brick", "address", "pid", "log");
            for (ClusterFile.Member member : cluster.members()) {
                String name = member.place().name();
                table.row(
                        name,
                        member.place().address(),
                        String.valueOf(member.pid()),
                        directory.resolve(name + ".log").toString());
            }
            table.print(out);
            out.printf("connect   Dds.connect(\"%s\")%n", cluster.addresses());
            out.printf("try       ./dds set --connect %s greeting hello%n", cluster.addresses());
            out.printf("look      ./dds cluster status --dir %s%n", directory);
            out.printf("stop      ./dds cluster down --dir %s%n", directory);
            out.flush();
            return 0;
        }
    }

    /** Adds to it. */
    @Command(
            name = "add",
            description =
                    "Start one more brick, which joins those that run and gets its share; returns when it serves.",
            sortOptions = false)
    static final class Add implements Callable<Integer> {
        @Option(
                names = {"-d", "--dir"},
                paramLabel = "DIR",
                required = true,
                description = "Where the cluster lives.")
        private Path directory;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description = "A setting of the brick, such as overlay=128MiB (see ./dds brick --print-config).")
        private @Nullable Map<String, String> settings;

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "120",
                description =
                        "How long to wait until it serves; bricks that are not ready by then go on. (default: ${DEFAULT-VALUE})")
        private double timeoutSeconds;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            ClusterFile.Member added = new LocalCluster(directory).add(told(settings), patience(timeoutSeconds));
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "brick %s has joined, at %s (pid %d)%n",
                    added.place().name(), added.place().address(), added.pid());
            out.flush();
            return 0;
        }
    }

    /** Starts one of its bricks again. */
    @Command(
            name = "start",
            description = "Start bricks again that have stopped, while others run; returns when they serve.",
            sortOptions = false)
    static final class Start implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", arity = "1..*", description = "The bricks, such as b.")
        private List<String> names;

        @Option(
                names = {"-d", "--dir"},
                paramLabel = "DIR",
                required = true,
                description = "Where the cluster lives.")
        private Path directory;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description = "A setting of the bricks, such as overlay=128MiB (see ./dds brick --print-config).")
        private @Nullable Map<String, String> settings;

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "120",
                description =
                        "How long to wait until they serve; bricks that are not ready by then go on. (default: ${DEFAULT-VALUE})")
        private double timeoutSeconds;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            for (String name : names) {
                ClusterFile.Member started =
                        new LocalCluster(directory).start(name, told(settings), patience(timeoutSeconds));
                Output.print(
                        spec,
                        "brick %s serves again, at %s (pid %d)%n"
                                .formatted(
                                        started.place().name(), started.place().address(), started.pid()));
            }
            return 0;
        }
    }

    private static Duration patience(double seconds) {
        if (!(seconds > 0 && seconds <= 86_400)) {
            throw new CommandFailed("--timeout is " + seconds + " seconds; it must be above 0 and at most a day");
        }
        return Duration.ofMillis((long) (seconds * 1000));
    }

    private static List<String> told(@Nullable Map<String, String> settings) {
        return settings == null
                ? List.of()
                : settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toList();
    }

    /** Stops it. */
    @Command(
            name = "down",
            description = "Stop the bricks that were started in a directory; their data stays.",
            sortOptions = false)
    static final class Down implements Callable<Integer> {
        @Option(
                names = {"-d", "--dir"},
                paramLabel = "DIR",
                required = true,
                description = "Where the cluster lives.")
        private Path directory;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            PrintWriter out = spec.commandLine().getOut();
            for (LocalCluster.Stopped stopped : new LocalCluster(directory).down()) {
                out.printf(
                        "brick %s %s%n",
                        stopped.name(),
                        switch (stopped.way()) {
                            case IN_ORDER -> "stopped in order";
                            case KILLED -> "did not stop in time and was killed; nothing acknowledged is lost by that";
                            case WAS_NOT_RUNNING -> "was not running";
                        });
            }
            out.flush();
            return 0;
        }
    }
}
