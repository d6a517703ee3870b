package io.brickwork.sim.workload;

import io.brickwork.btree.TreeOperations;
import io.brickwork.btree.TreeOperations.Part;
import io.brickwork.check.History;
import io.brickwork.check.ScanSeen;
import io.brickwork.core.Bytes;
import io.brickwork.core.ReadMode;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.map.MapOperations.Row;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One client that scans a tree again and again, in both directions, all of it or a range, in pages of a few records;
 * each scan is kept for the {@link io.brickwork.check.ScanOracle}. A page that fails is asked for again, and a client
 * that crashes leaves its scan unfinished.
 */
public final class Scanner implements SimClient.Program {
    private static final int MOST_ATTEMPTS = 5;
    private static final long PATIENT_NANOS = 10_000_000_000L;

    private final World world;
    private final CallCodec codec;
    private final StructureInfo structure;
    private final TreeOperations ranges;
    private final History history;
    private final WorkloadOptions options;
    private final SimRandom random;
    private final List<ScanSeen> scans = new ArrayList<>();
    /** Every value that was shown, once. */
    private final TreeMap<String, String> texts = new TreeMap<>();

    private final CallTally tally = new CallTally();
    private SimClient client;
    private int life;
    private boolean isStopped;
    private boolean isPatient;
    private Runnable whenOver = this::begin;
    private @Nullable Walk walk;

    /** A scan that is under way. */
    private static final class Walk {
        private final KeyRange range;
        private final boolean backward;
        private final List<ScanSeen.Page> pages = new ArrayList<>();
        private @Nullable KeyRange rest;

        Walk(KeyRange range, boolean backward) {
            this.range = range;
            this.backward = backward;
            this.rest = range;
        }
    }

    public Scanner(
            World world,
            SimClient client,
            CallCodec codec,
            TreeOperations ranges,
            StructureInfo structure,
            History history,
            WorkloadOptions options) {
        this.world = world;
        this.client = client;
        this.codec = codec;
        this.ranges = ranges;
        this.structure = structure;
        this.history = history;
        this.options = options;
        this.random = world.random("scanner").stream(client.name());
        client.run(this);
    }

    /** Begins; goes on by itself until it is stopped. */
    public void begin() {
        int mine = life;
        world.queue().after(random.tailed(0, options.thinkNanos()), () -> {
            if (mine == life && !isStopped) {
                walk = draw();
                ask(walk, 1);
            }
        });
    }

    /** Begins no other page. */
    public void stop() {
        isStopped = true;
        keep(false);
    }

    /** All scans, the unfinished ones with the pages that they got. */
    public List<ScanSeen> scans() {
        return List.copyOf(scans);
    }

    /** What became of the pages that it asked for, by direction. */
    public CallTally tally() {
        return tally;
    }

    /** Scans all of it once, without haste. */
    public void scanAll(boolean backward, Runnable then) {
        isPatient = true;
        whenOver = then;
        walk = new Walk(KeyRange.ALL, backward);
        ask(walk, 1);
    }

    private Walk draw() {
        boolean backward = random.nextInt(2) == 0;
        if (random.nextInt(3) > 0) {
            return new Walk(KeyRange.ALL, backward);
        }
        Bytes one = codec.recordKey(structure, Caller.WRITTEN + random.nextInt(options.keys()));
        Bytes other = codec.recordKey(structure, Caller.WRITTEN + random.nextInt(options.keys()));
        int order = one.compareTo(other);
        KeyRange range =
                order == 0 ? new KeyRange(one, null) : order < 0 ? new KeyRange(one, other) : new KeyRange(other, one);
        return new Walk(range, backward);
    }

    private void ask(Walk of, int attempt) {
        KeyRange asked = of.rest;
        if (asked == null) {
            keep(true);
            whenOver.run();
            return;
        }
        Operation<Part<List<Row>>> page = ranges.page(asked, of.backward, false, random.between(1, 4));
        long askedAt = history.place();
        long timeoutNanos = isPatient ? PATIENT_NANOS : random.scaled(1_000_000, options.timeoutNanos());
        client.submit(page, ReadMode.LINEARIZABLE, timeoutNanos, outcome -> {
            if (of != walk) {
                return;
            }
            tally.add(of.backward ? "page backward" : "page forward", outcome);
            if (outcome instanceof Outcome.Done done) {
                Part<List<Row>> part = page.decoder().apply(done.result());
                of.rest = part.rest().orElse(null);
                of.pages.add(new ScanSeen.Page(
                        askedAt,
                        history.place(),
                        done.partition().toString(),
                        done.version(),
                        asked,
                        of.rest,
                        rows(part.result())));
                ask(of, 1);
            } else if (attempt < MOST_ATTEMPTS) {
                ask(of, attempt + 1);
            } else {
                keep(false);
                whenOver.run();
            }
        });
    }

    private List<ScanSeen.Row> rows(List<Row> rows) {
        return rows.stream()
                .map(row -> new ScanSeen.Row(row.key(), codec.key(row.key()), shared(codec.value(row.value()))))
                .toList();
    }

    /** The same text for the same text: thousands of pages show the same long values. */
    private String shared(String text) {
        return texts.computeIfAbsent(text, first -> first);
    }

    private void keep(boolean isWhole) {
        Walk over = walk;
        walk = null;
        if (over != null) {
            scans.add(new ScanSeen(client.name(), over.range, over.backward, over.pages, isWhole));
        }
    }

    @Override
    public void onCrash() {
        life++;
        keep(false);
    }

    @Override
    public void onRestart(SimClient successor) {
        client = successor;
        begin();
    }
}
