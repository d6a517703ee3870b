package io.brickwork.demo;

import io.brickwork.cli.CommandFailed;
import io.brickwork.cli.Subcommand;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.core.Durability;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the demo. */
@Command(
        name = "demo",
        description =
                "Load WordNet into three bricks, again and again while one loses its disk, one is stopped and all are killed, and check every acknowledged entry on every replica.",
        sortOptions = false,
        footer = {
            "",
            "The last line begins with OK and the exit code is 0 if nothing was lost; anything else exits with 1.",
            "Ctrl-C ends the bricks too, and removes the data unless --keep is given."
        })
public final class DemoCommand implements Subcommand, Callable<Integer> {
    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description = "Where the bricks keep their data; must be empty or absent. (default: a temporary one)")
    private @Nullable Path directory;

    @Option(names = "--keep", description = "Leave the data and the bricks' logs where they are, as after a failure.")
    private boolean keep;

    @Option(
            names = "--words",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "At most so many words. (default: all)")
    private int words;

    @Option(
            names = "--durability",
            paramLabel = "KIND",
            defaultValue = "REPLICATED",
            description =
                    "When an entry is acknowledged: REPLICATED, written by all three bricks; or SYNC, forced to all three disks. (default: ${DEFAULT-VALUE})")
    private Durability durability;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (words < 10) {
            throw new CommandFailed("--words " + words + " is too few; at least 10");
        }
        Path place = place();
        Demo demo = new Demo(
                new Demo.Settings(place, words, durability), spec.commandLine().getOut());
        AtomicBoolean isOver = new AtomicBoolean();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (isOver.compareAndSet(false, true)) {
                                demo.end();
                                tidyUp(place, !keep);
                            }
                        },
                        "end-demo"));
        boolean isGood = false;
        try {
            isGood = demo.run();
            return isGood ? 0 : 1;
        } finally {
            if (isOver.compareAndSet(false, true)) {
                tidyUp(place, isGood && !keep);
            }
        }
    }

    private void tidyUp(Path place, boolean isToGo) {
        PrintWriter err = spec.commandLine().getErr();
        if (!isToGo) {
            err.println("Data and the bricks' logs are in " + place);
        } else {
            try {
                BrickProcesses.deleteTree(place);
            } catch (IOException failure) {
                err.println("Could not remove all of " + place + ": " + failure);
            }
        }
        err.flush();
    }

    private Path place() throws IOException {
        if (directory == null) {
            return Files.createTempDirectory("brickwork-demo");
        }
        if (Files.exists(directory)) {
            if (!Files.isDirectory(directory)) {
                throw new CommandFailed(directory + " is a file, not a directory");
            }
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new CommandFailed(directory + " is not empty: the demo works in a directory of its own");
                }
            }
        }
        return Files.createDirectories(directory);
    }
}
