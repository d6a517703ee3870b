package io.brickwork.demo;

import io.brickwork.bricks.probe.BrickProbe;
import io.brickwork.cli.BulkLoad;
import io.brickwork.cli.Progress;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.cli.transfer.Transfers;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.map.AsyncMap;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/**
 * The main job on real input, from beginning to end: load, look up, load into a tree and scan it, load again and again,
 * beside transactions, while bricks lose a disk, are stopped and killed, and check every acknowledged entry at every
 * replica.
 */
public final class Demo {
    private static final String TABLE = "wordnet";
    private static final int OUTSTANDING = 512;
    /** Small, so that something is split. */
    private static final int SPLIT_RECORDS = 20_000;
    /** Long enough to outlast the restart of all bricks, on a machine that is busy with other things. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

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
                List.of("split-records=" + SPLIT_RECORDS))) {
            running = bricks;
            long bricksNanos = System.nanoTime();
            bricks.startAll();
            awaitOpen(bricks);
            say(
                    "Three bricks: processes %s on %s, data in %s, ready after %.1f s",
                    bricks.pids(), bricks.addresses(), settings.directory(), (System.nanoTime() - bricksNanos) / 1e9);
            double firstRate;
            Struck struck;
            boolean isOrdered;
            Transfers.Result transferred;
            try (Dds dds = Dds.connect(
                    bricks.addresses(), options -> options.timeout(PATIENCE).connectTimeout(PATIENCE))) {
                DdsHashTable<String, Edition> table = dds.hashTable(
                        TableSpec.of(TABLE, Codecs.string(), values).durability(settings.durability()));
                bricks.checkAllRun();
                firstRate = load(table.async(), words, lemmas, ledger, 1, "First load");
                say("  %,d entries, each on all three bricks: %,.0f a second", ledger.acknowledged(1), firstRate);
                out.println();
                SHOWN.forEach(lemma -> show(lemma, table.get(lemma)));
                out.println();
                isOrdered = new OrderedWords(
                                lemmas.stream().sorted().toList(),
                                words,
                                name -> partitions(bricks.places().getFirst(), name),
                                line -> say("%s", line))
                        .show(dds, values, settings.durability());
                out.println();
                Transfers transfers = new Transfers(dds);
                transfers.begin();
                struck = loadWhileStruck(table, bricks, words, lemmas, ledger);
                transferred = transfers.end();
                say("  Transactions between accounts in a table and a tree, beside all that: %s", transferred);
                bricks.checkAllRun();
            }
            Audit audit = new Audit(bricks, TABLE, values, words);
            try (ProgressBar bar = Progress.bar("Checking", 3L * lemmas.size())) {
                audit.enter(ledger, bar);
            }
            Ledger.Verdict verdict = ledger.judge();
            Optional<String> unequal = audit.unequalVersions();
            verdict.examples().forEach(example -> out.println("  " + example));
            unequal.ifPresent(difference -> out.println("  " + difference));
            boolean isGood = verdict.isGood()
                    && isOrdered
                    && transferred.isGood()
                    && unequal.isEmpty()
                    && ledger.acknowledged(1) + verdict.unknown() >= lemmas.size()
                    && verdict.checked() == 3L * lemmas.size();
            out.printf(
                    "%s: %,d acknowledged, %,d lost, %,d unknown, %,d divergent, %,d foreign; %,d entries checked on 3 replicas; %,.0f a second, %,.0f when struck; tree %s; %s; whole %.1f s after the lost disk, %.1f s after the stop, %.1f s after the kill; %.0f s in all%n",
                    isGood ? "OK" : "FAILED",
                    ledger.acknowledgements(),
                    verdict.lost(),
                    verdict.unknown(),
                    verdict.divergent(),
                    verdict.foreign(),
                    verdict.checked(),
                    firstRate,
                    struck.rate(),
                    isOrdered ? "in order" : "NOT in order",
                    transferred,
                    struck.healed().lostDisk(),
                    struck.healed().stop(),
                    struck.healed().kill(),
                    (System.nanoTime() - startedNanos) / 1e9);
            out.flush();
            return isGood;
        }
    }

    /** The rate of the loads that went on meanwhile, and how long it took to get over each misfortune. */
    private record Struck(double rate, Misfortunes.Healed healed) {}

    /** Replaces all entries again and again, until everything has happened and is got over. */
    private Struck loadWhileStruck(
            DdsHashTable<String, Edition> table,
            BrickProcesses bricks,
            WordNet words,
            List<String> lemmas,
            Ledger ledger)
            throws IOException, InterruptedException {
        say("Loads go on, each of which replaces every entry, and meanwhile:");
        Misfortunes misfortunes = new Misfortunes(bricks, line -> say("%s", line), () -> table.get(SHOWN.getFirst()));
        FutureTask<Misfortunes.Healed> task = new FutureTask<>(misfortunes::strike);
        Thread.ofPlatform().name("misfortunes").daemon().start(task);
        long before = ledger.acknowledgements();
        long startedNanos = System.nanoTime();
        for (int edition = 2; edition == 2 || !task.isDone(); edition++) {
            load(table.async(), words, lemmas, ledger, edition, "Load " + edition);
        }
        long acknowledged = ledger.acknowledgements() - before;
        double rate = acknowledged / ((System.nanoTime() - startedNanos) / 1e9);
        try {
            Misfortunes.Healed healed = task.get();
            say("  %,d entries replaced meanwhile: %,.0f a second, all of that included", acknowledged, rate);
            return new Struck(rate, healed);
        } catch (ExecutionException failure) {
            throw new IllegalStateException("the bricks did not get over it: " + failure.getCause(), failure);
        }
    }

    /**
     * Kills the bricks, for a process that is told to end in the middle of it; returns when they are gone. Any thread.
     */
    public void end() {
        BrickProcesses bricks = running;
        if (bricks != null) {
            bricks.end();
        }
    }

    /** Waits until every brick answers and all its replicas are open. */
    private static void awaitOpen(BrickProcesses bricks) throws IOException, InterruptedException {
        for (Place place : bricks.places()) {
            try (BrickProbe probe = Audit.probe(place)) {
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

    /** How many partitions a structure has at this moment, as far as the brick knows. */
    private static int partitions(Place witness, String name) {
        try (BrickProbe probe = Audit.probe(witness)) {
            MetadataState state = probe.cluster().state();
            StructureInfo structure = state.structure(name);
            return structure == null ? 0 : state.groupsOf(structure.id()).size();
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

    /** Writes one edition of every word. Gives entries a second. */
    private double load(
            AsyncMap<String, Edition> table,
            WordNet words,
            List<String> lemmas,
            Ledger ledger,
            int edition,
            String task) {
        long startedNanos = System.nanoTime();
        BulkLoad load = new BulkLoad(OUTSTANDING);
        try (ProgressBar bar = Progress.bar(task, lemmas.size())) {
            for (int i = 0; i < lemmas.size(); i++) {
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

    private synchronized void say(String text, Object... values) {
        out.printf(text + "%n", values);
        out.flush();
    }
}
