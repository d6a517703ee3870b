package io.brickwork.sim.check;

import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Versions respect real time: within a partition, whoever begins after an answer was given is never stamped with an older version, and a write is stamped with a newer one; no two
 * writes share a version. Cheap, so it looks at all operations, also where linearizability is undecided.
 */
public final class VersionOrder {
    private VersionOrder() {}

    public static List<Finding> check(History history) {
        List<Finding> findings = new ArrayList<>();
        history.byPartition().forEach((partition, observations) -> {
            List<Observation> done =
                    observations.stream().filter(Observation::isDone).toList();
            checkOrder(partition, done, findings);
            checkUnique(partition, done, findings);
        });
        return findings;
    }

    private static void checkOrder(String partition, List<Observation> byInvocation, List<Finding> findings) {
        List<Observation> byResponse = byInvocation.stream()
                .sorted(Comparator.comparingLong(Observation::endedAt))
                .toList();
        int answered = 0;
        Observation newest = null;
        for (Observation observation : byInvocation) {
            while (answered < byResponse.size() && byResponse.get(answered).endedAt() < observation.invokedAt()) {
                Observation candidate = byResponse.get(answered++);
                if (newest == null || candidate.version().compareTo(newest.version()) > 0) {
                    newest = candidate;
                }
            }
            if (newest == null) {
                continue;
            }
            int compared = observation.version().compareTo(newest.version());
            if (compared < 0 || (compared == 0 && !observation.call().isRead())) {
                findings.add(new Finding(
                        "version-order",
                        "partition " + partition + ": " + observation + " began after " + newest + " was answered"));
            }
        }
    }

    private static void checkUnique(String partition, List<Observation> done, List<Finding> findings) {
        TreeMap<Version, Observation> writes = new TreeMap<>();
        for (Observation observation : done) {
            if (!observation.call().isRead()) {
                Observation other = writes.put(observation.version(), observation);
                if (other != null) {
                    findings.add(new Finding(
                            "version-order",
                            "partition " + partition + ": " + other + " and " + observation + " share a version"));
                }
            }
        }
    }
}
