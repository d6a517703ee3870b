package io.brickwork.cli;

import io.brickwork.cli.local.LocalCluster;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The cluster of this machine that a command is about. */
final class LocalClusterOptions {
    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            required = true,
            description = "Where the cluster lives; 'up' makes it if it is not there.")
    private Path directory;

    Path directory() {
        return directory;
    }

    LocalCluster cluster() {
        return new LocalCluster(directory);
    }
}
