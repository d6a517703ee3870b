package io.brickwork.sim.cluster;

import io.brickwork.check.Model;
import io.brickwork.client.Dds;
import io.brickwork.client.DdsOptions;
import io.brickwork.core.Check;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.WallClock;
import io.brickwork.sim.world.FaultOptions.Fault;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.Wholeness;
import io.brickwork.sim.world.World;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of bricks in a simulated world, and the nodes of the user's own service beside it. One seed decides
 * everything that happens.
 *
 * <pre>{@code
 * @SimTest(seeds = 200)
 * void nothingIsSoldTwice(SimCluster cluster) {
 *     SimService<Void> shop = cluster.spawn("shop", () -> new Shop(cluster.dds()).serve());
 *     cluster.chaos("shop");
 *     cluster.runFor(Duration.ofSeconds(30));
 *     cluster.settle();
 *     ...
 * }
 * }</pre>
 *
 * <p><b>Nodes.</b> The test is a node, called {@value #TEST_NODE}; each service that is spawned is another, and so is
 * each name that a {@code Dds} is opened under. A node has a wall clock, a source of luck, an executor, and any number
 * of threads and clients. {@link #dds()}, {@link #clock()}, {@link #random()} and {@link #executor()} are those of the
 * node whose thread calls. Bricks are called {@code brick-1} and so on.
 *
 * <p><b>Threads.</b> Those of the test, of services and of executors are real threads of which one runs at a time. A
 * call that blocks hands the turn over; which thread gets it is drawn from the seed. In between, no virtual time
 * passes. Whatever such a thread waits for must be of the simulation: {@code Dds} calls, {@link #sleep},
 * {@link #await(CompletionStage)}, stages and futures that come from the {@code Dds} or the executor. Any other thread
 * that calls in is refused by name, and the seed fails.
 *
 * <p><b>Faults</b> stay until {@link #heal}, unless said otherwise. A name that nothing has is an
 * {@link IllegalArgumentException} that lists those there are.
 */
public final class SimCluster {
    /** What the node of the test itself is called. */
    public static final String TEST_NODE = "test";

    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration REST = Duration.ofSeconds(2);
    private static final Duration FOUNDING_POLL = Duration.ofMillis(50);

    private final World world;
    private final Turns turns;
    private final CallLog log;
    private final LinkedHashMap<String, UserNode> nodes;
    private final List<UserNode> nodeList;
    private final ClusterFaults faults;

    SimCluster(World world, Turns turns, CallLog log, LinkedHashMap<String, UserNode> nodes, List<UserNode> nodeList) {
        this.world = world;
        this.turns = turns;
        this.log = log;
        this.nodes = nodes;
        this.nodeList = nodeList;
        faults = new ClusterFaults(world, turns, nodes);
    }

    // ---- the way in

    /** A {@code Dds} on the node of the calling thread. */
    public Dds dds() {
        return dds(options -> {});
    }

    /** A {@code Dds} on the node of the calling thread, with the options of {@link Dds#connect(String, Consumer)}. */
    public Dds dds(Consumer<DdsOptions> configure) {
        return open(turns.self().node(), configure);
    }

    /** A {@code Dds} on the node of this name, which is made if there is none. */
    public Dds dds(String node) {
        return dds(node, options -> {});
    }

    /**
     * A {@code Dds} on the node of this name, which is made if there is none, with the options of
     * {@link Dds#connect(String, Consumer)}.
     */
    public Dds dds(String node, Consumer<DdsOptions> configure) {
        turns.self();
        return open(nodeCalled(node), configure);
    }

    private Dds open(UserNode node, Consumer<DdsOptions> configure) {
        Check.state(node.isUp(), "node '%s' has crashed: restart it first", node.name());
        return Dds.over(
                settings -> {
                    ClusterSession session = new ClusterSession(
                            world, turns, log, node, world.addClient(node.nextSessionName()), settings);
                    node.sessions().add(session);
                    faults.onOpened();
                    return session;
                },
                configure);
    }

    /** What may throw anything, and gives nothing. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /**
     * Runs code as a thread of the node of this name, which is made if there is none. If the node is restarted it runs
     * again, from the beginning.
     *
     * @param node not the name of a brick
     */
    public SimService<@Nullable Void> spawn(String node, Body body) {
        return spawn(node, () -> {
            body.run();
            return null;
        });
    }

    /** As {@link #spawn(String, Body)}, for code that has a result. */
    public <T> SimService<T> spawn(String node, Callable<T> body) {
        turns.self();
        UserNode on = nodeCalled(node);
        Check.state(on.isUp(), "node '%s' has crashed: restart it first", node);
        SimService<T> service = new SimService<>(this, turns, on, body);
        on.services().add(service);
        service.start();
        return service;
    }

    private UserNode nodeCalled(String name) {
        Check.argument(!name.isBlank(), "a node needs a name");
        Check.argument(faults.brick(name) == null, "'%s' is a brick; call the node something else", name);
        return nodes.computeIfAbsent(name, this::newNode);
    }

    UserNode newNode(String name) {
        SimRandom random = world.random("node").stream(name);
        int drift = world.options().driftPpm();
        SimClock monotonic =
                new SimClock(world.queue(), 0, random.stream("clock").between(-drift, drift));
        UserNode node = new UserNode(
                turns,
                Recorder.FIRST_SERVICE - nodeList.size(),
                name,
                new WallClock(monotonic, monotonic.nowNanos()), // right, however late the node comes
                random.stream("user"));
        nodeList.add(node);
        return node;
    }

    // ---- time and luck

    /** The wall clock of the calling thread's node, as wrong as {@link #skew} and its drift make it. In UTC. */
    public Clock clock() {
        return new NodeClock(turns.self().node(), ZoneOffset.UTC);
    }

    /** The luck of the calling thread's node; {@code java.util.Random.from} makes an old-fashioned one of it. */
    public RandomGenerator random() {
        return turns.self().node().random();
    }

    /**
     * Runs tasks on the calling thread's node, each on a thread of the simulation; never full. Ends when the node
     * crashes.
     */
    public ScheduledExecutorService executor() {
        return turns.self().node().executor();
    }

    /** Waits for some virtual time; ends early if the thread is interrupted, whose flag stays set. */
    public void sleep(Duration time) {
        Check.argument(!time.isNegative(), "a sleep of %s", time);
        turns.sleep(time.toNanos());
    }

    /** As {@link #sleep}: lets everything else run for that time. */
    public void runFor(Duration time) {
        sleep(time);
    }

    /** Virtual time since the world began. */
    public Duration elapsed() {
        return Duration.ofNanos(turns.nowNanos());
    }

    /**
     * Waits for a stage, wherever it comes from: {@code allOf}, say, whose own {@code join} would block for real.
     *
     * @throws CompletionException or what the stage failed with, if that is unchecked
     */
    public <T> T await(CompletionStage<T> stage) {
        SimThread self = turns.self();
        SimFuture<T> future = new SimFuture<>(turns, self.node());
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                future.complete(value);
            } else {
                future.completeExceptionally(failure);
            }
        });
        try {
            return future.join();
        } catch (CompletionException wrapped) {
            switch (wrapped.getCause()) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw wrapped;
            }
        }
    }

    // ---- faults

    /** Cuts a brick or a node off from all others, both ways. */
    public void isolate(String name) {
        turns.self();
        faults.isolate(name);
    }

    /** Cuts two off from each other; one of them is a brick. */
    public void isolate(String one, String other) {
        turns.self();
        faults.cutBothWays(one, other);
    }

    /** Lets nothing get from one to the other; the way back stays open. One of them is a brick. */
    public void isolateOneWay(String from, String to) {
        turns.self();
        faults.cutOneWay(from, to);
    }

    /**
     * Kills a brick or a node. A brick keeps its disk. Of a node, every thread ends at its next word to the simulation
     * (with {@link ThreadStopped}), and its clients fall silent: what they had sent may be executed.
     */
    public void crash(String name) {
        turns.self();
        faults.crash(name);
        turns.self(); // the caller may have been on it
    }

    /** Crashes a brick's machine: it also loses what was not synced. */
    public void losePower(String brick) {
        turns.self();
        faults.losePower(brick);
    }

    /**
     * Starts a brick again with what its disk holds, or a node with the bodies that were spawned on it. Does nothing if
     * it is up.
     */
    public void restart(String name) {
        turns.self();
        faults.restart(name);
    }

    /** Stops a brick or a node where it is, until {@link #resume}; what arrives waits. */
    public void pause(String name) {
        turns.self();
        faults.pause(name);
    }

    public void resume(String name) {
        turns.self();
        faults.resume(name);
    }

    /**
     * Slows a brick or a node down.
     *
     * @param times 1 (not at all) to 10,000
     */
    public void slow(String name, int times) {
        turns.self();
        faults.slow(name, times);
    }

    /** Moves the wall clock of a node forward, or back if negative. Bricks look at none. */
    public void skew(String node, Duration by) {
        turns.self();
        faults.skew(node, by);
    }

    /**
     * From here on, until {@link #heal}, the seed lets bricks crash, lose power, pause and slow down, disks stall and
     * fail, links break and be cut, and the network be as bad as it is; and services crash and start again.
     *
     * @param services names of nodes to strike; others are spared, but not their links
     */
    public void chaos(String... services) {
        turns.self();
        faults.chaos(List.of(services));
    }

    /**
     * As {@link #chaos(String...)}, with faults of these kinds alone, each as likely as the others. When they strike,
     * whom, how hard and for how long, and how bad the network is in between, is still for the seed to say.
     *
     * @param kinds at least one; {@link Fault#CLIENT_CRASH} is none of them, since clients die with their node: name
     *     that among the services
     */
    public void chaos(Set<Fault> kinds, String... services) {
        turns.self();
        faults.chaos(kinds, List.of(services));
    }

    /**
     * Ends all faults: all bricks run, everything is connected and in time; nodes that {@link #chaos} has crashed start
     * again, those that {@link #crash} has do not. Returns at once; {@link #settle} waits until the cluster has
     * recovered, too.
     */
    public void heal() {
        turns.self();
        faults.heal();
    }

    /**
     * Heals, and waits until the cluster serves again; the moment for final checks.
     *
     * @throws io.brickwork.core.DdsException if it does not within a minute of virtual time, which would be a bug of
     *     Brickwork
     */
    public void settle() {
        heal();
        try (Dds dds = dds(TEST_NODE, options -> options.timeout(SETTLE_TIMEOUT))) {
            dds.structures();
        }
        sleep(REST);
    }

    /** Waits until the bricks have founded their cluster, and lack nothing. */
    void awaitWhole() {
        long until = turns.nowNanos() + SETTLE_TIMEOUT.toNanos();
        Wholeness wholeness = new Wholeness(world);
        while (!wholeness.isWhole()) {
            if (turns.nowNanos() > until) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS,
                        "founding: the cluster was not whole after %s, though nothing was wrong with it"
                                .formatted(SETTLE_TIMEOUT));
            }
            sleep(FOUNDING_POLL);
        }
    }

    /** A new history, for operations of the user's own service, which {@link SimHistory#checkLinearizable} judges. */
    public SimHistory history() {
        return new SimHistory(turns, log);
    }

    /** A new history, for operations of the user's own service, which are judged by a model of it. */
    public <S, I, O extends @Nullable Object> SimModelHistory<S, I, O> history(Model<S, I, O> model) {
        return new SimModelHistory<>(turns, log, model);
    }

    /** The names of all bricks. */
    public List<String> bricks() {
        return world.bricks().stream().map(SimBrick::name).toList();
    }

    /** The seed that decides everything. */
    public long seed() {
        return world.seed();
    }

    /** What services threw and nobody asked for. */
    List<SimService<?>> services() {
        List<SimService<?>> all = new ArrayList<>();
        nodeList.forEach(node -> all.addAll(node.services()));
        return all;
    }
}
