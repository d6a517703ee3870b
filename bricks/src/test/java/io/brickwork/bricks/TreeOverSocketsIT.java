package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeMapSuite;
import io.brickwork.btree.TreeSpec;
import io.brickwork.client.Dds;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.map.GuavaSuite.Portion;
import io.brickwork.map.GuavaSuite.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guava's contract of {@code ConcurrentNavigableMap} over real sockets and three bricks;
 * {@code -Dguava.tree.portion=ALL} (the profile full-suites) runs all of it.
 */
class TreeOverSocketsIT {
    /** How many cases are under way at once, each on a tree of its own: a case is little work and much waiting. */
    private static final int CALLERS = 8;

    @TempDir
    Path temp;

    @Test
    void aTreeOnThreeBricksIsAConcurrentNavigableMap() throws Exception {
        Portion portion = Portion.valueOf(System.getProperty("guava.tree.portion", "FIFTIETH"));
        try (TestCluster cluster = TestCluster.start(temp, 3);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            AtomicInteger trees = new AtomicInteger();
            ThreadLocal<DdsTree<String, String>> own =
                    ThreadLocal.withInitial(() -> dds.tree("t" + trees.getAndIncrement(), String.class, String.class));
            Report report = TreeMapSuite.run(
                    "three bricks over sockets",
                    () -> {
                        own.get().clear();
                        return own.get();
                    },
                    portion,
                    CALLERS);
            System.out.printf(
                    "guava on a tree over sockets: %d cases in %d ms%n",
                    report.cases(), report.time().toMillis());
            assertThat(report.cases()).isGreaterThan(portion == Portion.ALL ? 30_000 : 600);
        }
    }

    /** Clients are not told where a tree that exists is divided: bricks that they ask in vain say it. */
    @Test
    void aTreeIsDividedWhereItsCreatorSays() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3)) {
            try (Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
                DdsTree<String, String> tree = dds.tree(TreeSpec.of("words", OrderedCodecs.string(), Codecs.string())
                        .partitionsAt("t", "g", "n"));
                assertThat(tree.spec().partitions()).isEqualTo(4);
                List.of("apple", "g", "gate", "mill", "n", "zebra").forEach(word -> tree.set(word, word));
            }
            try (Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
                DdsTree<String, String> tree = dds.tree("words", String.class, String.class);
                assertThat(tree.get("n")).isEqualTo("n");
                assertThat(tree.keySet()).containsExactly("apple", "g", "gate", "mill", "n", "zebra");
                assertThat(tree.descendingMap().firstKey()).isEqualTo("zebra");
                assertThat(tree.lowerKey("g")).isEqualTo("apple");
                assertThat(tree.mappingCount()).isEqualTo(6);
                assertThat(tree.subMap("f", "o").removeRange()).isEqualTo(4);
                assertThat(tree.size()).isEqualTo(2);
                tree.merge("zebra", "!", String::concat);
                assertThat(tree.pollLastEntry()).isEqualTo(Map.entry("zebra", "zebra!"));
            }
        }
    }
}
