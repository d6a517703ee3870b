package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.kernel.Coverage;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.Trace;
import io.brickwork.sim.kernel.WallClock;
import io.brickwork.sim.network.NetworkOptions;
import io.brickwork.sim.network.SimNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of bricks and its clients, in one thread and in virtual time. One seed decides everything.
 *
 * <p>Whatever a machine throws ends the run. A brick whose disk fails halts, and is started again later, with what its
 * disk has kept; a brick that was armed to crash is, too. What the {@link Overseer} sees being committed and opened
 * must fit together at all times; now and then it looks at everything there is.
 */
public final class World {
    private static final long SECOND = 1_000_000_000;
    /** After which a brick is started again that has ended by itself. */
    private static final long SOON_NANOS = 10_000_000;
    /** How many events pass from one look at everything to the next. */
    private static final long SWEEP_EVENTS = 5_000;

    private final long seed;
    private final SimRandom random;
    private final WorldOptions options;
    private final StructureTypes types;
    private final Defences defences;
    private final EventQueue queue = new EventQueue();
    private final Trace trace;
    private final Harms harms = new Harms();
    private final Coverage coverage = new Coverage();
    private final Ambush ambush = new Ambush();
    private final SimNetwork network;
    private final List<SimBrick> bricks = new ArrayList<>();
    private final List<SimClient> clients = new ArrayList<>();
    private final Overseer overseer;
    private final SimRandom crashRandom;
    private long callerLinks;
    private long crashes;
    private long nextSweep = SWEEP_EVENTS;
    /** Whether bricks may pause between steps and effects, and the network is as bad as the options say. */
    private boolean isHarsh;

    public World(long seed, WorldOptions options, StructureTypes types) {
        this(seed, options, types, Defences.ALL);
    }

    /** A world whose bricks and clients leave rules out. */
    public World(long seed, WorldOptions options, StructureTypes types, Defences defences) {
        this.seed = seed;
        this.random = new SimRandom(seed);
        this.options = options;
        this.types = types;
        this.defences = defences.probed(coverage);
        trace = new Trace(queue, options.keptLines());
        network = new SimNetwork(queue, random.stream("network"), trace, harms, NetworkOptions.PERFECT);
        crashRandom = random.stream("crash");
        List<BrickId> members = new ArrayList<>();
        for (int i = 1; i <= options.bricks(); i++) {
            members.add(new BrickId("brick-" + i));
        }
        for (BrickId member : members) {
            SimRandom own = random.stream(member.name());
            BrickConfig config = SimBrick.config(member, members, own, options, this.defences);
            SimDisk disk = new SimDisk(queue, own.stream("disk"), options.disk(), harms);
            if (!defences.isKept(Defence.HALT_ON_FAILED_SYNC)) {
                disk.trustCache();
            }
            SimClock clock = clock(own);
            bricks.add(new SimBrick(this, config, own.stream("turns"), clock, wallClock(clock, own), disk));
        }
        bricks.forEach(SimBrick::joinNetwork);
        for (int i = 0; i < bricks.size(); i++) {
            for (int j = 0; j < i; j++) {
                network.connect(bricks.get(i).node(), bricks.get(j).node(), true);
            }
        }
        overseer = new Overseer(bricks);
    }

    private SimClock clock(SimRandom of) {
        SimRandom own = of.stream("clock");
        int drift = options.driftPpm();
        return new SimClock(queue, own.between(-(1L << 42), 1L << 42), own.between(-drift, drift));
    }

    private WallClock wallClock(SimClock monotonic, SimRandom of) {
        long skew = options.wallSkewNanos();
        return new WallClock(monotonic, of.stream("wall").between(-skew, skew));
    }

    /** Starts all bricks at once. */
    public void start() {
        bricks.forEach(SimBrick::start);
    }

    /** Adds a client that spreads its reads over all members. */
    public SimClient addClient(String name) {
        return addClient(name, null);
    }

    /** Adds a client that reads at one brick wherever it can. */
    public SimClient addClient(String name, @Nullable BrickId preferred) {
        SimRandom own = random.stream("client").stream(name);
        SimClock clock = clock(own);
        SimClient client = new SimClient(this, name, preferred, own, clock, wallClock(clock, own));
        clients.add(client);
        return client;
    }

