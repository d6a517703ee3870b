package io.brickwork.cli.local;

import io.brickwork.bricks.disk.OwnerOnly;
import io.brickwork.client.tls.ThrowAwayAuthority;
import io.brickwork.client.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TLS files of a cluster on this machine: in {@value #NAME} of the cluster's directory, from an authority that was
 * made for this cluster and lies there too. A brick gets a new certificate each time that it is started.
 */
public final class ClusterTls {
    static final String NAME = "tls";

    private static final String OPERATOR = "operator";
    private static final List<String> HOSTS = List.of("127.0.0.1", "::1", "localhost");

    private final Path directory;

    private ClusterTls(Path directory) {
        this.directory = directory;
    }

    /** What lies in the directory of a cluster; null if it speaks no TLS. */
    public static @Nullable ClusterTls find(Path cluster) {
        Path directory = cluster.resolve(NAME);
        return ThrowAwayAuthority.isIn(directory) ? new ClusterTls(directory) : null;
    }

    /** Makes the authority, unless it is there, and a new certificate for operators. */
    static void make(Path cluster) throws IOException {
        Path directory = cluster.resolve(NAME);
        OwnerOnly.createDirectories(directory);
        ThrowAwayAuthority.in(directory).issue(OPERATOR, List.of());
    }

    /** What a command shows and trusts. */
    public TlsFiles operator() {
        return ThrowAwayAuthority.files(directory, OPERATOR);
    }

    /** Makes a new certificate for a brick; the settings that name it, each {@code key=value}. */
    List<String> settings(String brick) throws IOException {
        TlsFiles files = ThrowAwayAuthority.in(directory).issue(brick, HOSTS);
        return List.of(
                "tls.certificate=" + files.certificate(), "tls.key=" + files.key(), "tls.trusted=" + files.trusted());
    }
}
