package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.message.Message;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.disk.SimLog;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.network.SimNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A brick in the world: the shell around its machine, and the process and the computer that it lives on.
 *
 * <p>Works in turns like a real lane: some of the inputs that wait, the log's write, {@code Written}, the last two again while that appended more; a while later, messages leave. Between
 * the two, time passes, the brick may be paused, and the crash that was armed happens.
 */
public final class SimBrick implements SimNetwork.Node {
    private static final long TURN_NANOS = 5_000;
    private static final long INPUT_NANOS = 2_000;

    private final World world;
    private final BrickConfig config;
    private final SimRandom random;
    private final SimClock clock;
    private final SimDisk disk;
    private int node = -1;

    private @Nullable Process process;
    private boolean isPaused;
    /** How many times slower than it should be. */
    private int slowness = 1;

    private @Nullable Arming arming;

    /** At which point of a turn a crash strikes. */
    public enum Moment {
        /** After the steps, before anything of the turn is written. */
        BEFORE_WRITE,
        /** While the turn's records are written: some are, in order. */
        MID_WRITE,
        /** All is written, no message has left. */
        BEFORE_SEND,
        /** Some of the messages have left, in order. */
        MID_SEND
    }

    /** What a crash takes with it. */
    public enum Crash {
        /** The process dies, by SIGKILL. */
        KILL,
        /** The machine loses power. */
        POWER
    }

    private record Arming(Moment moment, Crash crash) {}

    /** One message, and what is sent in its place from the deadline on. */
    private record Effect(
            Endpoint to,
            Message message,
            long deadlineNanos,
            @Nullable Message otherwise) {}

    /** All that is gone when the process is. */
    private final class Process implements Outbox, SimDisk.LogListener {
        private final SimLog log = disk.openLog(this);
        private final BrickMachine machine =
                new BrickMachine(config, world.types(), log, disk.openTable(this::applied), this);
        private final ArrayDeque<BrickInput> inbox = new ArrayDeque<>();
        private final TreeMap<Integer, Endpoint.Caller> callers = new TreeMap<>();
        private final TreeMap<Long, Integer> callerNodes = new TreeMap<>();
        private List<Effect> effects = new ArrayList<>();
        private boolean isTurnPlanned;
        private boolean isTickWaiting;

        private boolean isGone() {
            return process != this;
        }

        @Override
        public void send(Endpoint to, Message message) {
            effects.add(new Effect(to, message, Long.MAX_VALUE, null));
        }

        @Override
        public void replyBefore(Endpoint to, long deadlineNanos, Message answer, Message otherwise) {
            effects.add(new Effect(to, answer, deadlineNanos, otherwise));
        }

        @Override
        public void note(Event event) {
            world.onEvent(SimBrick.this, event);
        }

        @Override
        public void synced(long position) {
            take(new BrickInput.Synced(position));
        }

        @Override
        public void failed(StoreFailedException failure) {
            world.queue().after(0, () -> {
                if (!isGone()) {
                    world.note(SimBrick.this, "halts: " + failure.getMessage());
                    world.onHalt(SimBrick.this);
                }
            });
        }

        private void applied(long batch) {
            take(new BrickInput.Applied(batch));
        }

        private void take(BrickInput input) {
            inbox.addLast(input);
            planTurn();
        }

        private void planTurn() {
            if (!isTurnPlanned && !isPaused && !inbox.isEmpty()) {
                isTurnPlanned = true;
                world.queue().after(random.nextInt(3_000) * (long) slowness, this::turn);
            }
        }

        private void planTick() {
            long untilNext = clock.virtualDelay(BrickMachine.TICK_NANOS) * slowness;
            world.queue().after(untilNext, () -> {
                if (!isGone()) {
                    if (!isTickWaiting) {
                        isTickWaiting = true;
                        take(new BrickInput.Tick());
                    }
                    planTick();
                }
            });
        }

