package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.bricks.probe.Wholeness;
import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A brick of a cluster whose table is damaged gets everything from the others. */
class DamagedBrickIT {
    private static final int KEYS = 400;
    private static final int PAGE_BYTES = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    @Test
    void brickWithADamagedTableJoinsAsNewAndNothingIsLost() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            for (int i = 0; i < KEYS; i++) {
                table.set("key-" + i, "value-" + i);
            }
            Path directory = cluster.settings(1).directory();
            cluster.stop(1);
            zeroPagesWithRecords(directory.resolve("table/data.mdb"));

            cluster.restart(1);

            List<BrickProbe> probes = new ArrayList<>();
            try {
                for (int brick = 0; brick < 3; brick++) {
                    probes.add(new BrickProbe(
                            "127.0.0.1",
                            cluster.settings(brick).self().dataPort(),
                            cluster.settings(brick).cluster(),
                            "",
                            PATIENCE));
                }
                assertThat(Wholeness.await(probes, PATIENCE)).isEmpty();
            } finally {
                probes.forEach(BrickProbe::close);
            }
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .as("what was damaged is kept for people to look at")
                        .anyMatch(name -> name.startsWith("set-aside-"));
            }
            for (int i = 0; i < KEYS; i++) {
                assertThat(table.get("key-" + i)).isEqualTo("value-" + i);
            }
        }
    }

    /** All pages with records, since some of them are free ones, which may hold anything. */
    private static void zeroPagesWithRecords(Path path) throws Exception {
        String bytes = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            for (int at = bytes.indexOf("key-1"); at >= 0; at = bytes.indexOf("key-1", at + 1)) {
                file.seek((long) at / PAGE_BYTES * PAGE_BYTES);
                file.write(new byte[PAGE_BYTES]);
            }
        }
    }
}
