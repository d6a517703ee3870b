package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeSpec;
import io.brickwork.client.Dds;
import io.brickwork.core.Limits;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.junit.SimTest;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.IntStream;

/** Structures that are as large as they may be, on three bricks, and what is a little larger. */
class SizeLimitsTest {
    private static String[] keys(int count, int bytes) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format(Locale.ROOT, "%0" + bytes + "d", i))
                .toArray(String[]::new);
    }

    @SimTest(seeds = 1)
    void aTableWithTheMostPartitionsServes(SimCluster cluster) {
        Dds dds = cluster.dds(options -> options.timeout(Duration.ofSeconds(30)));
        TableSpec<String, String> spec = TableSpec.of("wide", Codecs.string(), Codecs.string());
        assertThatThrownBy(() -> spec.partitions(2 * Limits.PARTITIONS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2048 partitions")
                .hasMessageContaining("to 1024");
        DdsHashTable<String, String> wide = dds.hashTable(spec.partitions(Limits.PARTITIONS));
        assertThat(wide.size()).as("asked at every partition").isZero();
        for (int i = 0; i < 50; i++) {
            wide.set("k" + i, "v");
        }
        assertThat(wide.size()).isEqualTo(50);
        assertThat(cluster.elapsed()).isLessThan(Duration.ofSeconds(30));
    }

    @SimTest(seeds = 1)
    void aTreeBeginsAtAsManyKeysAsFitIntoACommand(SimCluster cluster) {
        Dds dds = cluster.dds(options -> options.timeout(Duration.ofSeconds(30)));
        TreeSpec<String, String> spec = TreeSpec.of("tree", OrderedCodecs.string(), Codecs.string());
        int most = Limits.FENCE_BYTES
                / (3 + OrderedCodecs.string().encode(keys(1, 470)[0]).length());
        assertThatThrownBy(() -> spec.partitionsAt(keys(most + 1, 470)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the limit is " + Limits.FENCE_BYTES);
        assertThatThrownBy(() -> spec.partitionsAt(keys(Limits.PARTITIONS, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1025 partitions; the limit is 1024");
        DdsTree<String, String> tree = dds.tree(spec.partitionsAt(keys(most, 470)));
        String[] keys = keys(most, 470);
        tree.set(keys[0], "first");
        tree.set(keys[most - 1], "last");
        assertThat(tree.size()).isEqualTo(2);
        DdsTree<String, String> attacked = dds.tree(
                TreeSpec.of("attacked", OrderedCodecs.string(), Codecs.string()).partitionsAt(keys(127, 300)));
        attacked.set("a", "b");
        assertThat(attacked.get("a")).isEqualTo("b");
    }
}
