package io.brickwork.check;

import io.brickwork.core.entry.SessionRow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Equal position means equal content. At any time, replicas of a partition that are applied up to the same version hold
 * the same records in the same versions, and the same completion records; their digests say so. At rest, all of them
 * are applied up to the same version.
 */
public final class Convergence {
    private Convergence() {}

    /**
     * At rest: equal positions and equal content.
     *
     * @param replicas every replica of every partition
     */
    public static List<Finding> check(List<Replica> replicas) {
        List<Finding> findings = new ArrayList<>();
        TreeMap<String, Replica> firsts = new TreeMap<>();
        for (Replica replica : replicas) {
            Replica first = firsts.putIfAbsent(replica.partition(), replica);
            if (first != null && !first.applied().equals(replica.applied())) {
                findings.add(new Finding(
                        "convergence",
                        "partition " + replica.partition() + " is applied up to " + first.applied() + " at "
                                + first.name() + ", up to " + replica.applied() + " at " + replica.name()));
            }
        }
        findings.addAll(checkEqualPositions(replicas));
        return findings;
    }

    /**
     * At any time: equal content wherever positions are equal.
     *
     * @param replicas any replicas of any partitions, all as they are at this moment or were at some other
     */
    public static List<Finding> checkEqualPositions(List<Replica> replicas) {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            Replica replica = replicas.get(i);
            Replica first = firstLike(replica, replicas.subList(0, i));
            if (first != null && !first.digest().equals(replica.digest())) {
                findings.addAll(differences(first, replica));
            }
        }
        return findings;
    }

    private static @Nullable Replica firstLike(Replica replica, List<Replica> earlier) {
        for (Replica candidate : earlier) {
            if (candidate.partition().equals(replica.partition())
                    && candidate.applied().equals(replica.applied())) {
                return candidate;
            }
        }
        return null;
    }

    private static List<Finding> differences(Replica first, Replica second) {
        List<Finding> findings = new ArrayList<>();
        String where = "partition " + second.partition() + " at " + second.applied() + ", ";
        TreeSet<String> keys = new TreeSet<>(first.records().keySet());
        keys.addAll(second.records().keySet());
        for (String key : keys) {
            Replica.Held here = first.records().get(key);
            Replica.Held there = second.records().get(key);
            if (here == null || !here.equals(there)) {
                findings.add(new Finding(
                        "convergence",
                        where + "key " + key + ": " + here + " at " + first.name() + ", " + there + " at "
                                + second.name()));
            }
        }
        TreeMap<String, String> here = completions(first);
        TreeMap<String, String> there = completions(second);
        TreeSet<String> sessions = new TreeSet<>(here.keySet());
        sessions.addAll(there.keySet());
        for (String session : sessions) {
            String one = here.getOrDefault(session, "nothing");
            String other = there.getOrDefault(session, "nothing");
            if (!one.equals(other)) {
                findings.add(new Finding(
                        "convergence",
                        where + "completion records of session " + session + ": " + one + " at " + first.name() + ", "
                                + other + " at " + second.name()));
            }
        }
        if (findings.isEmpty()) {
            findings.add(new Finding(
                    "convergence",
                    where + first.name() + " and " + second.name()
                            + " have different digests of equal records: their counts of live records differ"));
        }
        return findings;
    }

    private static TreeMap<String, String> completions(Replica replica) {
        TreeMap<String, String> rows = new TreeMap<>();
        for (SessionRow row : replica.sessions()) {
            rows.put(
                    row.session().toString(),
                    "low water " + row.lowWater() + ", " + row.completions().values()
                            + (row.stands().isEmpty() ? "" : ", " + row.stands()));
        }
        return rows;
    }
}
