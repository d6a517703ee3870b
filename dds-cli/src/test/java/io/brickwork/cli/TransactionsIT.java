package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.TestCluster;
import io.brickwork.btree.DdsTree;
import io.brickwork.cli.transfer.Transfers;
import io.brickwork.client.Dds;
import io.brickwork.client.DdsOptions;
import io.brickwork.hashtable.DdsHashTable;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions over real tables, logs and sockets. */
class TransactionsIT {
    @TempDir
    Path temp;

    @Test
    void transactionsOfAnEmbeddedBrickOutliveIt() {
        try (Dds dds = Dds.embedded(temp)) {
            change(dds);
        }
        try (Dds dds = Dds.embedded(temp)) {
            isChanged(dds);
        }
    }

    @Test
    void transactionsOnThreeBricksAreSeenByOthers() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 3)) {
            Consumer<DdsOptions> patiently = TestCluster::patiently;
            try (Dds dds = Dds.connect(cluster.addresses(), patiently)) {
                change(dds);
            }
            try (Dds dds = Dds.connect(cluster.addresses(), patiently)) {
                isChanged(dds);
                Transfers transfers = new Transfers(dds);
                transfers.begin();
                Thread.sleep(2_000);
                Transfers.Result result = transfers.end();
                System.out.println("transfers over sockets: " + result);
                assertThat(result.isGood()).as("%s", result).isTrue();
            }
        }
    }

    private static DdsHashTable<String, Integer> table(Dds dds) {
        return dds.hashTable("table", String.class, Integer.class);
    }

    private static DdsTree<Integer, String> tree(Dds dds) {
        return dds.tree("tree", Integer.class, String.class);
    }

    private static void change(Dds dds) {
        DdsHashTable<String, Integer> table = table(dds);
        DdsTree<Integer, String> tree = tree(dds);
        for (int i = 0; i < 20; i++) {
            int number = i;
            dds.transact(tx -> {
                tx.on(table).merge("sum", number, Integer::sum);
                tx.on(table).put("n" + number, number);
                tx.on(tree).put(number, "n" + number);
                tx.on(tree).headMap(number).clear();
            });
        }
        assertThat(dds.miniTransaction()
                        .ifValue(table, "sum", 190)
                        .set(tree, 100, "last")
                        .commit())
                .isTrue();
        table.putAllAtomically(Map.of("x", 1, "y", 2, "z", 3));
    }

    private static void isChanged(Dds dds) {
        assertThat(table(dds).get("sum")).isEqualTo(190);
        assertThat(table(dds)).hasSize(24);
        assertThat(tree(dds)).containsExactly(Map.entry(19, "n19"), Map.entry(100, "last"));
    }
}
