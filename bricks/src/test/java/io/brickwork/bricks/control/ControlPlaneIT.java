package io.brickwork.bricks.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.brickwork.bricks.TestCluster;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.client.link.ClusterSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ControlPlaneIT {
    @TempDir
    private Path temp;

    @AutoClose
    private final LaneOnly hosted = new LaneOnly();

    @Test
    void brickStopsInThePhasesOfTheShutdown() throws Exception {
        BrickSettings settings =
                TestCluster.settings(temp, 1, "control-plane = on").getFirst();
        ControlPlane plane = ControlPlane.start(settings, List.of(), hosted);
        plane.awaitStart();
        ActorSystem<?> system = Objects.requireNonNull(plane.system());
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceUnbind(), "unbind", () -> done("unbind"));
        CoordinatedShutdown.get(system).addTask(CoordinatedShutdown.PhaseClusterLeave(), "leave", () -> done("leave"));
        plane.close();
        assertThat(hosted.calls).containsExactly("unbind", "hand over", "stop", "leave", "stop");
        assertThat(system.whenTerminated().isCompleted()).isTrue();
    }

    private CompletionStage<Done> done(String what) {
        hosted.calls.add(what);
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** A node that the others have counted as down ends, and its brick goes on. */
    @Test
    void brickDoesNotStopForWhatElseEndsTheSystem() throws Exception {
        BrickSettings settings =
                TestCluster.settings(temp, 1, "control-plane = off").getFirst();
        try (ControlPlane plane = ControlPlane.start(settings, List.of(), hosted)) {
            plane.awaitStart();
            ActorSystem<?> system = Objects.requireNonNull(plane.system());
            CoordinatedShutdown.get(system)
                    .runAll(CoordinatedShutdown.clusterDowningReason())
                    .toCompletableFuture()
                    .join();
            assertThat(hosted.calls).isEmpty();
        }
        assertThat(hosted.calls).containsExactly("hand over", "stop");
    }

    /** T42, T43: whatever makes the system end, down to a node that downs itself, the next one joins again. */
    @Test
    void anActorSystemThatEndsIsFollowedByAnother() throws Exception {
        BrickSettings settings =
                TestCluster.settings(temp, 1, "control-plane = on").getFirst();
        try (ControlPlane plane = ControlPlane.start(settings, List.of(), hosted)) {
            plane.awaitStart();
            ActorSystem<?> first = plane.system();
            assertThat(first).isNotNull();
            first.terminate();
            await().atMost(Duration.ofMinutes(1)).until(() -> plane.system() != first);
            assertThat(first.whenTerminated().isCompleted()).isTrue();
        }
    }

    /**
     * A frame of Artery's with a negative length, on which Pekko 1.7.0 logs for ever, ends the connection and the actor
     * system, not the disk's space.
     */
    @Test
    void aFrameOfNegativeLengthCostsSomeLinesAndANewActorSystem() throws Exception {
        BrickSettings settings =
                TestCluster.settings(temp, 1, "control-plane = on").getFirst();
        AtomicInteger lines = new AtomicInteger();
        AppenderBase<ILoggingEvent> counter = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.incrementAndGet();
            }
        };
        counter.start();
        Logger pekko = (Logger) LoggerFactory.getLogger("org.apache.pekko");
        pekko.addAppender(counter);
        pekko.setAdditive(false);
        try (ControlPlane plane = ControlPlane.start(settings, List.of(), hosted)) {
            plane.awaitStart();
            ActorSystem<?> first = plane.system();
            assertThat(first).isNotNull();
            int port = settings.self().controlPort();
            assertThat(isHungUp(port, "AKKA")).as("a stranger, at once").isTrue();
            assertThat(plane.system()).isSameAs(first);
            ClusterSecret secret = Objects.requireNonNull(settings.secret());
            assertThat(isHungUp(port, secret.password("artery", 4)))
                    .as("somebody who has listened to the bricks")
                    .isTrue();
            await().atMost(Duration.ofMinutes(1)).until(() -> plane.system() != first);
            assertThat(lines).hasValueLessThan(500);
        } finally {
            pekko.detachAppender(counter);
            pekko.setAdditive(true);
        }
    }

    /** Whether somebody who begins with these letters, and goes on with such a frame, is hung up on. */
    private static boolean isHungUp(int port, String magic) throws IOException {
        byte[] frame = ByteBuffer.allocate(13)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(magic.getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .putInt(-100)
                .array();
        try (Socket stranger = connect(port)) {
            stranger.setSoTimeout(30_000);
            stranger.getOutputStream().write(frame);
            return stranger.getInputStream().read() == -1;
        } catch (SocketTimeoutException nothing) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static Socket connect(int port) {
        return await().atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> new Socket(InetAddress.getLoopbackAddress(), port), socket -> true);
    }
}
