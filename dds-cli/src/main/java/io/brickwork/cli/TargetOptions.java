package io.brickwork.cli;

import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeType;
import io.brickwork.cli.local.ClusterFile;
import io.brickwork.cli.local.ClusterTls;
import io.brickwork.client.Dds;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.map.DdsMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which data a command is about: a running cluster's, or a directory's. */
final class TargetOptions {
    static final String DEFAULT_ADDRESS = "127.0.0.1:7400";

    private static final Duration LONGEST = Duration.ofDays(1);

    @ArgGroup(exclusive = true)
    private @Nullable Place place;

    @Option(
            names = "--table",
            paramLabel = "NAME",
            defaultValue = "main",
            description =
                    "The hash table or tree, of text to text; made by the first write. (default: ${DEFAULT-VALUE})")
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

    @Mixin
    private TokenOptions token;

    @Mixin
    private TlsOptions tls;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

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
        return OptionRange.seconds(command, "--timeout", timeoutSeconds, LONGEST);
    }

    /** @param creates whether a directory that is not there may be made */
    Dds open(boolean creates) {
        Place at = place;
        if (at != null && at.directory != null) {
            refuseCluster(at.directory);
            if (!creates && !Files.exists(at.directory.resolve("format"))) {
                throw new CommandFailed(at.directory + " holds no data: it is not there, or no brick has used it");
            }
            try {
                return Dds.embedded(at.directory, options -> options.timeout(timeout()));
            } catch (BrickStartException unfit) {
                throw new CommandFailed(ExitCodes.UNAVAILABLE, String.valueOf(unfit.getMessage()), unfit);
            }
        }
        String addresses = at == null || at.connect == null ? DEFAULT_ADDRESS : at.connect;
        TlsFiles files = tls.files(null);
        Reachability.check(addresses, cluster);
        return Dds.connect(addresses, options -> {
            options.cluster(cluster).token(token.token()).timeout(timeout()).connectTimeout(timeout());
            if (files != null) {
                options.tls(files);
            }
        });
    }

    /** What bricks hold that run as processes of their own is to be had from these only. */
    private static void refuseCluster(Path directory) {
        Optional<ClusterFile> cluster;
        try {
            cluster = ClusterFile.read(directory);
        } catch (IOException unreadable) {
            throw new CommandFailed(String.valueOf(unreadable.getMessage()), unreadable);
        }
        cluster.ifPresent(known -> {
            throw new CommandFailed("%s is the directory of a cluster, not of one brick: %s"
                    .formatted(
                            directory,
                            known.isUp()
                                    ? "ask its bricks, with --connect %s%s in place of --dir"
                                            .formatted(known.addresses(), trusting(directory))
                                    : "'./dds cluster up --bricks %d --dir %s' starts its bricks, and says how to connect to them"
                                            .formatted(known.members().size(), directory)));
        });
    }

    private static String trusting(Path directory) {
        ClusterTls tls = ClusterTls.find(directory);
        return tls == null ? "" : " --tls-trusted " + tls.operator().trusted();
    }

    /** The hash table or tree, which must be there: looking for something makes nothing. */
    DdsMap<String, String> existingMap(Dds dds) {
        List<StructureInfo> structures = dds.structures();
        return find(structures)
                .map(info -> open(dds, info))
                .orElseThrow(() -> new CommandFailed("there is no table '%s'; %s"
                        .formatted(
                                table,
                                structures.isEmpty()
                                        ? "there is none at all"
                                        : "there are "
                                                + structures.stream()
                                                        .map(StructureInfo::name)
                                                        .toList())));
    }

    /** The tree, which must be there. */
    DdsTree<String, String> existingTree(Dds dds) {
        if (existingMap(dds) instanceof DdsTree<String, String> tree) {
            return tree;
        }
        throw new CommandFailed(
                "'%s' is a hash table, which has no order; 'dump' writes all of it, 'load --tree' makes trees"
                        .formatted(table));
    }

    /** The hash table or tree; if there is neither, a hash table is made. */
    DdsMap<String, String> map(Dds dds) {
        return find(dds.structures())
                .map(info -> open(dds, info))
                .orElseGet(() -> dds.hashTable(table, String.class, String.class));
    }

    /** The tree; made if it is not there. */
    DdsTree<String, String> tree(Dds dds) {
        return dds.tree(table, String.class, String.class);
    }

    private Optional<StructureInfo> find(List<StructureInfo> structures) {
        return structures.stream().filter(info -> info.name().equals(table)).findFirst();
    }

    private DdsMap<String, String> open(Dds dds, StructureInfo info) {
        return info.spec().type().equals(TreeType.NAME) ? tree(dds) : dds.hashTable(table, String.class, String.class);
    }
}
