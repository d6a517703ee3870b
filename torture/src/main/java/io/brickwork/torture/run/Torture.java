package io.brickwork.torture.run;

import io.brickwork.check.History;
import io.brickwork.cli.transfer.Transfers;
import io.brickwork.client.Dds;
import io.brickwork.core.Check;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.torture.client.Counts;
import io.brickwork.torture.client.Tables;
import io.brickwork.torture.history.RecordedHistory;
import io.brickwork.torture.judge.Unavailability;
import io.brickwork.torture.nemesis.Fault;
import io.brickwork.torture.nemesis.Plan;
import io.brickwork.torture.net.Network;
import io.brickwork.torture.process.BrickFleet;
import io.brickwork.torture.process.ClientFleet;
import io.brickwork.torture.process.SmallDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A run: bricks and clients as processes, a load, faults; then everything heals, the load ends, all keys are read at
 * every brick, and the checkers look at what was recorded.
 *
 * <p>The seed decides which faults strike when and what each caller asks for, not how processes and networks take it:
 * the same seed gives the same plan, and another history.
 */
public final class Torture {
    private static final Duration STARTING = Duration.ofSeconds(120);
    private static final Duration RECOVERY = Duration.ofSeconds(120);
    private static final Duration ENDING = Duration.ofSeconds(60);
    private static final long TELL_SECONDS = 10;
    private static final double MILLIS_PER_MINUTE = 60_000;

    private final Options options;
    private final Path directory;
    private final PrintWriter out;
    private volatile @Nullable BrickFleet runningBricks;
    private volatile @Nullable ClientFleet runningClients;

    /**
     * How a run is to be.
     *
     * @param minutes about how long the load is to be on
     * @param faults which kinds strike; at least one
     */
    public record Options(double minutes, int bricks, int clients, long seed, Set<Fault> faults) {
        public static final int MOST_BRICKS = 9;
        public static final int MOST_CLIENTS = 9;
        private static final int BRICKS_TO_LOSE_A_DISK = 3;
        public static final double MOST_MINUTES = 24 * 60;

        public Options {
            Check.argument(
                    minutes > 0 && minutes <= MOST_MINUTES,
                    "--minutes is %s; it must be above 0 and at most %s",
                    minutes,
                    MOST_MINUTES);
            Check.argument(
                    bricks >= 2 && bricks <= MOST_BRICKS,
                    "--bricks is %d; it must be from 2 to %d",
                    bricks,
                    MOST_BRICKS);
            Check.argument(!faults.isEmpty(), "no faults");
            EnumSet<Fault> fit = EnumSet.copyOf(faults);
            // Of two bricks that keep the metadata, one alone decides nothing.
            fit.removeIf(fault -> fault == Fault.LOSE_DISK && bricks < BRICKS_TO_LOSE_A_DISK);
            Check.argument(!fit.isEmpty(), "%d bricks cannot do without a disk; %d can", bricks, BRICKS_TO_LOSE_A_DISK);
            faults = Collections.unmodifiableSet(fit);
            Check.argument(
                    clients >= 1 && clients <= MOST_CLIENTS,
                    "--clients is %d; it must be from 1 to %d",
                    clients,
                    MOST_CLIENTS);
        }

        List<String> brickNames() {
            return IntStream.range(0, bricks)
                    .mapToObj(i -> String.valueOf((char) ('a' + i)))
                    .toList();
        }

        List<String> clientNames() {
            return IntStream.rangeClosed(1, clients).mapToObj(i -> "c" + i).toList();
        }
    }

    /**
     * A run that has not begun.
     *
     * @param directory gets histories, logs, data and what was done; empty
     */
    public Torture(Options options, Path directory, PrintWriter out) {
        this.options = options;
        this.directory = directory.toAbsolutePath();
        this.out = out;
    }

    /** Judges what an earlier run has recorded; true if every promise was kept. */
    public static boolean check(Path directory, PrintWriter out) throws IOException {
        Verdict verdict = Verdict.of(directory, RunFile.read(directory), List.of());
        try (Teller teller = new Teller(out, directory.resolve("check.log"))) {
            verdict.tell(teller);
            teller.plain(verdict.figures(""));
        }
        return verdict.isGood();
    }

