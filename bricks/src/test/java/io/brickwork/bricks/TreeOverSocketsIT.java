package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeMapSuite;
import io.brickwork.client.Dds;
import io.brickwork.map.GuavaSuite.Portion;
import io.brickwork.map.GuavaSuite.Report;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guava's contract of {@code ConcurrentNavigableMap} over real sockets and three bricks; {@code -Dguava.portion=ALL} (the profile full-suites) runs all of it. */
class TreeOverSocketsIT {
    @TempDir
    Path temp;

    @Test
    void aTreeOnThreeBricksIsAConcurrentNavigableMap() throws Exception {
        Portion portion = Portion.valueOf(System.getProperty("guava.portion", "TENTH"));
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsTree<String, String> tree = dds.tree("t", String.class, String.class);
            Report report = TreeMapSuite.run(
                    "three bricks over sockets",
                    () -> {
                        tree.clear();
                        return tree;
                    },
                    portion);
            System.out.printf(
                    "guava on a tree over sockets: %d cases in %d ms%n",
                    report.cases(), report.time().toMillis());
            assertThat(report.cases()).isGreaterThan(portion == Portion.ALL ? 30_000 : 3_000);
        }
    }
}
