package io.brickwork.check;

import io.brickwork.core.Check;
import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whatever was acknowledged is in every replica at the end: under each key lies the last acknowledged write or a newer
 * one. Says less than linearizability with final reads, but says it at once, for any number of operations, and names
 * the replica.
 */
public final class AckedNeverLost {
    private AckedNeverLost() {}

    /** Of partitions that are as they were: each key is where it was answered for. */
    public static List<Finding> check(History history, List<Replica> replicas) {
        TreeMap<String, List<Observation>> keys = history.byKey();
        return check(
                history,
                replicas,
                key -> Check.present(keys.get(key), "no key %s", key).getFirst().partition());
    }

    /**
     * @param replicas every replica of every partition that the history touched, at rest
     * @param owners which partition has a key at the end
     */
    public static List<Finding> check(History history, List<Replica> replicas, UnaryOperator<String> owners) {
        List<Finding> findings = new ArrayList<>();
        history.byKey().forEach((key, observations) -> {
            Observation newest = newestEffect(observations);
            if (newest == null) {
                return;
            }
            boolean mayBeGone = newest.call().kind().mayRemove()
                    || observations.stream()
                            .anyMatch(o -> o.ending() == Observation.Ending.UNKNOWN
                                    && o.call().kind().mayRemove());
            for (Replica replica : replicas) {
                if (replica.partition().equals(owners.apply(key))) {
                    checkKey(key, newest, mayBeGone, replica, findings);
                }
            }
        });
        return findings;
    }

    private static void checkKey(
            String key, Observation newest, boolean mayBeGone, Replica replica, List<Finding> findings) {
        Replica.Held held = replica.records().get(key);
        Version found = held == null ? Version.NONE : held.version();
        boolean isLost = held == null ? !mayBeGone : found.compareTo(newest.version()) < 0;
        if (!isLost && replica.applied().compareTo(newest.version()) >= 0) {
            return;
        }
        findings.add(new Finding(
                "acked-never-lost",
                "key " + key + ": acknowledged version " + newest.version() + ", found "
                        + (held == null ? "nothing" : found.toString()) + " at " + replica.name()
                        + ", which is applied up to "
                        + replica.applied() + "\n    " + newest));
    }

    private static @Nullable Observation newestEffect(List<Observation> observations) {
        Observation newest = null;
        for (Observation observation : observations) {
            if (observation.isDone()
                    && observation.hadEffect()
                    && (newest == null || observation.version().compareTo(newest.version()) > 0)) {
                newest = observation;
            }
        }
        return newest;
    }
}
