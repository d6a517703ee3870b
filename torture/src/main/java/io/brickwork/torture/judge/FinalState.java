package io.brickwork.torture.judge;

import io.brickwork.check.History;
import io.brickwork.check.Observation;
import io.brickwork.check.Replica;
import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each brick had at the end, put together from the reads of every key at every brick that end a history. Such a
 * read tells a value and the version up to which the replica was read, but not the version of the record: that is the
 * version of the write which brought the value, if its writer was told.
 */
public final class FinalState {
    private static final String CLIENT = "final@";

    private FinalState() {}

    /** The client in whose name all keys are read at a brick. */
    public static String client(String brick) {
        return CLIENT + brick;
    }

    static boolean isFinalRead(Observation observation) {
        return observation.client().startsWith(CLIENT);
    }

    /** By brick and partition, in order. */
    static List<Replica> replicas(History history) {
        Map<String, Version> writers = writers(history); // only looked into
        TreeMap<String, TreeMap<String, List<Observation>>> reads = new TreeMap<>();
        for (Observation observation : history.all()) {
            if (isFinalRead(observation) && observation.isDone()) {
                reads.computeIfAbsent(observation.client(), c -> new TreeMap<>())
                        .computeIfAbsent(observation.partition(), p -> new ArrayList<>())
                        .add(observation);
            }
        }
        List<Replica> replicas = new ArrayList<>();
        reads.forEach((client, partitions) -> partitions.forEach(
                (partition, ofPartition) -> replicas.add(replica(client, partition, ofPartition, writers))));
        return replicas;
    }

    private static Replica replica(
            String client, String partition, List<Observation> reads, Map<String, Version> writers) {
        TreeMap<String, Replica.Held> records = new TreeMap<>();
        Version applied = Version.NONE;
        for (Observation read : reads) {
            applied = applied.compareTo(read.version()) < 0 ? read.version() : applied;
            String value = read.result();
            if (value != null) {
                Version version = writers.getOrDefault(lastPart(value), read.version());
                records.put(read.call().key(), new Replica.Held(version, value));
            }
        }
        return new Replica(
                "brick-" + client.substring(CLIENT.length()), partition, applied, Bytes.EMPTY, records, List.of());
    }

    private static Map<String, Version> writers(History history) {
        Map<String, Version> writers = new HashMap<>();
        for (Observation observation : history.all()) {
            String value = observation.call().argument();
            if (value != null && observation.isDone() && observation.hadEffect()) {
                writers.put(value, observation.version());
            }
        }
        return writers;
    }

    /** Of text that was appended to, what came last. */
    private static String lastPart(String value) {
        return value.substring(value.lastIndexOf(',') + 1);
    }
}
