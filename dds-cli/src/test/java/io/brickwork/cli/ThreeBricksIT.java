package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.TestCluster;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.client.Dds;
import io.brickwork.core.Durability;
import io.brickwork.core.ReadMode;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.hashtable.TableSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brick processes, as anyone would start them. */
class ThreeBricksIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path temp;

    @Test
    void oneSetIsThereOnAllThreeBricksAfterAllOfThemWereKilledAndTheyStopInOrderWhenToldTo() throws Exception {
        try (BrickProcesses bricks = BrickProcesses.on(
                temp.resolve("killed"),
                List.of("a", "b", "c"),
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                List.of("control-plane=off", "log-segment=1MiB"))) {
            bricks.startAll();
            awaitOpen(bricks);
            try (Dds dds = Dds.connect(bricks.addresses(), TestCluster::patiently)) {
                List<DdsHashTable<String, String>> tables = Arrays.stream(Durability.values())
                        .map(durability ->
                                dds.hashTable(TableSpec.of(durability.name(), Codecs.string(), Codecs.string())
                                        .durability(durability)))
                        .toList();
                for (DdsHashTable<String, String> table : tables) {
                    table.set("first", "milestone");
                    assertThat(table.get("first")).isEqualTo("milestone");
                }

                bricks.killAll();
                for (Place place : bricks.places()) {
                    Files.delete(bricks.logOf(place)); // may complain of the others, which were killed first
                }
                bricks.startAll();
                awaitOpen(bricks);
                for (Place place : bricks.places()) {
                    for (Durability durability : Durability.values()) {
                        assertThat(readAt(place, durability.name(), "first"))
                                .as("brick %s, %s", place.name(), durability)
                                .isEqualTo("milestone");
                    }
                }
                // The client has found its way back.
                assertThat(tables)
                        .allSatisfy(table -> assertThat(table.get("first")).isEqualTo("milestone"));
            }
            for (Place place : bricks.places()) {
                stopsInOrder(bricks, place);
            }
        }
    }

    private static void stopsInOrder(BrickProcesses bricks, Place place) throws Exception {
        Process process = bricks.process(place);
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(bricks.directoryOf(place).resolve("log/clean")).exists();
        assertThat(Files.readString(bricks.logOf(place))).doesNotContain("FATAL", "Exception");
    }

    @Test
    void theBricksFormAPekkoCluster() throws Exception {
        try (BrickProcesses bricks = BrickProcesses.on(
                temp.resolve("pekko"),
                List.of("a", "b", "c"),
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-DDDS_LOG=INFO"),
                List.of())) {
            bricks.startAll();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> assertThat(
                                    Files.readAllLines(
                                                    bricks.logOf(bricks.places().getFirst()))
                                            .stream()
                                            .filter(line -> line.contains("has joined"))
                                            .map(line -> line.replaceFirst(".*control plane of (\\S+) .*", "$1"))
                                            .distinct()
                                            .count())
                            .isEqualTo(3));
        }
    }

    private static String readAt(Place place, String table, String key) {
        try (BrickProbe probe = probe(place)) {
            StructureInfo structure = probe.read(Catalog.find(table), ReadMode.LINEARIZABLE)
                    .result()
                    .orElseThrow();
            return probe.read(
                            HashTableType.operations(structure)
                                    .get(Codecs.string().encode(key)),
                            ReadMode.LINEARIZABLE)
                    .result()
                    .map(Codecs.string()::decode)
                    .orElse("nothing");
        }
    }

    private static void awaitOpen(BrickProcesses bricks) throws Exception {
        for (Place place : bricks.places()) {
            try (BrickProbe probe = probe(place)) {
                while (!probe.serves()) {
                    bricks.checkAllRun();
                    Thread.sleep(20);
                }
            }
        }
    }

    private static BrickProbe probe(Place place) {
        return new BrickProbe("127.0.0.1", place.dataPort(), "brickwork", "", PATIENCE);
    }
}
