package io.brickwork.sim.cluster;

import io.brickwork.btree.TreeType;
import io.brickwork.core.Check;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.report.FailureFolder;
import io.brickwork.sim.report.Recording;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import io.brickwork.sim.world.WorldOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One seed of user code in a world: the code runs, everything heals, nothing may be left. {@code @SimTest} makes one
 * for each seed; without JUnit, {@link #run(long, SimulationOptions, Body)} does.
 *
 * <p>Ends with a {@link Report} or a {@link SimFailure}, which says what broke and how to see it again. All by the
 * thread that made it, and that thread has no part in the simulation: the code runs on another one.
 */
public final class Simulation implements AutoCloseable {
    private final String name;
    private final LongFunction<String> replay;
    private final World world;
    private final @Nullable Recording recording;
    private final Turns turns;
    private final List<UserNode> nodes = new ArrayList<>();
    private final SimCluster cluster;
    private final UserNode testNode;
    private boolean hasBegun;
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
     * @param replay the command that runs this seed of the test again, for the hash of the trace that it should give
     * @param recording hears all that happens, for {@link #record}; null if the seed is only to pass or to fail, as
     *     fast as it can
     */
    public Simulation(
            String name,
            LongFunction<String> replay,
            long seed,
            SimulationOptions options,
            @Nullable Recording recording) {
        this.name = name;
        this.replay = replay;
        this.recording = recording;
        world = new World(
                seed,
                worldOptions(seed, options),
                new StructureTypes(List.of(HashTableType.INSTANCE, TreeType.INSTANCE)));
        if (recording != null) {
            world.trace().setRecorder(recording);
        }
        LinkedHashMap<String, UserNode> byName = new LinkedHashMap<>();
        turns = new Turns(world, nodes, options.hangsAfter(), options.endsAfter());
        cluster = new SimCluster(world, turns, new CallLog(world.trace(), recording), byName, nodes);
        testNode = cluster.newNode(SimCluster.TEST_NODE);
        byName.put(SimCluster.TEST_NODE, testNode);
        world.start();
    }

    /**
     * What a bad world would be like is the seed's choice; how much fits into it is not, since nobody knows what users
     * put there.
     */
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
        try (Simulation simulation = new Simulation("simulation", hash -> again, seed, options, null)) {
            simulation.run(body);
            return simulation.finish();
        }
    }

    public SimCluster cluster() {
        return cluster;
    }

    /**
     * Runs code on a thread of the simulation, to its end. The cluster serves when the code begins. May be repeated;
     * what was spawned goes on during the next one.
     *
     * @throws SimFailure if anything went wrong; the cause is what the code threw, if it did
     */
    public void run(Body body) {
        Check.state(!isClosed && !hasFailed, "the seed is over");
        try {
            if (!hasBegun) {
                hasBegun = true;
                runUnguarded(SimCluster::awaitWhole);
            }
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

    /** What the seed has come to so far. */
    public long hash() {
        return world.trace().hash();
    }

    /** The last steps of the seed, in words; as many as its options say. */
    public List<String> trace() {
        return world.trace().lines();
    }

    /**
     * Leaves a folder with everything that was recorded of this seed, and adds to its failure where that is and what
     * happened.
     *
     * @param failure of this seed, as {@link #run} or {@link #finish} threw it
     */
    public SimFailure record(SimFailure failure, Path folder) {
        Recording recorded = Check.present(recording, "the seed was not recorded");
        TreeMap<Integer, String> services = new TreeMap<>();
        nodes.forEach(node -> services.put(node.number(), node.name()));
        return FailureFolder.leave(folder, name, world, recorded, failure, services);
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
        return told(failure, tail(left), cause);
    }

    /** A failure of this seed that somebody else has found, with all that is needed to see it again. */
    public SimFailure failed(SimFailure found, @Nullable Throwable cause) {
        return told(found, "", cause);
    }

    private SimFailure told(SimFailure failure, String tail, @Nullable Throwable cause) {
        return new SimFailure(failure.kind(), failure.what(), System.lineSeparator() + block(failure), tail, cause);
    }

    private String block(SimFailure failure) {
        long hash = world.trace().hash();
        return String.format(
                Locale.ROOT,
                "SIM FAILURE  %s%ntest %s   seed 0x%016x   step %d   t=%.3fs   trace %016x   %s%nreplay: %s",
                failure.what(),
                name,
                world.seed(),
                world.queue().executed(),
                world.queue().nowNanos() / 1e9,
                hash,
                failure.kind(),
                replay.apply(hash));
    }

    private String tail(List<String> left) {
        StringBuilder tail = new StringBuilder();
        if (!left.isEmpty()) {
            tail.append("\nleft behind, since they hang outside the simulation: threads ")
                    .append(left);
        }
        if (recording == null) { // else the folder has them
            world.trace().lines().forEach(line -> tail.append('\n').append(line));
        }
        return tail.toString();
    }
}
