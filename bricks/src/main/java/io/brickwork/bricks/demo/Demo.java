package io.brickwork.bricks.demo;

import io.brickwork.bricks.cli.BulkLoad;
import io.brickwork.bricks.cli.Progress;
import io.brickwork.bricks.local.BrickProcesses;
import io.brickwork.bricks.local.BrickProcesses.Place;
import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.client.Dds;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.AsyncTable;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableOperations;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/**
 * The main job on real input, from beginning to end: load, look up, lose all bricks at once in the middle of a second load, and check every acknowledged entry at every replica.
 */
public final class Demo {
    private static final String TABLE = "wordnet";
    private static final int OUTSTANDING = 512;
    /** Long enough to outlast the restart of all bricks, on a machine that is busy with other things. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Duration SETTLING = Duration.ofMinutes(3);
    private static final List<String> SHOWN = List.of("brick", "durable", "run short", "replica", "fast");
    private static final int COLUMNS = 110;

    private final Settings settings;
    private final PrintWriter out;
    private final Codec<Edition> values = Codecs.record(Edition.class);
    private volatile @Nullable BrickProcesses running;

    /**
     * How the demo runs.
     *
     * @param directory where the bricks keep their data
     * @param words at most so many
     */
    public record Settings(Path directory, int words, Durability durability) {}

