package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.TestCluster;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real disk error, made by the system: no file of the process may grow beyond a limit. */
class DiskFailureIT {
    private static final String VALUE = "v".repeat(32 << 10);
    private static final int MOST = 20_000;

    @TempDir
    Path temp;

    @Test
    void aBrickWhoseWritesFailHaltsAndNothingAcknowledgedIsLost() throws Exception {
        try (BrickProcesses bricks = BrickProcesses.on(
                temp,
                List.of("a"),
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                List.of("control-plane=off", "log-segment=1MiB"))) {
            Place place = bricks.places().getFirst();
            bricks.start(place, List.of("bash", "-c", "ulimit -f 8192; exec \"$@\"", "limited")); // 8 MiB
            int acknowledged = 0;
            try (Dds dds = Dds.connect(bricks.addresses(), TestCluster::patiently)) {
                DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
                DdsHashTable<String, String> hasty = table.withTimeout(Duration.ofSeconds(5));
                Process process = bricks.process(place);
                while (acknowledged < MOST && process.isAlive()) {
                    try {
                        hasty.set("k" + acknowledged, VALUE);
                        acknowledged++;
                    } catch (DdsException noAnswer) {
                        break;
                    }
                }
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(70);
                assertThat(acknowledged).isPositive();
                assertThat(Files.readString(bricks.logOf(place)))
                        .contains("FATAL: brick a has halted")
                        .contains(bricks.directoryOf(place).toString())
                        .contains("start the brick again");

                bricks.start(place); // without the limit
                for (int i = 0; i < acknowledged; i++) {
                    assertThat(table.get("k" + i))
                            .as("k%d of %d", i, acknowledged)
                            .isEqualTo(VALUE);
                }
                table.set("and", "on");
                assertThat(table.get("and")).isEqualTo("on");
            }
        }
    }
}
