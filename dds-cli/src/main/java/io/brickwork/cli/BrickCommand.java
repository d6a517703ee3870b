package io.brickwork.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.CollectionWatch;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.SeedAddress;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.core.brick.MemoryBudget;
import io.netty.util.NetUtil;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a brick until the process is told to end. */
@Command(
        name = "brick",
        description = "Run a brick of a cluster until it is told to end (Ctrl-C, SIGTERM).",
        sortOptions = false,
        footer = {
            "",
            "Every brick of a cluster gets the same secret ('./dds secret data/secret' makes one) and the same members in the same order, such as",
            "  ./dds brick --id a --members a=127.0.0.1:7400,b=127.0.0.1:7401,c=127.0.0.1:7402 --secret-file data/secret --dir data/a",
            "Another brick joins a cluster that runs:",
            "  ./dds brick --id d --seeds 127.0.0.1:7400,127.0.0.1:7401 --address 127.0.0.1:7403 --secret-file data/secret --dir data/d",
            "Settings that have no option here stand in reference.conf; give them with --set, or in a file with --config.",
            "The exit code is 0 after an orderly stop and 70 if the brick had to halt; starting it again is safe unless it says otherwise."
        })
final class BrickCommand implements Callable<Integer> {
    /** The process's exit code after a halt: an internal error, as sysexits.h has it. */
    static final int HALTED = 70;
    /**
     * The process's exit code after the program that started it has gone: an operating system error, as sysexits.h has
     * it.
     */
    static final int ORPHANED = 71;
    /** For so long nothing may be done in the process but collecting garbage. */
    private static final int EXHAUSTED_SECONDS = 15;
    /** A stop takes no longer than this after the others have taken over. */
    private static final int STOP_SECONDS = 30;

    private static final Logger LOG = LoggerFactory.getLogger(BrickCommand.class);

    @Option(names = "--id", paramLabel = "NAME", description = "This brick's name, one of the members.")
    private @Nullable String id;

    @Option(
            names = "--members",
            split = ",",
            paramLabel = "NAME=HOST:PORT[/CONTROL]",
            description = "All bricks; a control plane port that is not named is the data port plus 100.")
    private @Nullable List<String> members;

