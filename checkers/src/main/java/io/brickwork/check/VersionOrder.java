package io.brickwork.check;

import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Versions respect real time. A write that begins after anything in its partition was answered is stamped with a newer
 * version than that; a read that begins after a write that changed its key was answered, with one that is not older;
 * and no two writes of a partition share a version. (A read is stamped with the version up to which its replica was
 * read, and a replica that holds nothing newer under the key may be behind with other keys, so two reads say nothing
 * about each other.) Cheap, so it looks at all operations, also where linearizability is undecided.
 *
 * <p>Of one key all of this holds wherever it lies: when its partition is split, the child goes on with greater
 * versions.
 */
public final class VersionOrder {
    private VersionOrder() {}

    public static List<Finding> check(History history) {
        List<Finding> findings = new ArrayList<>();
        history.byPartition().forEach((partition, observations) -> {
            List<Observation> done =
                    observations.stream().filter(Observation::isDone).toList();
            checkOrder("partition " + partition, done, false, findings);
            checkUnique(partition, done, findings);
        });
        history.byKey()
                .forEach((key, observations) -> checkOrder(
                        "key " + key,
                        observations.stream().filter(Observation::isDone).toList(),
                        true,
                        findings));
        return findings;
    }

    /**
     * @param isAcross whether only those are compared that different partitions have answered: the others are already
     */
    private static void checkOrder(
            String where, List<Observation> byInvocation, boolean isAcross, List<Finding> findings) {
        List<Observation> byResponse = byInvocation.stream()
                .sorted(Comparator.comparingLong(Observation::endedAt))
                .toList();
        int answered = 0;
        Observation newest = null;
        TreeMap<String, Observation> newestWrites = new TreeMap<>();
        for (Observation observation : byInvocation) {
            while (answered < byResponse.size() && byResponse.get(answered).endedAt() < observation.invokedAt()) {
                Observation candidate = byResponse.get(answered++);
                newest = newer(newest, candidate);
                if (candidate.hadEffect() && candidate.call().kind() != Call.Kind.DELETE) {
                    newestWrites.merge(candidate.call().key(), candidate, VersionOrder::newer);
                }
            }
            boolean isRead = observation.call().isRead();
            Observation before = isRead ? newestWrites.get(observation.call().key()) : newest;
            if (before == null || (isAcross && before.partition().equals(observation.partition()))) {
                continue;
            }
            int compared = observation.version().compareTo(before.version());
            if (compared < 0 || (compared == 0 && !isRead)) {
                findings.add(new Finding(
                        "version-order", where + ": " + observation + " began after " + before + " was answered"));
            }
        }
    }

    private static Observation newer(@Nullable Observation one, Observation other) {
        return one != null && one.version().compareTo(other.version()) >= 0 ? one : other;
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
