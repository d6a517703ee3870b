package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.client.Dds;
import io.brickwork.client.tls.ThrowAwayAuthority;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.DdsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosted bricks and clients over TLS. */
@Timeout(180)
class TlsIT {
    private static final List<String> HOSTS = List.of("127.0.0.1");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private Path tls;
    private Path trusted;

    @BeforeEach
    void makeCertificates() throws IOException {
        tls = Files.createDirectory(temp.resolve("tls"));
        trusted = tls.resolve("authority.crt");
        ThrowAwayAuthority.in(tls).issue("brick", HOSTS);
    }

    private BrickSettings settings(String... more) throws IOException {
        String files = "tls { certificate = \"%s/brick.crt\", key = \"%s/brick.key\", trusted = \"%s\" }"
                .formatted(tls, tls, trusted);
        return TestCluster.settings(temp, 1, files, String.join("\n", more)).getFirst();
    }

    private static Dds connect(BrickSettings brick, Path trusted) {
        return Dds.connect(
                "127.0.0.1:" + brick.self().dataPort(),
                options -> options.tls(TlsFiles.trusting(trusted))
                        .timeout(PATIENCE)
                        .connectTimeout(PATIENCE));
    }

    @Test
    void newCertificatesAreShownToNewClientsWhileOthersGoOn() throws IOException {
        BrickSettings settings = settings();
        Path next = Files.createDirectory(temp.resolve("next"));
        TlsFiles files = ThrowAwayAuthority.in(next).issue("brick", HOSTS);
        try (HostedBrick brick = HostedBrick.start(settings);
                Dds before = connect(settings, trusted)) {
            before.hashTable("t", String.class, String.class).set("k", "v");
            for (String name : List.of("brick.crt", "brick.key")) {
                Files.copy(next.resolve(name), tls.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
            try (Dds after = connect(settings, files.trusted())) {
                assertThat(after.hashTable("t", String.class, String.class)).containsEntry("k", "v");
            }
            assertThat(before.hashTable("t", String.class, String.class)).containsEntry("k", "v");
            assertThat(brick.id()).isEqualTo(settings.id());
        }
    }

    @Test
    void addressThatOthersCanReachNeedsTlsAndATokenOrCertificates() throws IOException {
        BrickSettings open = settings("bind = 0.0.0.0");
        assertThatThrownBy(() -> HostedBrick.start(open))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("a token (brickwork.brick.token or .tokens-file)")
                .hasMessageContaining("brickwork.brick.tls.client-certificates = on");
        BrickSettings known = settings("bind = 0.0.0.0", "tls.client-certificates = on");
        try (HostedBrick brick = HostedBrick.start(known)) {
            assertThat(brick.address().getAddress().isAnyLocalAddress()).isTrue();
            assertThatThrownBy(() -> Dds.connect(
                            "127.0.0.1:" + known.self().dataPort(),
                            options -> options.tls(TlsFiles.trusting(trusted)).connectTimeout(Duration.ofSeconds(2))))
                    .isInstanceOf(DdsException.Unavailable.class)
                    .hasMessageContaining("has shown no certificate");
        }
    }
}
