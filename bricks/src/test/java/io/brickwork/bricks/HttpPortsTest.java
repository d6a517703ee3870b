package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without the artifact that opens HTTP ports. */
class HttpPortsTest {
    @TempDir
    Path temp;

    @Test
    void theArtifactThatIsMissingIsNamed() throws Exception {
        BrickSettings settings =
                TestCluster.settings(temp, 1, "http = \"127.0.0.1:7600\"").getFirst();
        assertThatThrownBy(() -> HostedBrick.start(settings))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("add the artifact io.brickwork:bricks-http");
        assertThatThrownBy(() -> TestCluster.settings(temp, 1, "http = \"7600\""))
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("brickwork.brick.http is '7600'; it must be host:port");
    }
}
