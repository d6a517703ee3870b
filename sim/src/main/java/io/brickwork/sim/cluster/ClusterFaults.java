package io.brickwork.sim.cluster;

import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.scenario.Nemesis;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.world.FaultOptions;
import io.brickwork.sim.world.FaultOptions.Fault;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What befalls bricks and nodes of the user, by name. For whoever has the turn. */
final class ClusterFaults {
    private static final long MIN_STRIKE_NANOS = 1_000_000;
    private static final long MAX_DOWN_NANOS = 3_000_000_000L;

    private final World world;
    private final Turns turns;
    private final Map<String, UserNode> nodes;
    private final SimRandom luck;
    private final LinkedHashSet<Cut> cuts = new LinkedHashSet<>();
    /** Nodes that chaos has crashed and not yet started again. */
    private final LinkedHashSet<String> struck = new LinkedHashSet<>();

    private @Nullable Nemesis nemesis;
    /** Counts the healings: what was planned before the last one does not happen. */
    private int healings;

    /** Nothing gets from one to the other. */
    private record Cut(String from, String to) {}

    ClusterFaults(World world, Turns turns, Map<String, UserNode> nodes) {
        this.world = world;
        this.turns = turns;
        this.nodes = nodes;
        luck = world.random("user-faults");
    }

    // ---- the network

    void isolate(String name) {
        checkKnown(name);
        for (SimBrick brick : world.bricks()) {
            if (!brick.name().equals(name)) {
                cut(name, brick.name());
                cut(brick.name(), name);
            }
        }
        if (brick(name) != null) {
            for (UserNode node : nodes.values()) {
                cut(name, node.name());
                cut(node.name(), name);
            }
        }
    }

