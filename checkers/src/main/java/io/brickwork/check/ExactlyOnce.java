package io.brickwork.check;

import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Every operation takes effect at most once, whatever was retried. Callers append unique values to a key that nobody
 * writes otherwise; an acknowledged value appears once, one whose fate is unknown at most once, and one that did not
 * happen never, in any replica at the end and in any answer before.
 */
public final class ExactlyOnce {
    private ExactlyOnce() {}

    /** Of partitions that are as they were: each key is where it was answered for. */
    public static List<Finding> check(History history, List<Replica> replicas, String keyPrefix) {
        TreeMap<String, List<Observation>> keys = history.byKey();
        return check(
                history,
                replicas,
                key -> Check.present(keys.get(key), "no key %s", key).getFirst().partition(),
                keyPrefix);
    }

    /**
     * @param owners which partition has a key at the end
     * @param keyPrefix keys that begin with it see nothing but {@code APPEND} of unique values and {@code GET}
     */
    public static List<Finding> check(
            History history, List<Replica> replicas, UnaryOperator<String> owners, String keyPrefix) {
        List<Finding> findings = new ArrayList<>();
        history.byKey().forEach((key, observations) -> {
            if (!key.startsWith(keyPrefix)) {
                return;
            }
            TreeMap<String, Observation> appends = new TreeMap<>();
            for (Observation observation : observations) {
                String value = observation.call().argument();
                if (value != null) {
                    appends.put(value, observation);
                }
            }
            for (Observation observation : observations) {
                if (observation.call().isRead() && observation.isDone()) {
                    checkText(key, observation::toString, observation.result(), appends, findings);
                }
            }
            for (Replica replica : replicas) {
                if (replica.partition().equals(owners.apply(key))) {
                    Replica.Held held = replica.records().get(key);
                    String text = held == null ? null : held.value();
                    checkText(key, replica::name, text, appends, findings);
                    checkComplete(key, replica.name(), text, appends, findings);
                }
            }
        });
        return findings;
    }

    private static List<String> values(@Nullable String text) {
        return text == null || text.isEmpty()
                ? List.of()
                : List.of(text.substring(1).split(",", -1));
    }

    private static void checkText(
            String key,
            Supplier<String> where,
            @Nullable String text,
            TreeMap<String, Observation> appends,
            List<Finding> findings) {
        TreeMap<String, Integer> seen = new TreeMap<>();
        values(text).forEach(value -> seen.merge(value, 1, Integer::sum));
        seen.forEach((value, times) -> {
            Observation append = appends.get(value);
            if (append == null) {
                findings.add(new Finding(
                        "exactly-once", "key " + key + ": nobody appended " + value + ", seen by " + where.get()));
            } else if (append.ending() == Observation.Ending.DID_NOT_HAPPEN) {
                findings.add(
                        new Finding("exactly-once", "key " + key + ": " + append + ", yet seen by " + where.get()));
            } else if (times > 1) {
                findings.add(new Finding(
                        "exactly-once",
                        "key " + key + ": " + append + " took effect " + times + " times at " + where.get()));
            }
        });
    }

    private static void checkComplete(
            String key,
            String where,
            @Nullable String text,
            TreeMap<String, Observation> appends,
            List<Finding> findings) {
        List<String> values = values(text);
        appends.forEach((value, append) -> {
            if (append.isDone() && !values.contains(value)) {
                findings.add(new Finding("exactly-once", "key " + key + ": " + append + ", but it is not at " + where));
            }
        });
    }
}
