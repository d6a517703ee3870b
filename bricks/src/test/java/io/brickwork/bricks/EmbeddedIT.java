package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableMapSuite;
import io.brickwork.hashtable.HashTableMapSuite.Portion;
import io.brickwork.hashtable.HashTableMapSuite.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A brick in the caller's own process. */
class EmbeddedIT {
    @TempDir
    Path temp;

    @Test
    void reopeningFindsTheData() {
        for (int round = 0; round < 3; round++) {
            try (Dds dds = Dds.embedded(temp)) {
                DdsHashTable<String, Long> table = dds.hashTable("t", String.class, Long.class);
                for (int earlier = 0; earlier < round; earlier++) {
                    assertThat(table.get("round " + earlier)).isEqualTo(earlier);
                }
                assertThat(table).hasSize(round);
                table.put("round " + round, (long) round);
            }
        }
    }

    @Test
    void twoOnOneDirectoryAreToldApart() {
        try (Dds dds = Dds.embedded(temp)) {
            assertThatThrownBy(() -> Dds.embedded(temp))
                    .hasMessageContaining(temp.toString())
                    .hasMessageContaining("already open in this process");
            dds.hashTable("t", String.class, String.class).set("still", "here");
        }
        Dds.embedded(temp).close();
    }

    @Test
    void aFileIsNoDirectory() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> Dds.embedded(file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("is a file, not a directory");
    }

    @Test
    void manyThreadsSeeEachOthersWrites() {
        try (Dds dds = Dds.embedded(temp)) {
            DdsHashTable<Integer, Integer> table = dds.hashTable("t", Integer.class, Integer.class);
            IntStream.range(0, 4000).parallel().forEach(i -> {
                table.merge(i % 40, 1, Integer::sum);
                assertThat(table.get(i % 40)).isPositive();
            });
            assertThat(table.values()).hasSize(40).containsOnly(100);
        }
    }

    @Test
    void anEmbeddedTableIsAConcurrentMap() {
        try (Dds dds = Dds.embedded(temp)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            Report report = HashTableMapSuite.run(
                    "embedded brick",
                    () -> {
                        table.clear();
                        return table;
                    },
                    Portion.ALL);
            System.out.printf(
                    "guava on an embedded brick: %d cases in %d ms%n",
                    report.cases(), report.time().toMillis());
            assertThat(report.cases()).isGreaterThan(900);
        }
    }
}
