package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeMapSuite;
import io.brickwork.btree.TreeSpec;
import io.brickwork.btree.TreeType;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.map.GuavaSuite;
import io.brickwork.map.GuavaSuite.Portion;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Guava's contract of a ConcurrentNavigableMap on three simulated bricks: a tenth of the cases, or all of them with
 * {@code -Dguava.portion=ALL}.
 */
class TreeSimSuiteTest {
    @Test
    void treeOnThreeSimulatedBricksIsAConcurrentNavigableMap() {
        Portion portion = Portion.valueOf(System.getProperty("guava.portion", "FIFTIETH"));
        World world = new World(7, WorldOptions.CALM, new StructureTypes(List.of(TreeType.INSTANCE)));
        world.start();
        SimInvoker invoker = new SimInvoker(world, world.addClient("suite"));
        DdsTree<String, String> table = DdsTree.open(
                invoker,
                TreeSpec.of("t", OrderedCodecs.string(), Codecs.string()).partitions(4),
                CallOptions.DEFAULT);

        GuavaSuite.Report report = TreeMapSuite.run(
                "three simulated bricks",
                () -> {
                    table.clear();
                    return table;
                },
                portion);

        System.out.printf(
                "%,d cases in %.1f s, %,d events, %.1f s of virtual time, %,d commits%n",
                report.cases(),
                report.time().toMillis() / 1e3,
                world.queue().executed(),
                world.queue().nowNanos() / 1e9,
                world.overseer().commits());
        assertThat(report.cases()).isGreaterThan(portion == Portion.ALL ? 30_000 : 600);
        assertThat(world.overseer().commits()).isGreaterThan(1_000);
    }
}