    /** Runs it all; true if every promise was kept and everything that was planned was done. */
    public boolean run() throws IOException, InterruptedException {
        try (Teller teller = new Teller(out, directory.resolve("torture.log"));
                Network network = new Network();
                BrickFleet bricks = new BrickFleet(directory, options.brickNames(), network)) {
            runningBricks = bricks;
            if (!options.faults().contains(Fault.FILL_DISK)) {
                return run(teller, network, bricks, null, "");
            }
            String small = options.brickNames().getLast();
            try (SmallDisk disk = SmallDisk.mount(bricks.directoryOf(small))) {
                boolean isGood = run(teller, network, bricks, disk, "");
                if (!isGood) {
                    bricks.close(); // so that nobody writes what is copied
                    disk.copyTo(directory.resolve(small + "-data"));
                }
                bricks.close(); // before its disk goes
                return isGood;
            } catch (SmallDisk.NotPermitted reason) {
                String skipped = "skipped: a full disk, for want of a small one: " + reason.getMessage();
                teller.plain(skipped);
                return run(teller, network, bricks, null, skipped);
            }
        }
    }

    /** Ends all processes of the run, for a process that is told to end in the middle of it. Any thread. */
    public void end() {
        ClientFleet clients = runningClients;
        if (clients != null) {
            clients.end();
        }
        BrickFleet bricks = runningBricks;
        if (bricks != null) {
            bricks.end();
        }
    }

    private boolean run(Teller teller, Network network, BrickFleet bricks, @Nullable SmallDisk disk, String skipped)
            throws IOException, InterruptedException {
        Set<Fault> faults = EnumSet.copyOf(options.faults());
        if (disk == null) {
            faults.remove(Fault.FILL_DISK);
            Check.state(!faults.isEmpty(), "the only fault that was asked for is %s", skipped);
        }
        Plan plan = Plan.draw(
                new SimRandom(options.seed()).stream("plan"),
                options.brickNames(),
                options.clientNames(),
                faults,
                (long) (options.minutes() * MILLIS_PER_MINUTE));
        teller.plain("seed %d: %d bricks, %d clients, %d faults in %d s; all of it is in %s"
                .formatted(
                        options.seed(),
                        options.bricks(),
                        options.clients(),
                        plan.strikes().size(),
                        plan.lengthMillis() / 1_000,
                        directory));
        Map<Tables, StructureInfo> tables = start(bricks);
        long zeroNanos = System.nanoTime();
        try (ClientFleet clients =
                new ClientFleet(directory, options.clientNames(), bricks, network, options.seed(), zeroNanos)) {
            runningClients = clients;
            Nemesis nemesis = new Nemesis(network, bricks, clients, disk, teller);
            List<String> wrong = new ArrayList<>();
            RunFile run = load(teller, plan, zeroNanos, nemesis, bricks, clients, wrong);
            run.write(directory);
            Verdict verdict = judge(run, bricks, clients, tables, wrong);
            verdict.tell(teller);
            if (!skipped.isEmpty()) {
                teller.plain(skipped);
            }
            Nemesis.Tally tally = nemesis.tally();
            teller.plain(
                    verdict.figures("faults=%d kills=%d lost-disks=%d shutdowns=%d stops=%d cuts=%d view-changes=%d "
                            .formatted(
                                    tally.faults,
                                    tally.kills,
                                    tally.lostDisks,
                                    tally.shutdowns,
                                    tally.stops,
                                    tally.cuts,
                                    bricks.viewChanges(RECOVERY))));
            return verdict.isGood();
        }
    }

    private static Map<Tables, StructureInfo> start(BrickFleet bricks) throws IOException, InterruptedException {
        for (String name : bricks.names()) {
            bricks.start(name);
        }
        List<String> late = bricks.awaitWhole(STARTING);
        Check.state(late.isEmpty(), "the bricks do not start: %s", late);
        Map<Tables, StructureInfo> tables = new LinkedHashMap<>();
        try (Dds dds = Dds.connect(bricks.directAddresses())) {
            for (Tables table : Tables.ALL) {
                tables.put(
                        table,
                        dds.invoker()
                                .invoke(
                                        Catalog.create(table.name(), table.spec()),
                                        CallOptions.DEFAULT.withTimeout(STARTING))
                                .await());
            }
        }
        return tables;
    }