        private void turn() {
            if (isGone()) {
                return;
            }
            if (isPaused) {
                isTurnPlanned = false; // planned anew when the pause is over
                return;
            }
            int inputs =
                    Math.min(inbox.size(), random.between(1, world.options().inputsPerTurn()));
            long now = clock.nowNanos();
            try {
                for (int i = 0; i < inputs; i++) {
                    BrickInput input = inbox.removeFirst();
                    isTickWaiting &= !(input instanceof BrickInput.Tick);
                    world.trace().mix(input.getClass().getSimpleName().hashCode(), node);
                    world.line(() -> name() + " <- " + input);
                    machine.step(input, now);
                }
                finishTurn(inputs, now);
            } catch (StoreFailedException e) {
                // The log has told its listener, which halts the brick.
                world.note(SimBrick.this, "store failed: " + e.getMessage());
            }
        }

        private void recover() {
            long now = clock.nowNanos();
            isTurnPlanned = true;
            try {
                machine.recover(now);
                finishTurn(1, now);
            } catch (StoreFailedException e) {
                world.note(SimBrick.this, "store failed: " + e.getMessage());
            }
            planTick();
        }

        private void finishTurn(int inputs, long now) {
            if (strikes(Moment.BEFORE_WRITE)) {
                return;
            }
            int records = log.unwrittenRecords();
            if (records > 0 && isArmed(Moment.MID_WRITE)) {
                log.writePartly(random.nextInt(records + 1));
                strikes(Moment.MID_WRITE);
                return;
            }
            do {
                log.write();
                machine.step(new BrickInput.Written(log.writtenPosition()), now);
            } while (log.unwrittenRecords() > 0);
            long nanos = TURN_NANOS + inputs * INPUT_NANOS + (records == 0 ? 0 : random.tailed(2_000, 5_000));
            long pause = random.chance(world.pausePerMillion())
                    ? random.scaled(1_000, Math.max(1_000, world.options().pauseNanos()))
                    : 0;
            world.queue().after(nanos * slowness + pause, this::endTurn);
        }

        private void endTurn() {
            if (isGone()) {
                return;
            }
            if (isPaused) {
                world.queue().after(1_000_000, this::endTurn); // stopped between its steps and their effects
                return;
            }
            if (!effects.isEmpty() && strikes(Moment.BEFORE_SEND)) {
                return;
            }
            List<Effect> leaving = effects;
            effects = new ArrayList<>();
            int sent = !leaving.isEmpty() && isArmed(Moment.MID_SEND) ? random.nextInt(leaving.size()) : leaving.size();
            for (Effect effect : leaving.subList(0, sent)) {
                carryOut(effect);
            }
            if (sent < leaving.size()) {
                strikes(Moment.MID_SEND);
                return;
            }
            isTurnPlanned = false;
            planTurn();
        }

        private void carryOut(Effect effect) {
            Message otherwise = effect.otherwise();
            boolean isLate = otherwise != null
                    && effect.deadlineNanos() != Long.MAX_VALUE
                    && clock.nowNanos() - effect.deadlineNanos() >= 0;
            Message message = isLate && otherwise != null ? otherwise : effect.message();
            world.line(() -> name() + " -> " + effect.to() + " " + message);
            switch (effect.to()) {
                case Endpoint.Peer peer -> {
                    Check.invariant(!peer.brick().equals(config.self()), "%s sends to itself", config.self());
                    world.network().send(node, world.brick(peer.brick()).node, message);
                }
                case Endpoint.Caller caller -> {
                    Integer to = callerNodes.get(caller.link());
                    if (to != null) {
                        world.network().send(node, to, message);
                    }
                }
            }
        }

        private boolean isArmed(Moment moment) {
            return arming != null && arming.moment() == moment;
        }

        private boolean strikes(Moment moment) {
            if (arming == null || arming.moment() != moment) {
                return false;
            }
            Crash crash = arming.crash();
            arming = null;
            world.note(SimBrick.this, crash + " " + moment);
            world.onArmedCrash(SimBrick.this, crash);
            return true;
        }

