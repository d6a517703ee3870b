package io.brickwork.torture.judge;

import io.brickwork.check.History;
import io.brickwork.check.Observation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The longest time in which no write of a partition was acknowledged, while the load was on.
 *
 * @param partition whose it was
 * @param fromNanos when it began, counted as the history counts
 */
public record Unavailability(String partition, long fromNanos, long nanos) {

    /** The partitions of which a write that began after that moment was acknowledged. */
    public static Set<String> servedSince(History history, long nanos) {
        Set<String> served = new TreeSet<>();
        for (Observation observation : history.all()) {
            if (observation.isDone() && !observation.call().isRead() && observation.invokedNanos() >= nanos) {
                served.add(observation.partition());
            }
        }
        return served;
    }

    /**
     * Looks at all partitions that the history names.
     *
     * @param beginNanos when the load began
     * @param endNanos when it ended
     */
    public static Unavailability longest(History history, long beginNanos, long endNanos) {
        Unavailability longest = new Unavailability("none", beginNanos, 0);
        for (Map.Entry<String, List<Observation>> partition :
                history.byPartition().entrySet()) {
            List<Long> moments = new ArrayList<>(partition.getValue().stream()
                    .filter(o -> o.isDone() && !o.call().isRead())
                    .map(Observation::endedNanos)
                    .filter(at -> at > beginNanos && at < endNanos)
                    .toList());
            moments.add(endNanos);
            moments.sort(Comparator.naturalOrder());
            long from = beginNanos;
            for (long at : moments) {
                if (at - from > longest.nanos()) {
                    longest = new Unavailability(partition.getKey(), from, at - from);
                }
                from = at;
            }
        }
        return longest;
    }
}
