package io.brickwork.sim.scenario;

import io.brickwork.btree.TreeOperations;
import io.brickwork.check.AckedNeverLost;
import io.brickwork.check.Bank;
import io.brickwork.check.Call;
import io.brickwork.check.Convergence;
import io.brickwork.check.ExactlyOnce;
import io.brickwork.check.Finding;
import io.brickwork.check.History;
import io.brickwork.check.LinearizabilityChecker;
import io.brickwork.check.Observation;
import io.brickwork.check.Replica;
import io.brickwork.check.ScanOracle;
import io.brickwork.check.ScanSeen;
import io.brickwork.check.VersionOrder;
import io.brickwork.check.VersionReplay;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.Origin;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.table.PartitionDigest;
import io.brickwork.core.table.Snapshot;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.workload.MapCalls;
import io.brickwork.sim.workload.Scanner;
import io.brickwork.sim.workload.TransactionOptions;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run: a world, callers on one structure, faults; then healing, final reads at every replica, rest; then all checkers.
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
    /** Placements that a linearizability search may try for one key. */
    private static final long CHECK_STEPS = 500_000;

    private final String scenario;
    /** Null if the run was put together by hand, so that no command makes it again. */
    private final @Nullable Reduction reduction;

    private final RunOptions options;
    private final boolean withTransactions;
    private final CallCodec codec;
    private final World world;
    private final History history = new History();
    private final Nemesis nemesis;
    private final List<Caller> callers = new ArrayList<>();
    /** None if the structure has no order. */
    private final List<Scanner> scanners = new ArrayList<>();
    /** So many of the callers, counted from the first, are done. */
    private int callersDone;

    private @Nullable StructureInfo structure;
    private @Nullable TransactionLoad transactions;

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
        this.reduction = reduction;
        this.options = options;
        this.codec = codec;
        world = new World(seed, options.world(), types, defences);
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
            compareReplicas();
            boolean ended = world.runUntil(this::areCallersDone, 600 * SECOND);
            if (!ended) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS, "bounded-calls: " + open() + " calls outlived their deadlines");
            }
            return finish();
        });
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
            require(Convergence.checkEqualPositions(replicas()));
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
        readEverything();
        if (transactions != null) {
            transactions.readEverything(LIVENESS_NANOS);
        }
        if (!world.runUntil(this::areAllWhole, LIVENESS_NANOS)) {
            throw new SimFailure(SimFailure.Kind.LIVENESS, "whole-again: " + notWhole());
        }
        List<Replica> replicas = rest();
        scanAtRest(replicas);
        return check(replicas);
    }

    private int open() {
        return history.open() + (transactions == null ? 0 : transactions.open());
    }

    /** All of it, in both directions, when nothing changes any more: just what the tables hold. */
    private void scanAtRest(List<Replica> replicas) {
        TreeOperations ranges = codec.ranges(structure());
        if (ranges == null) {
            return;
        }
        TreeMap<Bytes, String> held = new TreeMap<>();
        for (Replica replica : replicas) {
            replica.records().forEach((key, value) -> held.put(codec.recordKey(structure(), key), value.value()));
        }
        for (boolean backward : List.of(false, true)) {
            Scanner scanner = scanner(world.addClient(backward ? "rest-backward" : "rest-forward"), ranges);
            scanners.add(scanner);
            AtomicBoolean isOver = new AtomicBoolean();
            scanner.scanAll(backward, () -> isOver.set(true));
            world.runUntil(isOver::get, LIVENESS_NANOS);
            ScanSeen seen = scanner.scans().isEmpty() ? null : scanner.scans().getFirst();
            TreeMap<Bytes, String> scanned = new TreeMap<>();
            if (seen != null) {
                seen.pages().forEach(page -> page.rows().forEach(row -> scanned.put(row.recordKey(), row.value())));
            }
            if (seen == null || !seen.isWhole()) {
                throw new SimFailure(SimFailure.Kind.LIVENESS, "heals: a scan at rest came to no end: " + seen);
            }
            if (!scanned.equals(held)) {
                throw new SimFailure(
                        SimFailure.Kind.SAFETY,
                        "scan: at rest %s shows %s, tables hold %s".formatted(seen, scanned, held));
            }
        }
    }

    private String notWholeBricks() {
        MetadataState metadata = world.metadata();
        List<String> rotten = world.bricks().stream()
                .filter(brick -> brick.isUp() && brick.disk().hasRot())
                .map(SimBrick::name)
                .toList();
        return metadata == null || groups().isEmpty()
                ? "no group is known"
                : "rot at " + rotten + ", bricks " + metadata.bricks() + ", groups " + groups();
    }

    private String notWhole() {
        return groups().stream()
                .filter(group -> !group.isOpen()
                        || group.isReshaping()
                        || !group.newest().learners().isEmpty()
                        || group.newest().members().size() < group.replicas())
                .map(Group::toString)
                .findFirst()
                .orElseGet(this::notWholeBricks);
    }

    /** Once through all keys for each brick, by a client that reads there. */
    private void readEverything() {
        TreeSet<String> keys = new TreeSet<>(history.byKey().keySet());
        for (SimBrick brick : world.bricks()) {
            Caller reader = caller(world.addClient("reader-" + brick.name(), brick.id()), options.workload());
            for (String key : keys) {
                insist(reader, attempt -> Call.of(Call.Kind.GET, key));
            }
            // A write in every partition shows that views are open everywhere, not only readable.
            for (int i = 0; i < options.workload().keys(); i++) {
                String key = Caller.WRITTEN + i;
                String value = "last-" + brick.name() + "-" + i;
                insist(reader, attempt -> Call.of(Call.Kind.SET, key, value + (attempt == 0 ? "" : "-" + attempt)));
            }
        }
    }

    /** Everything has healed, so a call must succeed; what is refused since a disk was full a moment ago is tried again for as long as anything may take. */
    private void insist(Caller reader, IntFunction<Call> attempts) {
        long until = world.queue().nowNanos() + LIVENESS_NANOS;
        for (int attempt = 0; ; attempt++) {
            AtomicReference<@Nullable Outcome> told = new AtomicReference<>();
            Call call = attempts.apply(attempt);
            reader.call(call, LIVENESS_NANOS, told::set);
            world.runUntil(() -> told.get() != null, 2 * LIVENESS_NANOS);
            Outcome outcome = told.get();
            if (outcome instanceof Outcome.Done) {
                return;
            }
            boolean isOverloaded = outcome instanceof Outcome.Failed(DdsException failure)
                    && failure instanceof DdsException.Overloaded;
            if (!isOverloaded || world.queue().nowNanos() >= until) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS,
                        "heals: " + call + " after everything has healed ended as " + outcome + "; " + notWhole());
            }
            world.run(SECOND / 10);
        }
    }

    /** Waits until nothing is under way and all replicas have applied the same, and everything; and looks whether they stay so. */
    private List<Replica> rest() {
        int good = 0;
        List<Replica> replicas = replicas();
        for (int i = 0; i < 150; i++) {
            require(Convergence.checkEqualPositions(replicas));
            boolean isAtRest = !world.network().isBusy()
                    && areAllWhole()
                    && world.bricks().stream().allMatch(SimRun::hasAppliedEverything)
                    && Convergence.check(replicas).isEmpty()
                    && AckedNeverLost.check(history, replicas, this::owner).isEmpty()
                    && Bank.checkLocks(replicas).isEmpty();
            good = isAtRest ? good + 1 : 0;
            if (good == 3) {
                break;
            }
            world.run(SECOND / 5);
            replicas = replicas();
        }
        return replicas;
    }

    /** Else it may still be told of a commit, and its table changes once more: after a stalled disk that is seconds later. */
    private static boolean hasAppliedEverything(SimBrick brick) {
        BrickMachine machine = brick.machine();
        return machine == null
                || machine.statuses().stream().allMatch(status -> status.appliedSeq() == status.storedSeq());
    }

    /** What the tables of the structure's members hold, by partition: of those views that were opened last. */
    public List<Replica> replicas() {
        List<Replica> replicas = new ArrayList<>();
        for (Group group : groups()) {
            GroupView opened = group.opened();
            Origin origin = group.origin();
            boolean isParents = opened != null && origin != null && opened.epoch() < origin.firstEpoch();
            if (opened != null && !isParents) { // whose members may have yet to carry out the split
                for (Member member : opened.members()) {
                    SimBrick brick = world.brick(member.brick());
                    if (brick.disk().hasRot()) {
                        continue; // until it is repaired
                    }
                    Replica replica = replica(brick, group);
                    if (replica != null && !world.overseer().isMixed(brick, group.partition(), replica.applied())) {
                        replicas.add(replica);
                    }
                }
            }
        }
        return replicas;
    }

    /** The structure's groups, as far as they are known. */
    private List<Group> groups() {
        MetadataState metadata = world.metadata();
        return metadata == null
                ? List.of()
                : metadata.groups().stream()
                        .filter(group -> isOurs(group.partition().structure()))
                        .toList();
    }

    private boolean isOurs(int id) {
        return id == structure().id()
                || (transactions != null && id == transactions.tree().id());
    }

    private CallCodec codec(int id) {
        return id == structure().id() ? codec : MapCalls.TREE;
    }

    /** Every group is open, with as many members as it should have, nobody is being brought level, and every record can be read. */
    private boolean areAllWhole() {
        long hosts = world.bricks().stream().filter(SimBrick::isUp).count();
        MetadataState metadata = world.metadata();
        boolean hasRot = world.bricks().stream()
                .anyMatch(brick -> brick.isUp() && brick.disk().hasRot());
        if (metadata == null || hasRot || metadata.bricks().stream().anyMatch(BrickInfo::isLeaving)) {
            return false;
        }
        List<Group> groups = groups();
        return !groups.isEmpty()
                && groups.stream()
                        .allMatch(group -> group.isOpen()
                                && !group.isReshaping()
                                && group.newest().learners().isEmpty()
                                && group.newest().members().size() == Math.min(hosts, group.replicas()));
    }

    /** The partition that has the key now, as far as is known. */
    private String owner(String key) {
        MetadataState metadata = world.metadata();
        Group group = metadata == null ? null : metadata.locate(structure().id(), codec.recordKey(structure(), key));
        return group == null ? "" : group.partition().toString();
    }

    /** Null if it has nothing yet of what the partition has by now. */
    private @Nullable Replica replica(SimBrick brick, Group group) {
        PartitionId partition = group.partition();
        TreeMap<String, Replica.Held> records = new TreeMap<>();
        MetadataState metadata = world.metadata();
        try (Snapshot snapshot = brick.disk().look()) {
            if (snapshot.isIncomplete(partition)) {
                return null; // half a copy, or half removed
            }
            Split split = group.split();
            boolean isWhole =
                    split == null || snapshot.applied(split.child()).version().equals(Version.NONE);
            KeyRange settled = metadata == null
                    ? null
                    : metadata.settledRange(group, snapshot.applied(partition).version());
            KeyRange range = split == null || isWhole || settled == null ? settled : settled.intersection(split.kept());
            if (range == null) {
                return null;
            }
            snapshot.scan(partition.structure(), range, (key, record) -> {
                CallCodec of = codec(partition.structure());
                records.put(of.key(key), new Replica.Held(record.version(), of.value(record.value())));
                return true;
            });
            if (snapshot.applied(partition).version().equals(Version.NONE) && !records.isEmpty()) {
                return null; // they are another's, which the partition was merged into
            }
            return new Replica(
                    brick.name(),
                    partition.toString(),
                    snapshot.applied(partition).version(),
                    PartitionDigest.of(snapshot, partition, range),
                    records,
                    snapshot.sessions(partition));
        }
    }

    private Report check(List<Replica> replicas) {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(AckedNeverLost.check(history, replicas, this::owner));
        findings.addAll(ExactlyOnce.check(history, replicas, this::owner, Caller.APPENDED));
        findings.addAll(VersionOrder.check(history));
        findings.addAll(VersionReplay.check(history));
        findings.addAll(Convergence.check(replicas));
        findings.addAll(ScanOracle.check(
                history,
                scanners.stream().flatMap(scanner -> scanner.scans().stream()).toList(),
                key -> codec.recordKey(structure(), key)));
        findings.addAll(Bank.checkLocks(replicas));
        if (transactions != null) {
            findings.addAll(transactions.check());
        }
        LinearizabilityChecker checker = new LinearizabilityChecker(CHECK_STEPS);
        int undecided = 0;
        for (var entry : history.byKey().entrySet()) {
            switch (checker.check(entry.getValue())) {
                case LinearizabilityChecker.Verdict.Linearizable ok -> {}
                case LinearizabilityChecker.Verdict.Undecided gaveUp -> undecided++;
                case LinearizabilityChecker.Verdict.Violation violation ->
                    findings.add(new Finding("linearizable", violation.explanation()));
            }
        }
        require(findings);
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

    private static void require(List<Finding> findings) {
        if (!findings.isEmpty()) {
            StringBuilder text = new StringBuilder(findings.getFirst().toString());
            for (Finding finding : findings.subList(1, Math.min(findings.size(), 5))) {
                text.append("\n  also ").append(finding);
            }
            if (findings.size() > 5) {
                text.append("\n  and ").append(findings.size() - 5).append(" more");
            }
            throw new SimFailure(SimFailure.Kind.SAFETY, text.toString());
        }
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

    /** Runs a part of a scenario; whatever it throws becomes a failure with everything that is needed to see it again. */
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
        String block = String.format(
                Locale.ROOT,
                "SIM FAILURE  %s%nscenario %s   seed 0x%016x   step %d   t=%.3fs   trace %s   commit %s%nreplay: %s",
                what,
                scenario,
                world.seed(),
                world.queue().executed(),
                world.queue().nowNanos() / 1e9,
                world.trace().shortHash(),
                Commit.id(),
                replayCommand());
        StringBuilder tail = new StringBuilder();
        for (String line : world.trace().lines()) {
            tail.append(System.lineSeparator()).append(line);
        }
        return new SimFailure(kind, what, System.lineSeparator() + block, tail.toString(), cause);
    }

    /** The command that makes this run again, from the project's directory. */
    public String replayCommand() {
        if (reduction == null) {
            return "run the test again; it decides everything itself";
        }
        return String.format(Locale.ROOT, "./dds sim replay %s --seed 0x%016x %s", scenario, world.seed(), reduction)
                .strip();
    }
}
