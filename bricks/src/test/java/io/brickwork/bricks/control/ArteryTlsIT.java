package io.brickwork.bricks.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.brickwork.bricks.TestCluster;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.client.Dds;
import io.brickwork.client.DdsOptions;
import io.brickwork.client.tls.ThrowAwayAuthority;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.DdsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The control plane over TLS. */
@Timeout(180)
class ArteryTlsIT {
    private static final List<String> HOSTS = List.of("127.0.0.1");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path temp;

    private static int members(ControlPlane plane) {
        ActorSystem<?> system = plane.system();
        int members = 0;
        if (system != null) {
            for (var member : Cluster.get(system).state().getMembers()) {
                members++;
            }
        }
        return members;
    }

    @Test
    void nodesMeetOverTlsAndOneThatOthersDoNotTrustStaysOutside() throws IOException {
        Path tls = Files.createDirectory(temp.resolve("tls"));
        ThrowAwayAuthority authority = ThrowAwayAuthority.in(tls);
        for (String brick : List.of("a", "b", "c")) {
            authority.issue(brick, HOSTS);
        }
        List<BrickSettings> settings = TestCluster.settings(
                temp,
                3,
                "control-plane = on",
                "tls { certificate = \"%s/\"${brickwork.brick.id}\".crt\"".formatted(tls),
                "key = \"%s/\"${brickwork.brick.id}\".key\"".formatted(tls),
                "trusted = \"%s/authority.crt\" }".formatted(tls));
        TlsFiles strangers = ThrowAwayAuthority.in(Files.createDirectory(temp.resolve("strangers")))
                .issue("stranger", HOSTS);
        replace(tls.resolve("c.crt"), strangers.certificate());
        replace(tls.resolve("c.key"), strangers.key());
        List<LaneOnly> lanes = List.of(new LaneOnly(), new LaneOnly(), new LaneOnly());
        try (ControlPlane a = ControlPlane.start(settings.get(0), List.of(), lanes.get(0));
                ControlPlane b = ControlPlane.start(settings.get(1), List.of(), lanes.get(1))) {
            try (ControlPlane c = ControlPlane.start(settings.get(2), List.of(), lanes.get(2))) {
                await().atMost(PATIENCE).until(() -> members(a) == 2 && members(b) == 2);
                assertThat(members(c)).as("members that the stranger sees").isZero();
            }
            assertThat(failure(settings.getFirst(), options -> {})).contains("control port");
            assertThat(failure(
                            settings.getFirst(),
                            options -> options.tls(TlsFiles.trusting(tls.resolve("authority.crt")))))
                    .as("a client without a certificate")
                    .contains("demands a certificate", "control port");
            authority.issue("c", HOSTS);
            try (ControlPlane c = ControlPlane.start(settings.get(2), List.of(), lanes.get(2))) {
                await().atMost(PATIENCE).until(() -> members(a) == 3 && members(c) == 3);
            }
        } finally {
            lanes.forEach(LaneOnly::close);
        }
    }

    /** Why a client gets nowhere that dials the control port, and not the data port. */
    private static String failure(BrickSettings brick, Consumer<DdsOptions> tls) {
        return String.valueOf(catchThrowableOfType(
                        DdsException.Unavailable.class,
                        () -> Dds.connect(
                                "127.0.0.1:" + brick.self().controlPort(),
                                options -> tls.accept(options.connectTimeout(Duration.ofSeconds(3)))))
                .getMessage());
    }

    private static void replace(Path file, @Nullable Path by) throws IOException {
        Files.copy(Objects.requireNonNull(by), file, StandardCopyOption.REPLACE_EXISTING);
    }
}