    public Demo(Settings settings, PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /** Runs it all; true if nothing is lost and all replicas agree. */
    public boolean run() throws IOException, InterruptedException {
        long startedNanos = System.nanoTime();
        WordNet words = WordNet.load();
        List<String> lemmas = spread(words.lemmas(), settings.words());
        say("WordNet 3.1: %,d words with their parts of speech and meanings", lemmas.size());
        Ledger ledger = new Ledger(lemmas);
        try (BrickProcesses bricks = BrickProcesses.on(
                settings.directory(),
                List.of("a", "b", "c"),
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4"),
                List.of())) {
            running = bricks;
            long bricksNanos = System.nanoTime();
            bricks.startAll();
            awaitOpen(bricks);
            say(
                    "Three bricks: processes %s on %s, data in %s, ready after %.1f s",
                    bricks.pids(), bricks.addresses(), settings.directory(), (System.nanoTime() - bricksNanos) / 1e9);
            double recoverySeconds;
            double firstRate;
            double secondRate;
            StructureInfo structure;
            try (Dds dds = Dds.connect(
                    bricks.addresses(), options -> options.timeout(PATIENCE).connectTimeout(PATIENCE))) {
                DdsHashTable<String, Edition> table = dds.hashTable(
                        TableSpec.of(TABLE, Codecs.string(), values).durability(settings.durability()));
                bricks.checkAllRun();
                firstRate = load(table.async(), words, lemmas, ledger, 1, () -> {});
                say("  %,d entries, each on all three bricks: %,.0f a second", ledger.acknowledged(1), firstRate);
                out.println();
                SHOWN.forEach(lemma -> show(lemma, table.get(lemma)));
                out.println();
                double[] recovery = new double[1];
                say(
                        "A second load replaces every entry; in the middle of it all bricks are killed (SIGKILL) and started again.");
                secondRate = load(
                        table.async(), words, lemmas, ledger, 2, () -> recovery[0] = killAndRestart(bricks, table));
                recoverySeconds = recovery[0];
                bricks.checkAllRun();
                say(
                        "  %,d entries replaced: %,.0f a second, the crash included; first answer %.1f s after the bricks were started again",
                        ledger.acknowledged(2), secondRate, recoverySeconds);
            }
            structure = verify(bricks, words, lemmas, ledger);
            Ledger.Verdict verdict = ledger.judge();
            Optional<String> unequal = unequalVersions(bricks, structure);
            verdict.examples().forEach(example -> out.println("  " + example));
            unequal.ifPresent(difference -> out.println("  " + difference));
            long acknowledged = ledger.acknowledged(1) + ledger.acknowledged(2);
            double seconds = (System.nanoTime() - startedNanos) / 1e9;
            boolean isGood = verdict.isGood()
                    && unequal.isEmpty()
                    && ledger.acknowledged(1) + verdict.unknown() >= lemmas.size()
                    && verdict.checked() == 3L * lemmas.size();
            out.printf(
                    "%s: %,d acknowledged, %,d lost, %,d unknown, %,d divergent, %,d foreign; %,d entries checked on 3 replicas; %,.0f and %,.0f a second; back after %.1f s; %.0f s in all%n",
                    isGood ? "OK" : "FAILED",
                    acknowledged,
                    verdict.lost(),
                    verdict.unknown(),
                    verdict.divergent(),
                    verdict.foreign(),
                    verdict.checked(),
                    firstRate,
                    secondRate,
                    recoverySeconds,
                    seconds);
            out.flush();
            return isGood;
        }
    }

    /** Kills the bricks, for a process that is told to end in the middle of it; returns when they are gone. Any thread. */
    public void end() {
        BrickProcesses bricks = running;
        if (bricks != null) {
            bricks.end();
        }
    }

    /** Waits until every brick answers and all its replicas are open. */
    private static void awaitOpen(BrickProcesses bricks) throws IOException, InterruptedException {
        for (Place place : bricks.places()) {
            try (BrickProbe probe = probe(place)) {
                while (!probe.serves()) {
                    bricks.checkAllRun();
                    Thread.sleep(20);
                }
            } catch (DdsException.Unavailable late) {
                bricks.checkAllRun();
                throw late;
            }
        }
    }

    /** So many of the words, from all over the alphabet. */
    private static List<String> spread(List<String> all, int most) {
        if (all.size() <= most) {
            return all;
        }
        List<String> some = new ArrayList<>(SHOWN);
        for (int i = 0; some.size() < most; i++) {
            String lemma = all.get((int) ((long) i * all.size() / most));
            if (!SHOWN.contains(lemma)) {
                some.add(lemma);
            }
        }
        return some;
    }

    /** Writes one edition of every word; runs the interruption in the middle. Gives entries a second. */
    private double load(
            AsyncTable<String, Edition> table,
            WordNet words,
            List<String> lemmas,
            Ledger ledger,
            int edition,
            Interruption interruption)
            throws IOException, InterruptedException {
        long startedNanos = System.nanoTime();
        BulkLoad load = new BulkLoad(OUTSTANDING);
        try (ProgressBar bar = Progress.bar(edition == 1 ? "First load" : "Second load", lemmas.size())) {
            for (int i = 0; i < lemmas.size(); i++) {
                if (i == lemmas.size() / 2) {
                    interruption.run();
                }
                int key = i;
                String lemma = lemmas.get(i);
                ledger.isSent(key, edition);
                load.add(() -> table.set(lemma, new Edition(edition, words.word(lemma))), () -> {
                    ledger.isAcknowledged(key, edition);
                    bar.step();
                });
            }
            load.await();
        }
        load.failure()
                .ifPresent(failure ->
                        say("  not every entry was acknowledged; the first failure: %s", failure.toString()));
        return lemmas.size() / ((System.nanoTime() - startedNanos) / 1e9);
    }

    /** What happens in the middle of a load. */
    @FunctionalInterface
    private interface Interruption {
        void run() throws IOException, InterruptedException;
    }

    /** Kills all bricks with operations under way, starts them again, and gives the seconds until the first read is answered. */
    private double killAndRestart(BrickProcesses bricks, DdsHashTable<String, Edition> table)
            throws IOException, InterruptedException {
        bricks.killAll();
        long startedNanos = System.nanoTime();
        bricks.startAll();
        table.get(SHOWN.getFirst());
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    private void show(String lemma, @Nullable Edition found) {
        out.println("  " + lemma);
        if (found == null) {
            out.println("    (not there)");
            return;
        }
        for (Word.Part part : found.word().parts()) {
            String title = part.name();
            int shown = 0;
            for (String meaning : part.meanings()) {
                if (shown++ == 2) {
                    out.println(" ".repeat(15) + "and " + (part.meanings().size() - 2) + " more");
                    break;
                }
                List<String> lines = wrap(meaning, COLUMNS - 15);
                for (int i = 0; i < lines.size(); i++) {
                    out.printf("    %-10s %s%s%n", title, i == 0 ? "" : "  ", lines.get(i));
                    title = "";
                }
            }
        }
    }

    private static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** Reads the whole table at each brick, from that brick alone. */
    private StructureInfo verify(BrickProcesses bricks, WordNet words, List<String> lemmas, Ledger ledger) {
        StructureInfo structure = null;
        try (ProgressBar bar = Progress.bar("Checking", 3L * lemmas.size())) {
            for (Place place : bricks.places()) {
                try (BrickProbe probe = probe(place)) {
                    structure = probe.read(Catalog.find(TABLE), ReadMode.LINEARIZABLE)
                            .result()
                            .orElseThrow(() ->
                                    new IllegalStateException("brick " + place.name() + " knows no table " + TABLE));
                    verify(probe, place, structure, words, ledger, bar);
                }
            }
        }
        if (structure == null) {
            throw new IllegalStateException("there are no bricks");
        }
        return structure;
    }

    private void verify(
            BrickProbe probe, Place place, StructureInfo structure, WordNet words, Ledger ledger, ProgressBar bar) {
        ledger.forget(place.name());
        Optional<Bytes> position = Optional.of(Bytes.EMPTY);
        while (position.isPresent()) {
            HashTableOperations.Page page = probe.read(
                            HashTableOperations.page(structure, position.get(), false), ReadMode.LINEARIZABLE)
                    .result();
            for (HashTableOperations.Row row : page.rows()) {
                String lemma = Codecs.string().decode(row.key());
                ledger.isFound(place.name(), lemma, editionOf(lemma, row.value(), words));
                bar.step();
            }
            position = page.next();
        }
    }

    /** Which edition of the word these are the very bytes of. */
    private int editionOf(String lemma, Bytes value, WordNet words) {
        if (words.contains(lemma)) {
            for (int edition = 1; edition <= 2; edition++) {
                if (values.encode(new Edition(edition, words.word(lemma))).equals(value)) {
                    return edition;
                }
            }
        }
        return Ledger.FOREIGN;
    }

    /** Waits until all replicas of every partition have committed the same version; names one that does not in time. */
    private static Optional<String> unequalVersions(BrickProcesses bricks, StructureInfo structure)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + SETTLING.toNanos();
        while (true) {
            Map<PartitionId, String> versions = new TreeMap<>();
            Optional<String> difference = Optional.empty();
            for (Place place : bricks.places()) {
                try (BrickProbe probe = probe(place)) {
                    for (CallMessage.ReplicaStatus replica : probe.status().replicas()) {
                        if (replica.partition().structure() == structure.id()) {
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

    private static BrickProbe probe(Place place) {
        return new BrickProbe("127.0.0.1", place.dataPort(), "brickwork", "", SETTLING);
    }

    private void say(String text, Object... values) {
        out.printf(text + "%n", values);
        out.flush();
    }
}
