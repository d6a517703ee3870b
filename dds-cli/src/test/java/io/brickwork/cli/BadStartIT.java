package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.TestCluster;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bricks that cannot start say why, and leave nothing behind. */
class BadStartIT {
    @TempDir
    Path temp;

    @Test
    void aDataPortInUseIsNamedAndTheDirectoryIsFreeAgain() throws Exception {
        BrickSettings settings = TestCluster.settings(temp, 1).getFirst();
        try (ServerSocket taken = new ServerSocket(settings.self().dataPort(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HostedBrick.start(settings))
                    .isInstanceOf(BrickStartException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
        }
        HostedBrick.start(settings).close();
    }

    @Test
    void aControlPortInUseIsNamed() throws Exception {
        BrickSettings settings =
                TestCluster.settings(temp, 1, "control-plane = on").getFirst();
        try (ServerSocket taken =
                new ServerSocket(settings.self().controlPort(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HostedBrick.start(settings))
                    .isInstanceOf(BrickStartException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("control plane");
        }
    }

    @Test
    void aSecondProcessOnADirectoryIsToldWhoHasIt() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 1);
                BrickProcesses second = BrickProcesses.on(temp, List.of("a"), List.of("-Xmx128m"), List.of())) {
            Place place = second.places().getFirst(); // the same name, so the same directory, on other ports
            second.start(place);
            assertThat(second.process(place).waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(second.process(place).exitValue()).isEqualTo(1);
            assertThat(Files.readAllLines(second.logOf(place)))
                    .singleElement()
                    .asString()
                    .startsWith("dds: directory " + temp.resolve("a").toRealPath())
                    .contains("pid " + ProcessHandle.current().pid());
            assertThat(cluster.brick(0).halted().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void aBrickOnOtherAddressesThanLoopbackRefusesToStartUnprotected() throws Exception {
        BrickSettings settings = TestCluster.settings(temp, 1, "bind = 0.0.0.0").getFirst();
        assertThatThrownBy(() -> HostedBrick.start(settings))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("TLS");
    }

    @Test
    void aRottenTableIsNamed() throws Exception {
        BrickSettings settings = TestCluster.settings(temp, 1).getFirst();
        HostedBrick.start(settings).close();
        Path data = temp.resolve("a/table/data.mdb");
        byte[] bytes = Files.readAllBytes(data);
        Arrays.fill(bytes, (byte) 0x5a);
        Files.write(data, bytes);
        assertThatThrownBy(() -> HostedBrick.start(settings))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining(temp.resolve("a").toString());
    }

    @Test
    void settingsComeFromAFileToo() throws Exception {
        Path file = Files.writeString(
                temp.resolve("brick.conf"),
                "brickwork.brick { id = x, members = [\"x=127.0.0.1:7999\"], directory = d }");
        assertThat(BrickSettings.of(ConfigFactory.parseFile(file.toFile()))
                        .self()
                        .dataPort())
                .isEqualTo(7999);
    }
}
