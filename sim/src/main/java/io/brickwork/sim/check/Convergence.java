package io.brickwork.sim.check;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Equal position means equal content: at rest, all replicas of a partition have applied the same entries and hold the same records in the same versions. */
public final class Convergence {
    private Convergence() {}

    /**
     * @param replicas every replica of every partition, at rest
     */
    public static List<Finding> check(List<Replica> replicas) {
        List<Finding> findings = new ArrayList<>();
        TreeMap<String, Replica> firsts = new TreeMap<>();
        for (Replica replica : replicas) {
            Replica first = firsts.putIfAbsent(replica.partition(), replica);
            if (first == null) {
                continue;
            }
            if (!first.applied().equals(replica.applied())) {
                findings.add(new Finding(
                        "convergence",
                        "partition " + replica.partition() + " is applied up to " + first.applied() + " at "
                                + first.name() + ", up to " + replica.applied() + " at " + replica.name()));
            }
            TreeSet<String> keys = new TreeSet<>(first.records().keySet());
            keys.addAll(replica.records().keySet());
            for (String key : keys) {
                Replica.Held here = first.records().get(key);
                Replica.Held there = replica.records().get(key);
                if (here == null || !here.equals(there)) {
                    findings.add(new Finding(
                            "convergence",
                            "partition " + replica.partition() + " key " + key + ": " + here + " at " + first.name()
                                    + ", " + there + " at " + replica.name()));
                }
            }
        }
        return findings;
    }
}
