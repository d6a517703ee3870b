package io.brickwork.torture.client;

import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.sim.workload.MapCalls;
import java.util.List;

/**
 * The tables of a run, and how keys, partitions and callers are named after them.
 *
 * @param calls how it is asked: one is a hash table, the other a tree
 * @param replication one is replicated by two-phase commit, the other along chains
 */
public record Tables(String letter, String name, MapCalls calls, Durability durability, Replication replication) {
    /** Few, so that each sees enough of the load for its unavailability to be told to a fraction of a second. */
    public static final int PARTITIONS = 8;

    public static final int REPLICAS = 3;
    public static final List<Tables> ALL = List.of(
            new Tables("s", "synced", MapCalls.HASH_TABLE, Durability.SYNC, Replication.TWO_PHASE),
            new Tables("r", "replicated", MapCalls.TREE, Durability.REPLICATED, Replication.CHAIN));

    public StructureSpec spec() {
        return calls.spec(PARTITIONS, REPLICAS, durability).withReplication(replication);
    }

    /** What the history calls a partition. */
    public String partition(int number) {
        return letter + "/" + number;
    }
}
