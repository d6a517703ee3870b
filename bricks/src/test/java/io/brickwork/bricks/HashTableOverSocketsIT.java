package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableMapSuite;
import io.brickwork.map.GuavaSuite.Portion;
import io.brickwork.map.GuavaSuite.Report;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guava's contract of {@code ConcurrentMap} over real sockets and three bricks; {@code -Dguava.portion=ALL} (the
 * profile full-suites) runs all of it.
 */
class HashTableOverSocketsIT {
    @TempDir
    Path temp;

    @Test
    void aTableOnThreeBricksIsAConcurrentMap() throws Exception {
        Portion portion = Portion.valueOf(System.getProperty("guava.portion", "TENTH"));
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            Report report = HashTableMapSuite.run(
                    "three bricks over sockets",
                    () -> {
                        table.clear();
                        return table;
                    },
                    portion);
            System.out.printf(
                    "guava over sockets: %d cases in %d ms%n",
                    report.cases(), report.time().toMillis());
            assertThat(report.cases()).isGreaterThan(portion == Portion.ALL ? 900 : 90);
        }
    }
}
