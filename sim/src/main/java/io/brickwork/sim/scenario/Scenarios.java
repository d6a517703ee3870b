package io.brickwork.sim.scenario;

import io.brickwork.btree.TreeType;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.sim.workload.MapCalls;
import io.brickwork.sim.workload.RegisterType;
import java.util.List;

/** All scenarios that can be asked for by name. */
public final class Scenarios {
    private static final StructureTypes REGISTERS = new StructureTypes(List.of(RegisterType.TYPE));

    private static final StructureTypes MAPS = new StructureTypes(List.of(HashTableType.INSTANCE, TreeType.INSTANCE));

    private static final List<Scenario> ALL = List.of(
            new Scenario(
                    "hash/swarm",
                    "callers on a hash table; every run draws its own cluster, network, disks, callers and faults",
                    RunOptions::draw,
                    MapCalls.HASH_TABLE,
                    MAPS,
                    false),
            new Scenario(
                    "register/swarm",
                    "the same on a map that can append, to see whether anything takes effect twice",
                    RunOptions::draw,
                    RegisterType.TYPE,
                    REGISTERS,
                    false),
            new Scenario(
                    "tree/swarm",
                    "the same on an ordered tree, with scans in both directions beside the callers",
                    RunOptions::draw,
                    MapCalls.TREE,
                    MAPS,
                    false),
            new Scenario(
                    "tx/swarm",
                    "transactions over a hash table and a tree, beside callers on the table",
                    RunOptions::draw,
                    MapCalls.HASH_TABLE,
                    MAPS,
                    true));

    private Scenarios() {}

    public static List<Scenario> all() {
        return ALL;
    }

    public static Scenario find(String name) {
        for (Scenario scenario : ALL) {
            if (scenario.name().equals(name)) {
                return scenario;
            }
        }
        throw new IllegalArgumentException("no scenario is called '" + name + "'; there are "
                + ALL.stream().map(Scenario::name).toList());
    }
}
