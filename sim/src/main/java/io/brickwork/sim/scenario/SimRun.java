package io.brickwork.sim.scenario;

import io.brickwork.btree.TreeOperations;
import io.brickwork.check.Finding;
import io.brickwork.check.History;
import io.brickwork.check.Observation;
import io.brickwork.check.Replica;
import io.brickwork.check.StaleReads;
import io.brickwork.core.Check;
import io.brickwork.core.ReadMode;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.workload.CallTally;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.workload.CallerHabits;
import io.brickwork.sim.workload.MapCalls;
import io.brickwork.sim.workload.Scanner;
import io.brickwork.sim.workload.TransactionOptions;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run: a world, callers on one structure, faults; then healing, final reads at every replica, rest; then all
 * checkers.
 *
 * <p>Decides what happens in which order. {@link ClusterInspector} looks at what the bricks hold, {@link Promises}
 * judges it, {@link FailureReport} writes what broke.
 *
 * <p>Ends with a {@link Report}, or with a {@link SimFailure} that says what broke and how to see it again.
 */
public final class SimRun {
    private static final long SECOND = 1_000_000_000;
    /** Virtual time in which everything must have ended after healing. */
    private static final long LIVENESS_NANOS = 30 * SECOND;

    private static final int SCANNERS = 2;
    /** Virtual time between two comparisons of all replicas. */
    private static final long COMPARING_NANOS = SECOND / 2;

    private final String scenario;
    private final RunOptions options;
    private final boolean withTransactions;
    private final CallCodec codec;
    private final World world;
    private final FailureReport failures;
    private final History history = new History();
    private final Nemesis nemesis;
    private final List<Caller> callers = new ArrayList<>();
    /** None if the structure has no order. */
    private final List<Scanner> scanners = new ArrayList<>();
    /** So many of the callers, counted from the first, are done. */
    private int callersDone;

    private @Nullable StructureInfo structure;
    private @Nullable TransactionLoad transactions;
    private @Nullable ClusterInspector inspector;
    private @Nullable Promises promises;
    private @Nullable QuietWindow quietWindow;

