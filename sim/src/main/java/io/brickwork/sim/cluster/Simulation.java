package io.brickwork.sim.cluster;

import io.brickwork.btree.TreeType;
import io.brickwork.core.Check;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import io.brickwork.sim.world.WorldOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One seed of user code in a world: the code runs, everything heals, nothing may be left. {@code @SimTest} makes one for each seed; without JUnit, {@link #run(long, SimulationOptions, Body)} does.
 *
 * <p>Ends with a {@link Report} or a {@link SimFailure}, which says what broke and how to see it again. All by the thread that made it, and that thread has no part in the simulation: the code runs on
 * another one.
 */
public final class Simulation implements AutoCloseable {
    private final String name;
    private final String replay;
    private final World world;
    private final Turns turns;
    private final SimCluster cluster;
    private final UserNode testNode;
    private boolean hasFailed;
    private boolean isClosed;

    /** Code of a user. */
    @FunctionalInterface
    public interface Body {
        void run(SimCluster cluster) throws Throwable;
    }

    /**
     * What a seed did. Two runs of a seed are the same if their reports are.
     *
     * @param hash over everything that happened, in order
     * @param events how many there were
     * @param turns how often a thread of user code was given the turn
     */
    public record Report(long seed, long hash, long events, long virtualNanos, long turns) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "seed 0x%016x trace %016x events %d t=%.3fs turns %d",
                    seed,
                    hash,
                    events,
                    virtualNanos / 1e9,
                    turns);
        }
    }

    /**
     * Begins a world.
     *
     * @param name of the test, for a failure's report
     * @param replay the command that runs this seed of the test again
     */
    public Simulation(String name, String replay, long seed, SimulationOptions options) {
        this.name = name;
        this.replay = replay;
        world = new World(
                seed,
                worldOptions(seed, options),
                new StructureTypes(List.of(HashTableType.INSTANCE, TreeType.INSTANCE)));
        LinkedHashMap<String, UserNode> nodes = new LinkedHashMap<>();
        List<UserNode> nodeList = new ArrayList<>();
        turns = new Turns(world, nodeList, options.hangsAfter(), options.endsAfter());
        cluster = new SimCluster(world, turns, nodes, nodeList);
        testNode = cluster.newNode(SimCluster.TEST_NODE);
        nodes.put(SimCluster.TEST_NODE, testNode);
        world.start();
    }

    /** What a bad world would be like is the seed's choice; how much fits into it is not, since nobody knows what users put there. */
    private static WorldOptions worldOptions(long seed, SimulationOptions options) {
        WorldOptions drawn = RunOptions.draw(new SimRandom(seed)).world();
        return new WorldOptions(
                options.bricks(),
                drawn.disk(),
                drawn.network(),
                drawn.wallSkewNanos(),
                drawn.driftPpm(),
                drawn.inputsPerTurn(),
                drawn.pausePerMillion(),
                drawn.pauseNanos(),
                WorldOptions.CALM.overlayBytes(),
                WorldOptions.CALM.windowBytes(),
                drawn.copyChunkBytes(),
                drawn.leaseTermNanos(),
                drawn.sessionTimeoutNanos(),
                drawn.growth(),
                options.keptLines());
    }

    /**
     * Runs a seed from its beginning to its end.
     *
     * @throws SimFailure if anything went wrong; the cause is what the code threw, if it did
     */
    public static Report run(long seed, SimulationOptions options, Body body) {
        String again = String.format(Locale.ROOT, "Simulation.run(0x%016xL, ...)", seed);
        try (Simulation simulation = new Simulation("simulation", again, seed, options)) {
            simulation.run(body);
            return simulation.finish();
        }
    }

    public SimCluster cluster() {
        return cluster;
    }

    /**
     * Runs code on a thread of the simulation, to its end. May be repeated; what was spawned goes on during the next one.
     *
     * @throws SimFailure if anything went wrong; the cause is what the code threw, if it did
     */
    public void run(Body body) {
        Check.state(!isClosed && !hasFailed, "the seed is over");
        try {
            runUnguarded(body);
            checkServices();
        } catch (RuntimeException | Error thrown) {
            throw failure(thrown);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever a test throws is its failure
    private void runUnguarded(Body body) {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        turns.run(testNode, SimCluster.TEST_NODE, () -> {
            try {
                body.run(cluster);
            } catch (ThreadStopped stopped) {
                throw stopped;
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        Throwable failure = thrown.get();
        if (failure != null) {
            throw new ThrownByTest(failure);
        }
    }

    /** Carries what user code threw to where it is reported. */
    private static final class ThrownByTest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ThrownByTest(Throwable cause) {
            super(cause);
        }
    }

    private void checkServices() {
        for (SimService<?> service : cluster.services()) {
            Throwable untold = service.untold();
            if (untold != null) {
                String what = "service '%s' ended with %s, and nobody asked for its result()"
                        .formatted(service.name(), untold);
                throw new SimFailure(SimFailure.Kind.CRASH, what, what, "", untold);
            }
        }
    }

    /**
     * Heals everything, and sees to it that the cluster serves again and that no thread is left.
     *
     * @throws SimFailure if one of it does not hold
     */
    public Report finish() {
        Check.state(!isClosed && !hasFailed, "the seed is over");
        try {
            runUnguarded(SimCluster::settle);
            checkServices();
            Report report = new Report(
                    world.seed(),
                    world.trace().hash(),
                    world.queue().executed(),
                    world.queue().nowNanos(),
                    turns.given());
            List<String> left = end();
            if (!left.isEmpty()) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS,
                        "leaves-no-thread: these could not be stopped, since they hang outside the simulation: "
                                + left);
            }
            return report;
        } catch (RuntimeException | Error thrown) {
            throw failure(thrown);
        }
    }

    /** Stops all threads. May be repeated. */
    @Override
    public void close() {
        end();
    }

    private List<String> end() {
        if (isClosed) {
            return List.of();
        }
        isClosed = true;
        return turns.end();
    }

    private SimFailure failure(Throwable thrown) {
        hasFailed = true;
        List<String> left = end();
        SimFailure failure = switch (thrown) {
            case ThrownByTest byTest when byTest.getCause() instanceof SimFailure inside -> inside;
            case ThrownByTest byTest -> new SimFailure(SimFailure.Kind.SAFETY, "test: " + byTest.getCause());
            case SimFailure told -> told;
            default -> new SimFailure(SimFailure.Kind.CRASH, "never-crashes: " + thrown);
        };
        Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
        return new SimFailure(
                failure.kind(), failure.what(), System.lineSeparator() + block(failure), tail(left), cause);
    }

    private String block(SimFailure failure) {
        return String.format(
                Locale.ROOT,
                "SIM FAILURE  %s%ntest %s   seed 0x%016x   step %d   t=%.3fs   trace %08x   %s%nreplay: %s",
                failure.what(),
                name,
                world.seed(),
                world.queue().executed(),
                world.queue().nowNanos() / 1e9,
                world.trace().hash() >>> 32,
                failure.kind(),
                replay);
    }

    private String tail(List<String> left) {
        StringBuilder tail = new StringBuilder();
        if (!left.isEmpty()) {
            tail.append("\nleft behind, since they hang outside the simulation: threads ")
                    .append(left);
        }
        for (String line : world.trace().lines()) {
            tail.append('\n').append(line);
        }
        return tail.toString();
    }
}
