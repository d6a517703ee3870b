package io.brickwork.sim.scenario;

import io.brickwork.check.CycleChecker;
import io.brickwork.check.Finding;
import io.brickwork.check.TransactionHistory;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.workload.CallTally;
import io.brickwork.sim.workload.MapCalls;
import io.brickwork.sim.workload.PlainAppender;
import io.brickwork.sim.workload.TransactionCaller;
import io.brickwork.sim.workload.TransactionOptions;
import io.brickwork.sim.workload.TransactionPlace;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a run: over the structure that the other callers use, and an ordered one of their own.
 *
 * <p>Afterwards there must be a serial order of all of them, no money may have come or gone, and nothing may be locked.
 */
final class TransactionLoad {
    private static final long SECOND = 1_000_000_000;
    private static final int MOST_APPENDERS = 3;

    private final World world;
    private final TransactionOptions options;
    private final TransactionHistory history = new TransactionHistory();
    private final List<Finding> findings = new ArrayList<>();
    private final List<TransactionCaller> callers = new ArrayList<>();
    /** None in most runs. */
    private final List<PlainAppender> appenders = new ArrayList<>();

    private final List<TransactionPlace> places;

    /** Puts the accounts there. Nothing goes wrong meanwhile. */
    TransactionLoad(
            World world,
            TransactionOptions options,
            SimClient founder,
            StructureInfo first,
            CallCodec codec,
            StructureInfo tree) {
        this.world = world;
        this.options = options;
        places = List.of(new TransactionPlace("t", first, codec), new TransactionPlace("u", tree, MapCalls.TREE));
        for (int i = 1; i <= options.clients(); i++) {
            callers.add(caller(world.addClient("t" + i)));
        }
        SimRandom random = world.random("plain appenders");
        for (int i = random.nextInt(3) == 0 ? random.between(1, MOST_APPENDERS) : 0; i > 0; i--) {
            appenders.add(new PlainAppender(world, world.addClient("p" + i), places, history, options));
        }
        found(founder, callers.getFirst().founding());
    }

    private void found(SimClient founder, Minitransaction founding) {
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        for (int age = 0; age < 10; age++) {
            outcome.set(null);
            founder.transact(founding, age, 10 * SECOND, outcome::set);
            world.runUntil(() -> outcome.get() != null, 20 * SECOND);
            if (outcome.get() instanceof Outcome.Done) {
                return;
            }
        }
        throw new SimFailure(SimFailure.Kind.LIVENESS, "founding: the accounts were not made: " + outcome.get());
    }

    private TransactionCaller caller(SimClient client) {
        return new TransactionCaller(world, client, places, history, findings, options);
    }

    void begin() {
        callers.forEach(TransactionCaller::begin);
        appenders.forEach(PlainAppender::begin);
    }

    boolean isDone() {
        return callers.stream().allMatch(TransactionCaller::isDone)
                && appenders.stream().allMatch(PlainAppender::isDone);
    }

    int open() {
        return history.open();
    }

    /** What became of the transactions so far, by kind. */
    CallTally tally() {
        CallTally all = new CallTally();
        callers.forEach(caller -> all.add(caller.tally()));
        appenders.forEach(appender -> all.add(appender.tally()));
        return all;
    }

    TransactionHistory history() {
        return history;
    }

    /** The structure of its own. */
    StructureInfo tree() {
        return places.getLast().structure();
    }

    /** Everything has healed: all lists and accounts are read once more, at every brick. */
    void readEverything(long withinNanos) {
        for (SimBrick brick : world.bricks()) {
            TransactionCaller reader = caller(world.addClient("t-reader-" + brick.name(), brick.id()));
            world.run(SECOND / 5); // so that it has a link to that brick, and reads there
            AtomicBoolean isOver = new AtomicBoolean();
            // Once to learn which partitions there are, and once to read there.
            reader.readEverything(() -> reader.readEverything(() -> isOver.set(true)));
            if (!world.runUntil(isOver::get, withinNanos)) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS, "heals: a transaction that reads everything is not committed");
            }
        }
    }

    List<Finding> check() {
        List<Finding> all = new ArrayList<>(findings);
        all.addAll(CycleChecker.check(history));
        return all;
    }
}