    // ---- time

    /** Lets time pass. */
    public void run(long nanos) {
        long until = queue.nowNanos() + nanos;
        while (queue.nextTimeNanos() <= until) {
            next();
        }
        queue.runUntil(until);
    }

    /**
     * Lets time pass until something holds.
     *
     * @return whether it does; false if it did not within that time
     */
    public boolean runUntil(BooleanSupplier condition, long withinNanos) {
        long until = queue.nowNanos() + withinNanos;
        while (!condition.getAsBoolean()) {
            if (queue.nextTimeNanos() > until || !next()) {
                return false;
            }
        }
        return true;
    }

    /** Lets the next event happen, and looks at everything now and then. False if there is none. */
    public boolean next() {
        boolean ran = queue.runNext();
        if (queue.executed() >= nextSweep) {
            nextSweep = queue.executed() + SWEEP_EVENTS;
            overseer.sweep();
        }
        return ran;
    }

    // ---- faults

    /** Crashes a brick, which stays down until somebody starts it. */
    public void crash(SimBrick brick, SimBrick.Crash crash) {
        crashes++;
        if (crash == SimBrick.Crash.POWER) {
            overseer.onPowerLoss();
        }
        brick.crash(crash);
    }

    /** Crashes a brick and starts it again after a drawn time. */
    public void crashAndRestart(SimBrick brick, SimBrick.Crash crash, long maxDownNanos) {
        crash(brick, crash);
        startLater(brick, !isHarsh ? SOON_NANOS : crashRandom.scaled(1_000_000, Math.max(1_000_000, maxDownNanos)));
    }

    /** Starts a brick that has just ended by itself. */
    void startLater(SimBrick brick) {
        startLater(brick, SOON_NANOS);
    }

    private void startLater(SimBrick brick, long inNanos) {
        queue.after(inNanos, () -> {
            if (canStart(brick)) {
                brick.start();
            }
        });
    }

    private static boolean canStart(SimBrick brick) {
        return !brick.isUp() && !brick.isRetired();
    }

    /** Crashes a client; after a drawn time another takes its place, with a session of its own. */
    public void crashAndReplace(SimClient client, long maxDownNanos) {
        client.crash();
        queue.after(crashRandom.scaled(1_000_000, Math.max(1_000_000, maxDownNanos)), () -> {
            SimClient successor = addClient(client.name() + "+", client.preferred());
            client.succeed(successor);
        });
    }

    /** The disk of a brick has failed under it: what was not synced may be lost. */
    void onHalt(SimBrick brick) {
        crashAndRestart(brick, SimBrick.Crash.POWER, SECOND);
    }

    void onArmedCrash(SimBrick brick, SimBrick.Crash crash) {
        crashAndRestart(brick, crash, 2 * SECOND);
    }

    /** From here on the world is as its options say. Before, it is perfect. */
    public void roughen() {
        isHarsh = true;
        network.setOptions(options.network());
    }

    /** From here on the network is perfect and no brick pauses by itself; what faults have done stays. */
    public void smoothen() {
        isHarsh = false;
        network.setOptions(NetworkOptions.PERFECT);
    }

    /** Whether no disk takes longer for anything than {@link SimDisk#CALM_NANOS}, for now. */
    public void calmDisks(boolean areCalm) {
        bricks.forEach(brick -> brick.disk().calm(areCalm));
    }

    /** How often a brick pauses between the steps of a turn and their effects, in a million turns. */
    int pausePerMillion() {
        return isHarsh ? options.pausePerMillion() : 0;
    }

    /**
     * From here on nothing goes wrong any more: the network is perfect, all bricks run but those that are
     * {@linkplain SimBrick#retire gone}. Clients that have crashed stay so.
     */
    public void heal() {
        note("world", "heals");
        smoothen();
        network.clearFilter();
        network.healAll();
        for (SimBrick brick : bricks) {
            brick.disarm();
            brick.slowDown(1);
            brick.resume();
            brick.disk().recover();
            if (brick.isDeparting()) {
                brick.crash(SimBrick.Crash.KILL);
            }
            if (canStart(brick)) {
                brick.start();
            }
        }
        takeBackLeaving(20);
        for (SimClient client : clients) {
            client.slowDown(1);
            client.resume();
        }
    }

