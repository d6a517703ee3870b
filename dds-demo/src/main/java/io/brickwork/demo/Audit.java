package io.brickwork.demo;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.map.MapOperations;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import me.tongfei.progressbar.ProgressBar;

/** Compares what each brick holds, asked alone, with the ledger and with the others. Used by one thread. */
final class Audit {
    private static final Duration SETTLING = Duration.ofMinutes(3);

    private final BrickProcesses bricks;
    private final String table;
    private final Codec<Edition> values;
    private final WordNet words;

    Audit(BrickProcesses bricks, String table, Codec<Edition> values, WordNet words) {
        this.bricks = bricks;
        this.table = table;
        this.values = values;
        this.words = words;
    }

    static BrickProbe probe(Place place) {
        return new BrickProbe("127.0.0.1", place.dataPort(), "brickwork", "", SETTLING);
    }

    /** Reads the whole table at each brick, from that brick alone. */
    void enter(Ledger ledger, ProgressBar bar) {
        for (Place place : bricks.places()) {
            try (BrickProbe probe = probe(place)) {
                enter(ledger, probe, place, bar);
            }
        }
    }

    private void enter(Ledger ledger, BrickProbe probe, Place place, ProgressBar bar) {
        StructureInfo structure = structure(probe);
        ledger.forget(place.name());
        Optional<Bytes> position = Optional.of(Bytes.EMPTY);
        while (position.isPresent()) {
            MapOperations.Page page = probe.read(
                            HashTableType.operations(structure).page(position.get(), false), ReadMode.LINEARIZABLE)
                    .result();
            for (MapOperations.Row row : page.rows()) {
                String lemma = Codecs.string().decode(row.key());
                ledger.isFound(place.name(), lemma, editionOf(lemma, row.value()));
                bar.step();
            }
            position = page.next();
        }
    }

    /** Which edition of the word this is. */
    private int editionOf(String lemma, Bytes value) {
        if (!words.contains(lemma)) {
            return Ledger.FOREIGN;
        }
        try {
            Edition found = values.decode(value);
            return found.word().equals(words.word(lemma)) ? found.number() : Ledger.FOREIGN;
        } catch (MalformedException isNone) {
            return Ledger.FOREIGN;
        }
    }

    private StructureInfo structure(BrickProbe probe) {
        return probe.read(Catalog.find(table), ReadMode.LINEARIZABLE)
                .result()
                .orElseThrow(() -> new IllegalStateException(probe + " knows no table " + table));
    }

    /** Waits until all replicas of every partition have committed the same version; names one that does not in time. */
    Optional<String> unequalVersions() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + SETTLING.toNanos();
        while (true) {
            Map<PartitionId, String> versions = new TreeMap<>();
            Optional<String> difference = Optional.empty();
            for (Place place : bricks.places()) {
                try (BrickProbe probe = probe(place)) {
                    int id = structure(probe).id();
                    for (CallMessage.ReplicaStatus replica : probe.status().replicas()) {
                        if (replica.partition().structure() == id) {
                            String version = "(%d,%d)".formatted(replica.view().epoch(), replica.committedSeq());
                            String other = versions.putIfAbsent(replica.partition(), version);
                            if (other != null && !other.equals(version)) {
                                difference = Optional.of("partition %s is at version %s at brick %s and at %s elsewhere"
                                        .formatted(replica.partition(), version, place.name(), other));
                            }
                        }
                    }
                }
            }
            if (difference.isEmpty() || System.nanoTime() - deadlineNanos > 0) {
                return difference;
            }
            Thread.sleep(100);
        }
    }
}