    /** What a run did. */
    public record Report(
            long seed,
            long hash,
            long events,
            long virtualNanos,
            int operations,
            long done,
            long unknown,
            long commits,
            long views,
            int faults,
            long crashes,
            long messages,
            int undecidedKeys) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "seed 0x%016x trace %016x events %d t=%.3fs operations %d done %d unknown %d commits %d views %d faults %d crashes %d",
                    seed,
                    hash,
                    events,
                    virtualNanos / 1e9,
                    operations,
                    done,
                    unknown,
                    commits,
                    views,
                    faults,
                    crashes);
        }
    }

    /** A run that a test puts together by hand. */
    public SimRun(String scenario, long seed, RunOptions options, CallCodec codec, StructureTypes types) {
        this(scenario, seed, options, codec, types, Defences.ALL);
    }

    /** The same, with bricks and clients that may lack a rule. */
    public SimRun(
            String scenario, long seed, RunOptions options, CallCodec codec, StructureTypes types, Defences defences) {
        this(scenario, seed, options, codec, types, false, null, defences);
    }

    SimRun(
            String scenario,
            long seed,
            RunOptions options,
            CallCodec codec,
            StructureTypes types,
            boolean withTransactions,
            @Nullable Reduction reduction,
            Defences defences) {
        this.withTransactions = withTransactions;
        this.scenario = scenario;
        this.options = options;
        this.codec = codec;
        world = new World(seed, options.world(), types, defences);
        failures = new FailureReport(scenario, reduction, world);
        nemesis = new Nemesis(world, options.faults(), options.durability(), options.replicas());
        nemesis.reduce(reduction == null ? Reduction.NONE : reduction);
    }

    public String scenario() {
        return scenario;
    }

    /** Everything that it is made of. */
    public RunOptions options() {
        return options;
    }

    /** What does the harm. */
    public Nemesis nemesis() {
        return nemesis;
    }

    public World world() {
        return world;
    }

    public History history() {
        return history;
    }

    public StructureInfo structure() {
        StructureInfo created = structure;
        if (created == null) {
            throw new IllegalStateException("the run has not begun");
        }
        return created;
    }

    public List<Caller> callers() {
        return callers;
    }

    /** All phases. */
    public Report run() {
        return guarded(() -> {
            begin();
            callers.forEach(Caller::begin);
            scanners.forEach(Scanner::begin);
            if (transactions != null) {
                transactions.begin();
            }
            nemesis.begin();
            QuietWindow quiet = quietWindow();
            quiet.begin();
            compareReplicas();
            boolean ended = world.runUntil(() -> areCallersDone() && !quiet.isOpen(), 600 * SECOND);
            quiet.callOff();
            if (!ended) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS, "bounded-calls: " + open() + " calls outlived their deadlines");
            }
            return finish();
        });
    }

    private QuietWindow quietWindow() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < options.workload().keys(); i++) {
            keys.add(Caller.WRITTEN + i);
        }
        QuietWindow drawn = new QuietWindow(
                world,
                nemesis,
                structure(),
                keys,
                key -> codec.recordKey(structure(), key),
                client -> caller(client, options.workload()));
        quietWindow = drawn;
        return drawn;
    }

    /**
     * What the seed has drawn besides the options.
     *
     * @param quietAfterNanos when a window opens in which no fault strikes; -1 if none does
     */
    public record Drawn(CallerHabits habits, long quietAfterNanos) {}

    public Drawn drawn() {
        return new Drawn(CallerHabits.of(world), quietWindow == null ? -1 : quietWindow.opensAfterNanos());
    }

    /**
     * How many keys were asked for in the middle of the run and answered for in time, while nothing kept their
     * partitions from serving.
     */
    public int answeredUndisturbed() {
        return quietWindow == null ? 0 : quietWindow.answered();
    }

    /** Asked before every event, so it goes on where it stopped: a caller that is done stays so. */
    private boolean areCallersDone() {
        while (callersDone < callers.size() && callers.get(callersDone).isDone()) {
            callersDone++;
        }
        return callersDone == callers.size() && (transactions == null || transactions.isDone());
    }

    /** Every now and then while callers are at work: replicas that have got equally far hold the same. */
    private void compareReplicas() {
        if (!areCallersDone()) {
            Promises.requireEqualPositions(inspector().replicas());
            world.queue().after(COMPARING_NANOS, this::compareReplicas);
        }
    }

    /** Starts the bricks, creates the structure, adds the callers. Nothing goes wrong meanwhile. */
    public void begin() {
        world.start();
        if (!world.runUntil(world::areAllRegistered, 20 * SECOND)) {
            throw new SimFailure(SimFailure.Kind.LIVENESS, "founding: a brick was never registered");
        }
        SimClient founder = world.addClient("founder");
        Operation<StructureInfo> create = Catalog.create(
                "t",
                codec.spec(options.partitions(), options.replicas(), options.durability())
                        .withReplication(options.replication()),
                codec.fences(options.partitions(), world.random("fences")));
        structure = create(founder, create);
        if (withTransactions) {
            TransactionOptions drawn = TransactionOptions.draw(world.random("transaction options"));
            StructureInfo tree = create(
                    founder,
                    Catalog.create(
                            "u",
                            MapCalls.TREE
                                    .spec(drawn.treePartitions(), options.replicas(), options.durability())
                                    .withReplication(RunOptions.drawReplication(world.random("tree")))));
            transactions = new TransactionLoad(world, drawn, founder, structure(), codec, tree);
        }
        beginToInspect();
        for (int i = 1; i <= options.workload().clients(); i++) {
            callers.add(caller(world.addClient("c" + i), options.workload()));
        }
        TreeOperations ranges = codec.ranges(structure());
        if (ranges != null) {
            for (int i = 1; i <= SCANNERS; i++) {
                scanners.add(scanner(world.addClient("s" + i), ranges));
            }
        }
        world.roughen();
    }

    private void beginToInspect() {
        StructureInfo created = structure();
        TreeMap<Integer, CallCodec> codecs = new TreeMap<>();
        codecs.put(created.id(), codec);
        if (transactions != null) {
            codecs.put(transactions.tree().id(), MapCalls.TREE);
        }
        ClusterInspector looking = new ClusterInspector(world, codecs);
        inspector = looking;
        promises = new Promises(history, key -> codec.recordKey(created, key), key -> looking.owner(created, key));
    }

    private ClusterInspector inspector() {
        return Check.present(inspector, "the run has not begun");
    }

    private Promises promises() {
        return Check.present(promises, "the run has not begun");
    }

    private StructureInfo create(SimClient founder, Operation<StructureInfo> creation) {
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        founder.submit(creation, ReadMode.LINEARIZABLE, 10 * SECOND, outcome::set);
        if (!world.runUntil(() -> outcome.get() != null, 20 * SECOND)) {
            throw new SimFailure(SimFailure.Kind.LIVENESS, "founding: the structure was never created");
        }
        if (!(outcome.get() instanceof Outcome.Done done)) {
            throw new SimFailure(SimFailure.Kind.LIVENESS, "founding: the structure was not created: " + outcome.get());
        }
        StructureInfo created = creation.decoder().apply(done.result());
        world.watch(created);
        return created;
    }

    private Scanner scanner(SimClient client, TreeOperations ranges) {
        return new Scanner(world, client, codec, ranges, structure(), history, options.workload());
    }

    private Caller caller(SimClient client, WorkloadOptions workload) {
        return new Caller(world, client, codec, structure(), history, workload);
    }

    /** Heals, reads every key at every brick, waits for rest, and checks. */
    public Report finish() {
        scanners.forEach(Scanner::stop);
        nemesis.callOff();
        world.heal();
        if (!world.runUntil(() -> open() == 0, options.workload().timeoutNanos() * 2 + LIVENESS_NANOS)) {
            throw new SimFailure(SimFailure.Kind.LIVENESS, "bounded-calls: " + open() + " calls are still open");
        }
        new FinalCalls(
                        world,
                        codec,
                        structure(),
                        history,
                        options.workload(),
                        LIVENESS_NANOS,
                        tally(),
                        inspector()::describeNotWhole)
                .make();
        if (transactions != null) {
            transactions.readEverything(LIVENESS_NANOS);
        }
        if (!world.runUntil(inspector()::areAllWhole, LIVENESS_NANOS)) {
            throw new SimFailure(
                    SimFailure.Kind.LIVENESS, "whole-again: " + inspector().describeNotWhole());
        }
        List<Replica> replicas = rest();
        scanAtRest(replicas);
        return check(replicas);
    }

    private int open() {
        return history.open() + (transactions == null ? 0 : transactions.open());
    }

    /** Scans all of the structure in both directions when nothing changes any more. */
    private void scanAtRest(List<Replica> replicas) {
        TreeOperations ranges = codec.ranges(structure());
        if (ranges == null) {
            return;
        }
        for (boolean backward : List.of(false, true)) {
            Scanner scanner = scanner(world.addClient(backward ? "rest-backward" : "rest-forward"), ranges);
            scanners.add(scanner);
            AtomicBoolean isOver = new AtomicBoolean();
            scanner.scanAll(backward, () -> isOver.set(true));
            world.runUntil(isOver::get, LIVENESS_NANOS);
            promises()
                    .requireWholeScan(
                            scanner.scans().isEmpty() ? null : scanner.scans().getFirst(), replicas);
        }
    }

    /** What became of all calls so far, by kind. */
    public CallTally tally() {
        CallTally all = new CallTally();
        callers.forEach(caller -> all.add(caller.tally()));
        scanners.forEach(scanner -> all.add(scanner.tally()));
        if (transactions != null) {
            all.add(transactions.tally());
        }
        return all;
    }

    /**
     * Waits until nothing is under way and all replicas have applied the same, and everything; and looks whether they
     * stay so.
     */
    private List<Replica> rest() {
        int good = 0;
        List<Replica> replicas = inspector().replicas();
        for (int i = 0; i < 150; i++) {
            Promises.requireEqualPositions(replicas);
            boolean isAtRest = !world.network().isBusy()
                    && inspector().areAllWhole()
                    && inspector().isEverythingApplied()
                    && promises().areSettled(replicas);
            good = isAtRest ? good + 1 : 0;
            if (good == 3) {
                break;
            }
            world.run(SECOND / 5);
            replicas = inspector().replicas();
        }
        return replicas;
    }

    private Report check(List<Replica> replicas) {
        List<Finding> further = new ArrayList<>(StaleReads.check(
                history,
                callers.stream().flatMap(caller -> caller.staleReads().stream()).toList()));
        if (transactions != null) {
            further.addAll(transactions.check());
        }
        int undecided = promises()
                .requireAll(
                        replicas,
                        scanners.stream()
                                .flatMap(scanner -> scanner.scans().stream())
                                .toList(),
                        further);
        int planned = callers.size() * options.workload().operations();
        if (history.size() < planned
                || history.count(Observation.Ending.DONE) < world.bricks().size()) {
            throw new SimFailure(
                    SimFailure.Kind.TOO_LITTLE,
                    "executed: %d of %d planned operations, %d of them done"
                            .formatted(history.size(), planned, history.count(Observation.Ending.DONE)));
        }
        return report(undecided);
    }

    private Report report(int undecided) {
        return new Report(
                world.seed(),
                world.trace().hash(),
                world.queue().executed(),
                world.queue().nowNanos(),
                history.size(),
                history.count(Observation.Ending.DONE),
                history.count(Observation.Ending.UNKNOWN),
                world.overseer().commits(),
                world.overseer().views(),
                nemesis.total(),
                world.crashes(),
                world.network().delivered(),
                undecided);
    }

    /**
     * Runs a part of a scenario; whatever it throws becomes a failure with everything that is needed to see it again.
     */
    public <T> T guarded(Supplier<T> body) {
        try {
            return body.get();
        } catch (SimFailure failure) {
            throw failure(failure.kind(), failure.what(), failure);
        } catch (RuntimeException | AssertionError | StackOverflowError thrown) {
            throw failure(SimFailure.Kind.CRASH, "never-crashes: " + thrown, thrown);
        }
    }

    /** The failure of this run, as it stands, with all that is needed to see it again. */
    public SimFailure failure(SimFailure.Kind kind, String what, @Nullable Throwable cause) {
        return failures.failure(kind, what, cause);
    }

    /** The command that makes this run again, from the project's directory. */
    public String replayCommand() {
        return failures.replayCommand();
    }
}
