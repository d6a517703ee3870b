package io.brickwork.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command keeps its data while it runs. */
final class DataDirectory {
    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description =
                    "Where to keep the data while it runs; the disk matters. (default: the system's temporary directory)")
    private @Nullable Path parent;

    /** Makes a directory there that nobody else has; whoever asked for it deletes it. */
    Path make() throws IOException {
        return parent == null
                ? Files.createTempDirectory("dds-bench")
                : Files.createTempDirectory(Files.createDirectories(parent), "dds-bench");
    }
}
