package io.brickwork.check;

import io.brickwork.core.Check;
import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What all callers saw: each operation from its invocation to its response, in virtual time, and in the one order in
 * which invocations and responses happened.
 *
 * <p>Operations whose outcome is unknown stay open for ever; those that certainly did not happen must not be seen by
 * anyone. One thread at a time.
 */
public final class History {
    private final List<Observation> observations = new ArrayList<>();
    private long nextPlace = 1;
    private int open;

    /** An operation begins; the number names it from here on. */
    public int invoke(String client, String partition, Call call, long nowNanos) {
        int number = observations.size();
        observations.add(new Observation(
                number,
                client,
                partition,
                call,
                nextPlace++,
                nowNanos,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Observation.Ending.UNKNOWN,
                null,
                Version.NONE));
        open++;
        return number;
    }

    /** A place among invocations and responses for something else that happens here. */
    public long place() {
        return nextPlace++;
    }

    /** It was done, where it was expected to be. */
    public void done(int number, @Nullable String result, Version version, long nowNanos) {
        end(number, Observation.Ending.DONE, nextPlace++, nowNanos, result, version);
    }

    /** It was done in this partition: where a key is may have changed meanwhile. */
    public void done(int number, @Nullable String result, String partition, Version version, long nowNanos) {
        observations.set(number, observations.get(number).in(partition));
        done(number, result, version, nowNanos);
    }

    /** The caller was told that it certainly did not happen. */
    public void didNotHappen(int number, long nowNanos) {
        end(number, Observation.Ending.DID_NOT_HAPPEN, nextPlace++, nowNanos, null, Version.NONE);
    }

    /** The caller was told that nobody can tell. It stays open. */
    public void unknown(int number) {
        end(number, Observation.Ending.UNKNOWN, Long.MAX_VALUE, Long.MAX_VALUE, null, Version.NONE);
    }

    private void end(
            int number,
            Observation.Ending ending,
            long place,
            long nowNanos,
            @Nullable String result,
            Version version) {
        Observation begun = observations.get(number);
        Check.state(begun.endedAt() == Long.MAX_VALUE, "operation %s ended twice", begun);
        observations.set(
                number,
                new Observation(
                        number,
                        begun.client(),
                        begun.partition(),
                        begun.call(),
                        begun.invokedAt(),
                        begun.invokedNanos(),
                        place,
                        nowNanos,
                        ending,
                        result,
                        version));
        open--;
    }

    /** How many callers still wait. */
    public int open() {
        return open;
    }

    public int size() {
        return observations.size();
    }

    public Observation get(int number) {
        return observations.get(number);
    }

    /** All operations by invocation. */
    public List<Observation> all() {
        return List.copyOf(observations);
    }

    public long count(Observation.Ending ending) {
        return observations.stream().filter(o -> o.ending() == ending).count();
    }

    /** The operations of each key, keys and operations in order. */
    public TreeMap<String, List<Observation>> byKey() {
        TreeMap<String, List<Observation>> keys = new TreeMap<>();
        for (Observation observation : observations) {
            keys.computeIfAbsent(observation.call().key(), k -> new ArrayList<>())
                    .add(observation);
        }
        return keys;
    }

    /** The operations on each partition, partitions and operations in order. */
    public TreeMap<String, List<Observation>> byPartition() {
        TreeMap<String, List<Observation>> partitions = new TreeMap<>();
        for (Observation observation : observations) {
            partitions
                    .computeIfAbsent(observation.partition(), p -> new ArrayList<>())
                    .add(observation);
        }
        return partitions;
    }
}