    /** From the first client to the end of the load. */
    private RunFile load(
            Teller teller,
            Plan plan,
            long zeroNanos,
            Nemesis nemesis,
            BrickFleet bricks,
            ClientFleet clients,
            List<String> wrong)
            throws IOException, InterruptedException {
        clients.startAll();
        long deadlineNanos = System.nanoTime() + STARTING.toNanos();
        while (clients.served() < options.clients()) {
            Check.state(
                    System.nanoTime() - deadlineNanos < 0 && clients.surprises().isEmpty(),
                    "the clients do not start: %s",
                    clients.surprises());
            Thread.sleep(50);
        }
        long beginNanos = System.nanoTime();
        teller.countFrom(beginNanos);
        teller.say("the load is on");
        Thread progress = Thread.ofVirtual().name("progress").start(() -> tellProgress(teller, bricks, clients));
        try (Dds dds = Dds.connect(bricks.directAddresses(), how -> how.timeout(ENDING))) {
            Transfers transfers = new Transfers(dds);
            transfers.begin();
            nemesis.carryOut(plan, beginNanos);
            nemesis.heal();
            teller.say("everything is healed");
            wrong.addAll(bricks.awaitWhole(RECOVERY));
            wrong.addAll(awaitWrites(zeroNanos, System.nanoTime()));
            long leftNanos = beginNanos + nemesis.lateNanos() + plan.lengthMillis() * 1_000_000 - System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, leftNanos));
            Transfers.Result transferred = transfers.end();
            teller.say("transactions: %s", transferred);
            if (!transferred.isGood()) {
                wrong.add("transactions: " + transferred);
            }
        } finally {
            progress.interrupt();
        }
        wrong.addAll(nemesis.wrong());
        if (nemesis.tally().faults != plan.strikes().size()) {
            wrong.add("%d of %d faults were planned but did not strike"
                    .formatted(
                            plan.strikes().size() - nemesis.tally().faults,
                            plan.strikes().size()));
        }
        long endNanos = System.nanoTime();
        teller.say("the load ends");
        wrong.addAll(clients.stopAll(ENDING));
        return new RunFile(options, zeroNanos, beginNanos, endNanos);
    }

    /**
     * Waits until a write that began after that moment is acknowledged in every partition; names those of which none is
     * in time.
     */
    private List<String> awaitWrites(long zeroNanos, long sinceNanos) throws IOException, InterruptedException {
        while (true) {
            Set<String> served =
                    Unavailability.servedSince(RecordedHistory.read(directory, zeroNanos), sinceNanos - zeroNanos);
            List<String> missing = Tables.ALL.stream()
                    .flatMap(table -> IntStream.range(0, Tables.PARTITIONS).mapToObj(table::partition))
                    .filter(partition -> !served.contains(partition))
                    .map(partition -> "partition %s acknowledges no write when all is healed".formatted(partition))
                    .toList();
            if (missing.isEmpty() || System.nanoTime() - sinceNanos > RECOVERY.toNanos()) {
                return missing;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private Verdict judge(
            RunFile run, BrickFleet bricks, ClientFleet clients, Map<Tables, StructureInfo> tables, List<String> wrong)
            throws IOException, InterruptedException {
        wrong.addAll(bricks.awaitWhole(RECOVERY));
        History load = RecordedHistory.read(directory, run.zeroNanos());
        wrong.addAll(new FinalReads(directory, bricks, tables).run(load));
        wrong.addAll(bricks.surprises());
        wrong.addAll(clients.surprises());
        Verdict verdict = Verdict.of(directory, run, wrong);
        List<String> lines = new ArrayList<>();
        verdict.judgement().findings().forEach(finding -> lines.add(finding.toString()));
        lines.addAll(verdict.wrong());
        if (!lines.isEmpty()) {
            Files.write(directory.resolve("findings.txt"), lines);
        }
        return verdict;
    }

    private void tellProgress(Teller teller, BrickFleet bricks, ClientFleet clients) {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(TELL_SECONDS);
                Counts.Totals totals = clients.totals();
                teller.say(
                        "%d acknowledged, %d unknown, %d failed; %d of %d bricks run",
                        totals.acknowledged(),
                        totals.unknown(),
                        totals.failed(),
                        bricks.names().stream().filter(bricks::isAlive).count(),
                        bricks.names().size());
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }
}
