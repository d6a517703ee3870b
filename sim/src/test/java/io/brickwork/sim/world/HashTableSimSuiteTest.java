package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableMapSuite;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.map.GuavaSuite;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guava's contract of a ConcurrentMap, in full, on three simulated bricks. */
class HashTableSimSuiteTest {
    @Test
    void hashTableOnThreeSimulatedBricksIsAConcurrentMap() {
        World world = new World(7, WorldOptions.CALM, new StructureTypes(List.of(HashTableType.INSTANCE)));
        world.start();
        SimInvoker invoker = new SimInvoker(world, world.addClient("suite"));
        DdsHashTable<String, String> table = DdsHashTable.open(
                invoker, TableSpec.of("t", Codecs.string(), Codecs.string()).partitions(4), CallOptions.DEFAULT);

        GuavaSuite.Report report = HashTableMapSuite.run(
                "three simulated bricks",
                () -> {
                    table.clear();
                    return table;
                },
                GuavaSuite.Portion.ALL);

        System.out.printf(
                "%,d cases in %.1f s, %,d events, %.1f s of virtual time, %,d commits%n",
                report.cases(),
                report.time().toMillis() / 1e3,
                world.queue().executed(),
                world.queue().nowNanos() / 1e9,
                world.overseer().commits());
        assertThat(report.cases()).isGreaterThan(900);
        assertThat(world.overseer().commits()).isGreaterThan(1_000);
    }
}
