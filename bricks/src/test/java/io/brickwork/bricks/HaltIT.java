package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.Dds;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.hashtable.DdsHashTable;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a brick does when it must not go on. */
class HaltIT {
    @TempDir
    Path temp;

    @Test
    void aBrickWhoseDiskFailsSendsNothingMoreAndFindsEverythingAcknowledgedWhenItIsStartedAgain() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 1);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            table.set("acknowledged", "yes");
            HostedBrick brick = cluster.brick(0);
            int port = brick.address().getPort();

            StoreFailedException failure = new StoreFailedException("the disk said no");
            Check.present(brick.brick(), "no brick").lane().halt(failure);

            assertThat(brick.halted().toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .isSameAs(failure);
            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> table.withTimeout(Duration.ofMillis(300)).get("acknowledged"))
                    .isInstanceOf(DdsException.Unavailable.class);
            assertThatThrownBy(() -> HostedBrick.start(cluster.settings(0)))
                    .hasMessageContaining("already open in this process"); // until the halted one is closed

            brick.close();
            assertThat(temp.resolve("a/log/clean")).doesNotExist();
            cluster.restart(0);
            assertThat(table.get("acknowledged")).isEqualTo("yes");
        }
    }

    @Test
    void theLastWordOfAHaltedBrickSaysWhatToDo() {
        assertThat(Brick.adviceFor(new StoreFailedException("no space left"), Path.of("/data/a")))
                .contains("no space left", "/data/a", "start the brick again");
        assertThat(Brick.adviceFor(new Check.InvariantBroken("seq 3 after 5"), Path.of("/data/a")))
                .contains("seq 3 after 5", "bug", "report");
        assertThat(Brick.adviceFor(new OutOfMemoryError("Java heap space"), Path.of("/data/a")))
                .contains("-Xmx");
        assertThat(Brick.adviceFor(new IllegalStateException("what?"), Path.of("/data/a")))
                .contains("IllegalStateException", "what?");
    }
}