    void cutBothWays(String one, String other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    void cutOneWay(String from, String to) {
        checkKnown(from);
        checkKnown(to);
        Check.argument(!from.equals(to), "'%s' cannot be cut off from itself", from);
        Check.argument(
                brick(from) != null || brick(to) != null,
                "nothing runs between '%s' and '%s': one of the two must be a brick",
                from,
                to);
        cut(from, to);
    }

    private void cut(String from, String to) {
        cuts.add(new Cut(from, to));
        forEachPair(new Cut(from, to), world.network()::cut);
    }

    /** A client has come up on a node, behind the cuts that are there. */
    void onOpened() {
        cuts.forEach(cut -> forEachPair(cut, world.network()::cut));
    }

    private interface Pair {
        void accept(int from, int to);
    }

    private void forEachPair(Cut cut, Pair action) {
        for (int from : ends(cut.from())) {
            for (int to : ends(cut.to())) {
                action.accept(from, to);
            }
        }
    }

    private List<Integer> ends(String name) {
        SimBrick brick = brick(name);
        return brick != null
                ? List.of(brick.node())
                : node(name).sessions().stream()
                        .map(session -> session.client().node())
                        .toList();
    }

    // ---- processes

    void crash(String name) {
        SimBrick brick = brick(name);
        if (brick != null) {
            crash(brick, SimBrick.Crash.KILL);
            return;
        }
        UserNode node = node(name);
        Check.argument(
                !node.name().equals(SimCluster.TEST_NODE),
                "the test itself cannot crash: let what shall crash be a service, with cluster.spawn");
        if (node.isUp()) {
            turns.note(node.name() + " crashes");
            recorder().ended(node.number(), "pause", Recorder.WORLD);
            recorder().began(node.number(), "down", Recorder.WORLD);
            node.goDown();
            node.sessions().forEach(ClusterSession::letGo);
            node.sessions().clear();
            node.services().forEach(SimService::onCrash);
            turns.stop(node);
        }
    }

    void losePower(String name) {
        SimBrick brick = brick(name);
        Check.argument(
                brick != null, "'%s' is no brick, and has no disk that could lose anything: crash(\"%s\")", name, name);
        if (brick != null) {
            crash(brick, SimBrick.Crash.POWER);
        }
    }

    private void crash(SimBrick brick, SimBrick.Crash crash) {
        if (brick.isUp()) {
            world.crash(brick, crash);
        }
    }

    void restart(String name) {
        SimBrick brick = brick(name);
        if (brick != null) {
            if (!brick.isUp()) {
                brick.start();
            }
            return;
        }
        UserNode node = node(name);
        if (!node.isUp()) {
            turns.note(node.name() + " starts again");
            recorder().ended(node.number(), "down", Recorder.WORLD);
            node.comeUp(turns);
            node.services().forEach(SimService::start);
        }
    }

    void pause(String name) {
        SimBrick brick = brick(name);
        if (brick == null) {
            pause(node(name));
        } else if (brick.isUp() && !brick.isPaused()) {
            brick.pause();
            world.queue().after(world.options().network().detectNanos(), () -> {
                if (brick.isPaused()) {
                    world.network().breakLinks(brick.node());
                }
            });
        }
    }

    private void pause(UserNode node) {
        Check.argument(
                !node.name().equals(SimCluster.TEST_NODE), "the test itself cannot be paused: nobody would resume it");
        if (node.isUp()) {
            node.setPaused(true);
            recorder().began(node.number(), "pause", Recorder.WORLD);
            node.sessions().forEach(session -> session.client().pause());
        }
    }

    void resume(String name) {
        SimBrick brick = brick(name);
        if (brick == null) {
            resume(node(name));
        } else {
            brick.resume();
        }
    }

    private void resume(UserNode node) {
        if (node.isPaused()) {
            node.setPaused(false);
            recorder().ended(node.number(), "pause", Recorder.WORLD);
            node.sessions().forEach(session -> session.client().resume());
        }
    }

    void slow(String name, int times) {
        Check.argument(times >= 1 && times <= 10_000, "%d times as slow; 1 to 10,000 are possible", times);
        SimBrick brick = brick(name);
        if (brick == null) {
            slow(node(name), times);
        } else {
            brick.slowDown(times);
        }
    }

    private void slow(UserNode node, int times) {
        node.setSlowness(times);
        recorder().ended(node.number(), "slow", Recorder.WORLD);
        if (times > 1) {
            recorder().began(node.number(), "slow", Recorder.WORLD);
        }
        node.sessions().forEach(session -> session.client().slowDown(times));
    }

    void skew(String name, Duration by) {
        Check.argument(
                brick(name) == null,
                "'%s' is a brick, which looks at no wall clock; its own clock's drift is drawn from the seed",
                name);
        node(name).addSkew(by.toNanos());
        recorder().began(node(name).number(), "skew", Recorder.WORLD);
    }

    // ---- all at once

    void chaos(List<String> services) {
        chaos(withoutDeadClients(drawnFaults()), services);
    }

    void chaos(Set<Fault> kinds, List<String> services) {
        Check.argument(!kinds.isEmpty(), "chaos of no kind of fault; leave the kinds away for all that the seed draws");
        Check.argument(
                !kinds.contains(Fault.CLIENT_CRASH),
                "clients die with the node they are on: name the node, as in chaos(kinds, \"shop\")");
        EnumMap<Fault, Integer> weights = new EnumMap<>(Fault.class);
        kinds.forEach(kind -> weights.put(kind, 1));
        FaultOptions drawn = drawnFaults();
        chaos(new FaultOptions(drawn.periodNanos(), weights, drawn.downNanos(), drawn.spanNanos()), services);
    }

    private FaultOptions drawnFaults() {
        return RunOptions.draw(world.random("chaos")).faults();
    }

    private void chaos(FaultOptions options, List<String> services) {
        for (String name : services) {
            checkKnown(name);
            Check.argument(brick(name) == null, "'%s' is a brick; those are struck in any case", name);
        }
        world.roughen();
        // Without knowing which structures there will be: what holds for those that do not sync holds for all.
        Nemesis begun = new Nemesis(
                world,
                options,
                Durability.REPLICATED,
                Math.min(3, world.bricks().size()));
        stopNemesis();
        nemesis = begun;
        begun.begin();
        services.forEach(name -> planCrash(name, healings));
    }

    /** A client of a user dies with the node it is on, and not alone. */
    private static FaultOptions withoutDeadClients(FaultOptions drawn) {
        EnumMap<Fault, Integer> weights = new EnumMap<>(Fault.class);
        weights.putAll(drawn.weights());
        weights.remove(Fault.CLIENT_CRASH);
        return new FaultOptions(drawn.periodNanos(), weights, drawn.downNanos(), drawn.spanNanos());
    }

    private void planCrash(String name, int atHealing) {
        long untilCrash = luck.scaled(MIN_STRIKE_NANOS, MAX_DOWN_NANOS);
        world.queue().after(untilCrash, () -> {
            if (atHealing == healings && hasLivingService(name)) {
                crash(name);
                struck.add(name);
                world.queue().after(luck.scaled(MIN_STRIKE_NANOS, MAX_DOWN_NANOS), () -> {
                    if (struck.remove(name)) {
                        restart(name);
                    }
                });
                planCrash(name, atHealing);
            }
        });
    }

    private boolean hasLivingService(String name) {
        return node(name).services().stream().anyMatch(SimService::isAlive);
    }

    void heal() {
        healings++;
        stopNemesis();
        cuts.clear();
        world.heal();
        for (UserNode node : new ArrayList<>(nodes.values())) {
            resume(node);
            slow(node, 1);
            node.endSkew();
            recorder().ended(node.number(), "skew", Recorder.WORLD);
        }
        List.copyOf(struck).forEach(this::restart);
        struck.clear();
    }

    private Recorder recorder() {
        return world.trace().recorder();
    }

    private void stopNemesis() {
        Nemesis before = nemesis;
        if (before != null) {
            before.callOff();
        }
    }

    // ---- names

    private void checkKnown(String name) {
        if (brick(name) == null) {
            node(name);
        }
    }

    private UserNode node(String name) {
        UserNode node = nodes.get(name);
        if (node == null) {
            List<String> names = new ArrayList<>();
            world.bricks().forEach(brick -> names.add(brick.name()));
            names.addAll(nodes.keySet());
            throw new IllegalArgumentException(
                    "nothing is called '%s' in this cluster; there are %s".formatted(name, String.join(", ", names)));
        }
        return node;
    }

    @Nullable
    SimBrick brick(String name) {
        for (SimBrick brick : world.bricks()) {
            if (brick.name().equals(name)) {
                return brick;
            }
        }
        return null;
    }
}