    @Option(
            names = "--seeds",
            split = ",",
            paramLabel = "HOST:PORT",
            description =
                    "Instead of --members: bricks of a running cluster to join; it gets its share of the replicas.")
    private @Nullable List<String> seeds;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT[/CONTROL]",
            description = "With --seeds: where this brick listens.")
    private @Nullable String address;

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description = "Where this brick keeps its data; made if it is not there.")
    private @Nullable Path directory;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description =
                    "The secret of the cluster, the same for every brick, readable by its owner only; a brick that is alone needs none. (default: what the environment variable BRICKWORK_SECRET holds)")
    private @Nullable Path secretFile;

    @Option(
            names = "--capacity",
            paramLabel = "SIZE",
            description = "How much disk it may take, such as 10GiB. (default: all there is)")
    private @Nullable String capacity;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description =
                    "Where those who watch the brick ask it: /alive, /ready, /metrics, /status; on loopback. (default: nowhere)")
    private @Nullable String http;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "A file that holds the setting 'token'; so does the environment's " + TokenOptions.VARIABLE + ".")
    private @Nullable Path tokenFile;

    @Option(
            names = "--tokens-file",
            paramLabel = "FILE",
            description =
                    "The tokens of clients and what the holder of each may do, the same for every brick; './dds token' makes and changes it, also while bricks run.")
    private @Nullable Path tokensFile;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A file of settings (HOCON), under brickwork.brick { ... }.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any other setting of brickwork.brick, such as overlay=128MiB.")
    private @Nullable Map<String, String> more;

    @Option(
            names = BrickProcesses.WITH_INPUT,
            hidden = true,
            description =
                    "End at once, as if killed, when the standard input ends: for programs that start bricks and may be killed themselves.")
    private boolean endsWithInput;

    @Option(
            names = "--print-config",
            description = "Show all settings, their values and where each comes from, and start nothing.")
    private boolean isAskedForSettings;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (isAskedForSettings) {
            printSettings(spec.commandLine().getOut());
            return 0;
        }
        if (endsWithInput) {
            ProcessHandle parent = ProcessHandle.current().parent().orElse(null);
            Thread.ofPlatform().name("input").daemon().start(() -> haltWhenInputEnds(parent));
        }
        BrickSettings settings = BrickSettings.of(config());
        LastWord exhausted = new LastWord(
                "FATAL: brick %s ends: the heap is full, and the process has done nothing but collect garbage for %d s: give it a larger heap (-Xmx), then start the brick again. What was acknowledged is on disk."
                        .formatted(settings.id(), EXHAUSTED_SECONDS));
        LastWord outOfMemory = new LastWord(
                "FATAL: brick %s ends: a thread had no memory left: give the process a larger heap (-Xmx), then start the brick again. What was acknowledged is on disk."
                        .formatted(settings.id()));
        CollectionWatch.start("collections", EXHAUSTED_SECONDS, exhausted::end);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (failure instanceof OutOfMemoryError) {
                outOfMemory.end();
            }
            LOG.error("Thread {} has ended", thread.getName(), failure);
        });
        HostedBrick brick = HostedBrick.start(settings);
        CountDownLatch halted = new CountDownLatch(1);
        brick.halted().thenRun(halted::countDown);
        CountDownLatch stopping = new CountDownLatch(1);
        Thread.ofPlatform().name("stop-guard").daemon().start(() -> endIfStopHangs(settings, stopping));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stopping.countDown();
                            brick.close();
                        },
                        "stop-brick"));
        spec.commandLine()
                .getOut()
                .printf(
                        "brick %s is running on %s (pid %d)%n",
                        brick.id(),
                        new SeedAddress(
                                NetUtil.toAddressString(brick.address().getAddress()),
                                brick.address().getPort()),
                        ProcessHandle.current().pid());
        spec.commandLine().getOut().flush();
        halted.await();
        // Not through the shutdown hooks: nothing of a halted brick is to be closed in order.
        Runtime.getRuntime().halt(HALTED);
        return HALTED;
    }

    /** Whoever asks the process to end does not wait for ever, whatever hangs: what was acknowledged is on disk. */
    private static void endIfStopHangs(BrickSettings settings, CountDownLatch stopping) {
        LastWord hanging = new LastWord(
                "FATAL: brick %s has been told to end and did not within %d s after its handover: it ends now. What was acknowledged is on disk."
                        .formatted(settings.id(), STOP_SECONDS));
        try {
            stopping.await();
            Thread.sleep(settings.handover().plusSeconds(STOP_SECONDS));
        } catch (InterruptedException e) {
            return;
        }
        hanging.end();
    }

    /** What a process says when it may have no memory left to say anything: made beforehand. */
    private static final class LastWord {
        private final byte[] line;
        private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);

        LastWord(String text) {
            line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        }

        /** Ends the process, without the hooks of a stop in order, which could hang. */
        void end() {
            try {
                err.write(line);
            } catch (IOException nobodyListens) {
                // Ends all the same.
            }
            Runtime.getRuntime().halt(HALTED);
        }
    }

    /**
     * A parent that still runs has closed the input on purpose, as {@link Process#destroy} does beside its signal: then
     * the end of both is its business.
     */
    private static void haltWhenInputEnds(@Nullable ProcessHandle parent) {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException closed) {
            // Ends as well.
        }
        if (parent != null) {
            parent.onExit().join();
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    private void printSettings(PrintWriter out) {
        TextTable table = new TextTable("brickwork.brick.", "value", "from");
        for (BrickSettings.Setting setting : BrickSettings.explain(config())) {
            table.row(setting.key(), setting.value(), setting.origin());
        }
        table.print(out);
        out.println();
        TextTable memory = new TextTable("memory", "share", "of what");
        for (MemoryBudget.Share share :
                BrickSettings.explainMemory(config(), Runtime.getRuntime().maxMemory())) {
            memory.row(share.name(), MemoryBudget.mib(share.bytes()), share.what());
        }
        memory.print(out);
        out.flush();
    }

    private Config config() {
        Map<String, Object> told = new HashMap<>();
        if (more != null) {
            if (more.containsKey("secret")) {
                throw new CommandFailed(
                        "a secret on a command line can be seen by everybody who lists the processes of this machine: put it into a file, and say --secret-file FILE");
            }
            more.forEach((key, value) -> told.put("brickwork.brick." + key, value));
        }
        if (tokenFile != null) {
            told.put("brickwork.brick.token", TokenOptions.read(tokenFile));
        }
        if (id != null) {
            told.put("brickwork.brick.id", id);
        }
        if (members != null) {
            told.put("brickwork.brick.members", members);
        }
        if (seeds != null) {
            told.put("brickwork.brick.seeds", seeds);
        }
        if (address != null) {
            told.put("brickwork.brick.address", address);
        }
        if (directory != null) {
            told.put("brickwork.brick.directory", directory.toString());
        }
        if (secretFile != null) {
            told.put("brickwork.brick.secret-file", secretFile.toString());
        }
        if (tokensFile != null) {
            told.put("brickwork.brick.tokens-file", tokensFile.toString());
        }
        if (capacity != null) {
            told.put("brickwork.brick.capacity", capacity);
        }
        if (http != null) {
            told.put("brickwork.brick.http", http);
        }
        try {
            Config options = ConfigFactory.parseMap(told, "the command line");
            String token = System.getenv(TokenOptions.VARIABLE);
            Config environment = token == null
                    ? ConfigFactory.empty()
                    : ConfigFactory.parseMap(Map.of("brickwork.brick.token", token), "the environment");
            if (file == null) {
                return options.withFallback(environment);
            }
            if (!Files.isReadable(file)) {
                throw new CommandFailed("there is no readable file " + file);
            }
            return options.withFallback(ConfigFactory.parseFile(file.toFile())).withFallback(environment);
        } catch (ConfigException bad) {
            throw new CommandFailed(String.valueOf(bad.getMessage()), bad);
        }
    }
}
