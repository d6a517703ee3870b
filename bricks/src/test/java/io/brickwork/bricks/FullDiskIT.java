package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A brick whose capacity is used up refuses what makes it fuller, and nothing else. */
class FullDiskIT {
    private static final String VALUE = "v".repeat(16 << 10);
    private static final int MOST = 4096;

    @TempDir
    Path temp;

    @Test
    void putsAreRefusedInTimeWhatWasAcknowledgedIsReadableAndDeletesWork() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 1, "capacity = 24 MiB");
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            Set<String> acknowledged = new LinkedHashSet<>();
            DdsException refusal = null;
            for (int i = 0; i < MOST && refusal == null; i++) {
                try {
                    table.set("k" + i, VALUE);
                    acknowledged.add("k" + i);
                } catch (DdsException.Overloaded full) {
                    refusal = full;
                }
            }
            assertThat(refusal)
                    .isNotNull()
                    .hasMessageContaining("full")
                    .matches(DdsException::certainlyDidNotHappen, "certainly did not happen");
            assertThat(acknowledged).hasSizeGreaterThan(100);
            for (String key : acknowledged) {
                assertThat(table.get(key)).isEqualTo(VALUE);
            }
            assertThat(cluster.brick(0).halted().toCompletableFuture()).isNotDone();

            for (String key : acknowledged) {
                table.delete(key);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreException(DdsException.Overloaded.class)
                    .until(() -> {
                        table.set("again", VALUE);
                        return true;
                    });
            assertThat(table.get("again")).isEqualTo(VALUE);
        }
    }
}
