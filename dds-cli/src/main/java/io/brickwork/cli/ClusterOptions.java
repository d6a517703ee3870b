package io.brickwork.cli;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.cli.local.ClusterFile;
import io.brickwork.cli.local.ClusterTls;
import io.brickwork.cli.local.LocalCluster;
import io.brickwork.client.link.ClusterSecret;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.tls.Tls;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.group.MetadataCommand;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which cluster an operator's command is about. */
final class ClusterOptions {
    private static final Duration LONGEST = Duration.ofHours(1);

    @Option(
            names = {"-c", "--connect"},
            paramLabel = "HOST:PORT,...",
            defaultValue = TargetOptions.DEFAULT_ADDRESS,
            description = "Bricks to ask for the others. (default: ${DEFAULT-VALUE})")
    private String connect;

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description = "Ask the cluster that './dds cluster up' has started there.")
    private @Nullable Path directory;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long a brick may take. (default: ${DEFAULT-VALUE})")
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

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description =
                    "The secret of the cluster, which whoever changes it must have. (default: with --dir the cluster's own, else what the environment variable BRICKWORK_SECRET holds)")
    private @Nullable Path secretFile;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private @Nullable ClusterSecret secret() {
        if (secretFile != null) {
            return SecretFile.read(secretFile);
        }
        return directory != null ? SecretFile.find(directory) : SecretFile.fromEnvironment();
    }

    private @Nullable Tls tls() {
        ClusterTls own = directory == null ? null : ClusterTls.find(directory);
        TlsFiles files = tls.files(own == null ? null : own.operator());
        return files == null ? null : Tls.of(files);
    }

    /** Null unless the cluster was started by a command on this machine. */
    @Nullable
    LocalCluster local() {
        return directory == null ? null : new LocalCluster(directory);
    }

    /** How to name the cluster in another command. */
    String target() {
        return directory == null ? "--connect " + connect : "--dir " + directory;
    }

    BrickProbe probe(String host, int port) {
        return new BrickProbe(
                host,
                port,
                cluster,
                LinkOptions.DEFAULT
                        .withToken(Bytes.utf8(token.token()))
                        .withSecret(secret())
                        .withTls(tls()),
                OptionRange.seconds(command, "--timeout", timeoutSeconds, LONGEST));
    }

    /**
     * Has the first brick that answers carry out an operator's command.
     *
     * @return why it had no effect; empty if it had
     * @throws CommandFailed if no brick answers, or there is neither a secret nor a token by which this command could
     *     prove that it may
     */
    Optional<String> instruct(MetadataCommand.OfOperator command) throws IOException {
        if (secret() == null && token.token().isEmpty()) {
            throw new CommandFailed(
                    "only an operator may change the cluster, and proves to be one by the secret of the cluster: give the bricks' secret file with --secret-file FILE, or its text in the environment variable %s; or a token with the right 'admin' with --token-file FILE"
                            .formatted(SecretFile.VARIABLE));
        }
        return askAny(probe -> probe.instruct(command));
    }

    /**
     * Asks the first brick that answers.
     *
     * @throws CommandFailed if none does
     */
    <R> R askAny(Function<BrickProbe, R> question) throws IOException {
        String addresses = connect;
        LocalCluster own = local();
        if (own != null) {
            ClusterFile known = own.known();
            if (!known.isUp()) {
                throw new CommandFailed(
                        "no brick of the cluster in %s is running; './dds cluster up --bricks %d --dir %s' starts them"
                                .formatted(directory, known.members().size(), directory));
            }
            addresses = known.addresses();
        }
        List<String> failures = new ArrayList<>();
        for (String address : addresses.split(",")) {
            int colon = address.lastIndexOf(':');
            String host = host(address, colon);
            int port = port(address, colon);
            String refusal = Reachability.refusal(host, port);
            if (refusal != null) {
                failures.add("the brick at %s gave no answer: %s".formatted(address.strip(), refusal));
                continue;
            }
            try (BrickProbe probe = probe(host, port)) {
                return question.apply(probe);
            } catch (DdsException unreachable) {
                failures.add(String.valueOf(unreachable.getMessage()));
            }
        }
        throw new CommandFailed(
                ExitCodes.UNAVAILABLE,
                failures.isEmpty() ? "no address to connect to" : String.join("; ", failures),
                new ConnectException());
    }

    private static String host(String address, int colon) {
        String host = address.substring(0, Math.max(0, colon)).strip();
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String address, int colon) {
        try {
            return Integer.parseInt(address.substring(colon + 1).strip());
        } catch (NumberFormatException bad) {
            throw new CommandFailed("'" + address + "' is not host:port", bad);
        }
    }
}
