package io.brickwork.bricks.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.brickwork.bricks.BrickSettings;
import io.brickwork.bricks.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneIT {
    @TempDir
    private Path temp;

    /** T42, T43: whatever makes the system end, down to a node that downs itself, the next one joins again. */
    @Test
    void anActorSystemThatEndsIsFollowedByAnother() throws Exception {
        BrickSettings settings =
                TestCluster.settings(temp, 1, "control-plane = on").getFirst();
        try (ControlPlane plane = ControlPlane.start(settings, List.of())) {
            plane.awaitStart();
            ActorSystem<?> first = plane.system();
            assertThat(first).isNotNull();
            first.terminate();
            await().atMost(Duration.ofMinutes(1)).until(() -> plane.system() != first);
            assertThat(first.whenTerminated().isCompleted()).isTrue();
        }
    }
}
