package io.brickwork.cli;

import io.brickwork.cli.local.ClusterFile;
import io.brickwork.cli.local.ClusterTls;
import io.brickwork.cli.local.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
                names = "--tls",
                description =
                        "Have them speak TLS, with certificates of an authority that is made for this cluster, in DIR/tls. A cluster that was started so comes back so.")
        private boolean isTls;

        @Mixin
        private LocalClusterOptions local;

        @Mixin
        private LaunchOptions launch;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            OptionRange.check(spec, "--bricks", bricks, 1, LocalCluster.MOST_BRICKS);
            ClusterFile cluster = local.cluster().up(bricks, isTls, launch.launch());
            Path directory = local.directory();
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
            ClusterTls tls = ClusterTls.find(directory);
            if (tls == null) {
                out.printf("connect   Dds.connect(\"%s\")%n", cluster.addresses());
                out.printf("try       ./dds set --connect %s greeting hello%n", cluster.addresses());
            } else {
                Path trusted = tls.operator().trusted();
                out.printf(
                        "connect   Dds.connect(\"%s\", options -> options.tls(TlsFiles.trusting(Path.of(\"%s\"))))%n",
                        cluster.addresses(), trusted);
                out.printf(
                        "try       ./dds set --connect %s --tls-trusted %s greeting hello%n",
                        cluster.addresses(), trusted);
            }
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
        @Mixin
        private LocalClusterOptions local;

        @Mixin
        private LaunchOptions launch;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            ClusterFile.Member added = local.cluster().add(launch.launch());
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

        @Mixin
        private LocalClusterOptions local;

        @Mixin
        private LaunchOptions launch;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            for (String name : names) {
                ClusterFile.Member started = local.cluster().start(name, launch.launch());
                Output.print(
                        spec,
                        "brick %s serves again, at %s (pid %d)%n"
                                .formatted(
                                        started.place().name(), started.place().address(), started.pid()));
            }
            return 0;
        }
    }

    /** Stops it. */
    @Command(
            name = "down",
            description = "Stop the bricks that were started in a directory; their data stays.",
            sortOptions = false)
    static final class Down implements Callable<Integer> {
        @Mixin
        private LocalClusterOptions local;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException, InterruptedException {
            PrintWriter out = spec.commandLine().getOut();
            for (LocalCluster.Stopped stopped : local.cluster().down()) {
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