    /**
     * No brick is to be emptied any more. Told again a few times: a command may be lost with the brick that took it.
     */
    private void takeBackLeaving(int times) {
        MetadataState metadata = metadata();
        if (metadata != null) {
            for (BrickInfo info : List.copyOf(metadata.bricks())) {
                if (info.isLeaving()) {
                    bricks.stream()
                            .filter(SimBrick::isUp)
                            .forEach(brick -> brick.instruct(new MetadataCommand.SetLeaving(info.brick(), false)));
                }
            }
        }
        if (times > 0) {
            queue.after(1_000_000_000, () -> takeBackLeaving(times - 1));
        }
    }

    // ---- what is told

    void onEvent(SimBrick brick, Event event) {
        if (!(event instanceof Event.EntryCommitted)) {
            trace.mixText(event.toString());
        }
        if (event instanceof Event.MustJoinAsNew join) {
            queue.after(0, () -> brick.joinAsNew(join.reason()));
        }
        if (event instanceof Event.RecordCorrupt) {
            harms.count(Harm.ROT_FOUND);
        }
        line(() -> brick.name() + " ** " + event);
        trace.recorder().told(brick.node(), event);
        overseer.onEvent(brick, event);
        ambush.onEvent(brick.node(), event);
    }

    /** The overseer checks that each commit of this structure is stored as durably as promised. */
    public void watch(StructureInfo structure) {
        overseer.watch(structure);
    }

    /** Crashes that wait for their moment. */
    Ambush ambush() {
        return ambush;
    }

    void note(SimBrick brick, String text) {
        note(brick.name(), text);
        trace.recorder().noted(brick.node(), text);
    }

    void note(String who, String text) {
        trace.mixText(text);
        line(() -> who + " !! " + text);
    }

    void line(Supplier<String> text) {
        if (options.keptLines() > 0) {
            trace.line(text);
        }
    }

    // ---- parts

    public long seed() {
        return seed;
    }

    /** A stream of luck of this name. */
    public SimRandom random(String name) {
        return random.stream(name);
    }

    public WorldOptions options() {
        return options;
    }

    public EventQueue queue() {
        return queue;
    }

    public Trace trace() {
        return trace;
    }

    /** What faults have done so far. */
    public Harms harms() {
        return harms;
    }

    /** Which rules made a difference so far, and which situations came up. */
    public Coverage coverage() {
        return coverage;
    }

    public SimNetwork network() {
        return network;
    }

    public StructureTypes types() {
        return types;
    }

    /** The rules that bricks and clients keep. */
    public Defences defences() {
        return defences;
    }

    public Overseer overseer() {
        return overseer;
    }

    public List<SimBrick> bricks() {
        return bricks;
    }

    public List<SimClient> clients() {
        return clients;
    }

    public SimBrick brick(int index) {
        return bricks.get(index);
    }

    /** How often bricks have crashed or halted. */
    public long crashes() {
        return crashes;
    }

    public SimBrick brick(BrickId id) {
        for (SimBrick brick : bricks) {
            if (brick.id().equals(id)) {
                return brick;
            }
        }
        throw new Check.InvariantBroken("there is no " + id);
    }

    @Nullable
    SimBrick brickAt(int node) {
        return node < bricks.size() ? bricks.get(node) : null;
    }

    /** What the cluster has agreed on, as the brick has it that has heard most; null while none runs. */
    public @Nullable MetadataState metadata() {
        MetadataState newest = null;
        for (SimBrick brick : bricks) {
            BrickMachine machine = brick.machine();
            if (machine != null && (newest == null || machine.metadata().slot() > newest.slot())) {
                newest = machine.metadata();
            }
        }
        return newest;
    }

    List<BrickId> brickIds() {
        return bricks.stream().map(SimBrick::id).toList();
    }

    /** Whether every brick that runs is known to the cluster. */
    public boolean areAllRegistered() {
        return bricks.stream()
                .allMatch(brick -> brick.machine() == null || brick.machine().member() != null);
    }

    long nextCallerLink() {
        return ++callerLinks;
    }
}
