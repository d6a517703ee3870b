package io.brickwork.bricks.cli;

import io.brickwork.client.Dds;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.DdsHashTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which data a command is about: a running cluster's, or a directory's. */
final class TargetOptions {
    static final String DEFAULT_ADDRESS = "127.0.0.1:7400";

    @ArgGroup(exclusive = true)
    private @Nullable Place place;

    @Option(
            names = "--table",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "The hash table, of text to text; made by the first write. (default: ${DEFAULT-VALUE})")
    private String table;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long an operation may take. (default: ${DEFAULT-VALUE})")
    private double timeoutSeconds;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            defaultValue = "brickwork",
            description = "The cluster's name. (default: ${DEFAULT-VALUE})")
    private String cluster;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "",
            description = "What the bricks demand, if they do.")
    private String token;

    /** Either of the two. */
    static final class Place {
        @Option(
                names = {"-c", "--connect"},
                paramLabel = "HOST:PORT,...",
                description =
                        "Bricks of a running cluster; one that answers is enough. (default: " + DEFAULT_ADDRESS + ")")
        private @Nullable String connect;

        @Option(
                names = {"-d", "--dir"},
                paramLabel = "DIR",
                description = "A directory that no other process has open.")
        private @Nullable Path directory;
    }

    String tableName() {
        return table;
    }

    Duration timeout() {
        if (!(timeoutSeconds > 0 && timeoutSeconds <= 86_400)) {
            throw new CommandFailed(
                    "a timeout of " + timeoutSeconds + " seconds; it must be above 0 and at most a day");
        }
        return Duration.ofNanos((long) (timeoutSeconds * 1e9));
    }

    /**
     * @param creates whether a directory that is not there may be made
     */
    Dds open(boolean creates) {
        Place at = place;
        if (at != null && at.directory != null) {
            if (!creates && !Files.exists(at.directory.resolve("format"))) {
                throw new CommandFailed(at.directory + " holds no data: it is not there, or no brick has used it");
            }
            return Dds.embedded(at.directory, options -> options.timeout(timeout()));
        }
        String addresses = at == null || at.connect == null ? DEFAULT_ADDRESS : at.connect;
        return Dds.connect(
                addresses,
                options ->
                        options.cluster(cluster).token(token).timeout(timeout()).connectTimeout(timeout()));
    }

    /** The table, which must be there: looking for something makes nothing. */
    DdsHashTable<String, String> existingTable(Dds dds) {
        List<String> names = dds.structures().stream().map(StructureInfo::name).toList();
        if (!names.contains(table)) {
            throw new CommandFailed("there is no table '%s'; %s"
                    .formatted(table, names.isEmpty() ? "there is none at all" : "there are " + names));
        }
        return table(dds);
    }

    /** The table; made if it is not there. */
    DdsHashTable<String, String> table(Dds dds) {
        return dds.hashTable(table, String.class, String.class);
    }
}
