package io.brickwork.torture.run;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.check.Call;
import io.brickwork.check.History;
import io.brickwork.check.Observation;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.torture.client.Tables;
import io.brickwork.torture.history.HistoryWriter;
import io.brickwork.torture.history.RecordedHistory;
import io.brickwork.torture.judge.FinalState;
import io.brickwork.torture.process.BrickFleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Reads every key that a history names at every brick that holds it, from that brick itself, into one more history file
 * for each brick.
 */
final class FinalReads {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final BrickFleet bricks;
    private final Map<Integer, Tables> tables = new TreeMap<>();
    private final Map<Integer, StructureInfo> structures = new TreeMap<>();

    FinalReads(Path directory, BrickFleet bricks, Map<Tables, StructureInfo> created) {
        this.directory = directory;
        this.bricks = bricks;
        created.forEach((table, structure) -> {
            tables.put(structure.id(), table);
            structures.put(structure.id(), structure);
        });
    }

    /**
     * Reads them all.
     *
     * @param history of the load
     * @return what could not be read, or is at fewer bricks than it should be; empty if all is well
     */
    List<String> run(History history) {
        TreeMap<String, TreeSet<String>> keys = new TreeMap<>();
        for (Observation observation : history.all()) {
            keys.computeIfAbsent(observation.partition(), p -> new TreeSet<>())
                    .add(observation.call().key());
        }
        List<CompletableFuture<AtBrick>> readers = new ArrayList<>();
        for (String brick : bricks.names()) {
            readers.add(CompletableFuture.supplyAsync(() -> readAt(brick, keys)));
        }
        List<String> wrong = new ArrayList<>();
        TreeMap<String, Integer> copies = new TreeMap<>();
        for (CompletableFuture<AtBrick> reader : readers) {
            try {
                AtBrick found = reader.join();
                wrong.addAll(found.wrong());
                found.partitions().forEach(partition -> copies.merge(partition, 1, Integer::sum));
            } catch (CompletionException failure) {
                wrong.add("the keys at a brick could not be read: " + failure.getCause());
            }
        }
        int expected = Math.min(Tables.REPLICAS, bricks.names().size());
        for (Tables table : Tables.ALL) {
            for (int i = 0; i < Tables.PARTITIONS; i++) {
                int found = copies.getOrDefault(table.partition(i), 0);
                if (found < expected) {
                    wrong.add("partition %s was read at %d bricks instead of %d"
                            .formatted(table.partition(i), found, expected));
                }
            }
        }
        return wrong;
    }

    /** What a brick holds, and what could not be read there. */
    private record AtBrick(List<String> partitions, List<String> wrong) {}

    private AtBrick readAt(String brick, TreeMap<String, TreeSet<String>> keys) {
        List<String> partitions = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        try (BrickProbe probe = bricks.probe(brick, PATIENCE);
                HistoryWriter writer =
                        new HistoryWriter(directory.resolve("final-" + brick + RecordedHistory.SUFFIX))) {
            for (CallMessage.ReplicaStatus replica : probe.status().replicas()) {
                int id = replica.partition().structure();
                Tables table = tables.get(id);
                StructureInfo structure = structures.get(id);
                if (table == null || structure == null) {
                    continue; // such as the catalog
                }
                String partition = table.partition(replica.partition().number());
                partitions.add(partition);
                for (String key : keys.getOrDefault(partition, new TreeSet<>())) {
                    Call call = Call.of(Call.Kind.GET, key);
                    long number = writer.invoke(FinalState.client(brick), partition, call);
                    try {
                        BrickProbe.Seen<Optional<String>> seen =
                                probe.read(table.calls().operation(structure, call), ReadMode.LINEARIZABLE);
                        writer.done(number, seen.result().orElse(null), seen.asOf());
                    } catch (DdsException failure) {
                        writer.unknown(number);
                        wrong.add(
                                "key %s could not be read at brick %s: %s".formatted(key, brick, failure.getMessage()));
                        break; // the others of the partition would take as long
                    }
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new AtBrick(partitions, wrong);
    }
}