        private void linkUp(int peer) {
            SimBrick brick = world.brickAt(peer);
            if (brick != null) {
                take(new BrickInput.LinkUp(brick.config.self()));
            } else {
                Endpoint.Caller caller = new Endpoint.Caller(world.nextCallerLink());
                callers.put(peer, caller);
                callerNodes.put(caller.link(), peer);
            }
        }

        private void linkDown(int peer) {
            SimBrick brick = world.brickAt(peer);
            if (brick != null) {
                take(new BrickInput.LinkDown(brick.config.self()));
                return;
            }
            Endpoint.Caller caller = callers.remove(peer);
            if (caller != null) {
                callerNodes.remove(caller.link());
                take(new BrickInput.CallerGone(caller));
            }
        }

        private void deliver(int peer, Message message) {
            SimBrick brick = world.brickAt(peer);
            if (brick != null) {
                take(new BrickInput.Received(new Endpoint.Peer(brick.config.self()), message));
                return;
            }
            Endpoint.Caller caller = callers.get(peer);
            if (caller != null) {
                take(new BrickInput.Received(caller, message));
            }
        }
    }

    SimBrick(World world, BrickConfig config, SimRandom random, SimClock clock, SimDisk disk) {
        this.world = world;
        this.config = config;
        this.random = random;
        this.clock = clock;
        this.disk = disk;
    }

    void joinNetwork() {
        node = world.network().add(this);
    }

    public BrickId id() {
        return config.self();
    }

    public String name() {
        return config.self().name();
    }

    public int node() {
        return node;
    }

    public SimDisk disk() {
        return disk;
    }

    public boolean isUp() {
        return process != null;
    }

    public boolean isPaused() {
        return isPaused;
    }

    // ---- what befalls it

    /** Starts its process, with whatever its disk holds. */
    public void start() {
        Check.state(process == null, "%s runs already", name());
        world.note(this, "starts");
        arming = null;
        Process started = new Process();
        process = started;
        started.recover();
        world.network().nodeUp(node);
    }

    /** Ends it without warning. Its links are lost; after a loss of power nobody tells its peers. */
    public void crash(Crash crash) {
        if (process == null) {
            return;
        }
        world.note(this, crash == Crash.KILL ? "is killed" : "loses power");
        process = null;
        isPaused = false;
        arming = null;
        switch (crash) {
            case KILL -> disk.killProcess();
            case POWER -> disk.losePower();
        }
        world.network().nodeDown(node, crash == Crash.POWER);
    }

    /** Lets the next turn that gets to this moment, with something to lose, end in a crash. */
    public void arm(Moment moment, Crash crash) {
        arming = new Arming(moment, crash);
    }

    /** Takes back what was to befall it and has not yet. */
    public void disarm() {
        arming = null;
        if (process != null) {
            process.log.failNothing();
        }
    }

    /** Stops it where it is; what arrives waits. */
    public void pause() {
        isPaused = true;
        world.note(this, "pauses");
    }

    public void resume() {
        if (isPaused) {
            isPaused = false;
            world.note(this, "goes on");
            if (process != null) {
                process.planTurn();
            }
        }
    }

    /** From here on everything it does takes so many times as long. */
    public void slowDown(int times) {
        slowness = times;
    }

    /** Lets its next sync fail. */
    public void failNextSync() {
        if (process != null) {
            process.log.failNextSync();
        }
    }

    /** Lets its next write fail. */
    public void failNextWrite() {
        if (process != null) {
            process.log.failNextWrite();
        }
    }

    // ---- network

    @Override
    public void linkUp(int peer) {
        if (process != null) {
            process.linkUp(peer);
        }
    }

    @Override
    public void linkDown(int peer) {
        if (process != null) {
            process.linkDown(peer);
        }
    }

    @Override
    public void deliver(int peer, Message message) {
        if (process != null) {
            process.deliver(peer, message);
        }
    }
}
