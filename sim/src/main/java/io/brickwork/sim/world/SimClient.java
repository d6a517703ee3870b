package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.client.ClientInput;
import io.brickwork.core.client.ClientMachine;
import io.brickwork.core.client.ClientOutbox;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.WallClock;
import io.brickwork.sim.network.SimNetwork;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client in the world: the process that its machine lives in, with clocks of its own.
 *
 * <p>It takes its inputs as they come, unless it is paused or slow. Once it has {@linkplain #crash crashed} it never
 * comes back, and nobody hears of its open calls: what became of them stays unknown for ever. Whoever goes on in its
 * place is another client, with another session.
 */
public final class SimClient implements SimNode, SimNetwork.Node, ClientOutbox {
    private static final int CREDITS = 1024;
    /** About how long a step takes of which one that is slow takes many times as much. */
    private static final long STEP_NANOS = 20_000;

    private final World world;
    private final String name;
    private final @Nullable BrickId preferred;
    private final SimClock clock;
    private final WallClock wallClock;
    private final ClientMachine machine;
    private final int node;
    private final TreeMap<Long, Consumer<Outcome>> open = new TreeMap<>();
    /** What waits while it is paused or slow. */
    private final ArrayDeque<ClientInput> inbox = new ArrayDeque<>();

    private @Nullable Program program;
    private long lastCall;
    private boolean isTickPlanned;
    private boolean isStepPlanned;
    private boolean isUp = true;
    private boolean isPaused;
    private int slowness = 1;

    /** What runs in a client's process and outlives it. */
    public interface Program {
        /** The process is gone. None of its open calls will be told an outcome. */
        void onCrash();

        /** Another process goes on in its place. */
        void onRestart(SimClient successor);
    }

    SimClient(
            World world,
            String name,
            @Nullable BrickId preferred,
            SimRandom random,
            SimClock clock,
            WallClock wallClock) {
        this.world = world;
        this.name = name;
        this.preferred = preferred;
        this.clock = clock;
        this.wallClock = wallClock;
        this.machine = new ClientMachine(
                random.nextLong(), world.types(), preferred, world.defences(), random.stream("jitter"), this);
        this.node = world.network().add(this);
        for (SimBrick brick : world.bricks()) {
            world.network().connect(node, brick.node(), false);
        }
        world.network().nodeUp(node);
        planIdleTick();
    }

    /** Bricks are to hear of it though nobody asks it for anything. */
    private void planIdleTick() {
        world.queue().after(clock.virtualDelay(ClientMachine.IDLE_TICK_NANOS), () -> {
            if (isUp) {
                if (!isTickPlanned) {
                    take(new ClientInput.Tick());
                }
                planIdleTick();
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int node() {
        return node;
    }

    /** The brick it reads at wherever it can; null if it has no preference. */
    @Nullable
    BrickId preferred() {
        return preferred;
    }

    /** What this client's monotonic clock shows. */
    public long nanoTime() {
        return clock.nowNanos();
    }

    @Override
    public WallClock wallClock() {
        return wallClock;
    }

    /** How many calls have no outcome yet. */
    public int open() {
        return open.size();
    }

    /** Names what runs in it, to be told of its end. */
    public void run(Program newProgram) {
        program = newProgram;
    }

    /**
     * Sends an operation on its way.
     *
     * @param timeoutNanos on this client's clock
     * @param then told the outcome, in an event of its own
     * @return the number of the call
     */
    public long submit(Operation<?> operation, ReadMode reads, long timeoutNanos, Consumer<Outcome> then) {
        Check.state(isUp, "client %s has crashed", name);
        long call = ++lastCall;
        open.put(call, then);
        world.line(() -> name + " submits " + operation.name() + " as call " + call);
        take(new ClientInput.Submit(
                call,
                operation.structure(),
                operation.routingKey(),
                operation.read(),
                operation.body(),
                reads,
                clock.nowNanos() + timeoutNanos,
                operation.name()));
        planTick();
        return call;
    }

    /** Sends a transaction on its way, as {@link #submit}. */
    public long transact(Minitransaction transaction, int age, long timeoutNanos, Consumer<Outcome> then) {
        Check.state(isUp, "client %s has crashed", name);
        long call = ++lastCall;
        open.put(call, then);
        world.line(() -> name + " submits " + transaction + " as call " + call);
        take(new ClientInput.Transact(call, transaction, age, clock.nowNanos() + timeoutNanos, "transaction"));
        planTick();
        return call;
    }

    /** Asks what became of an operation of this client, as {@link #submit}. */
    public long inquire(OperationId operation, long timeoutNanos, Consumer<Outcome> then) {
        Check.state(isUp, "client %s has crashed", name);
        long call = ++lastCall;
        open.put(call, then);
        take(new ClientInput.Inquire(call, operation, clock.nowNanos() + timeoutNanos));
        planTick();
        return call;
    }

    /** The caller wants to know at once what is certain. */
    public void abandon(long call) {
        take(new ClientInput.Abandon(call));
    }

    /**
     * Ends all calls with what is certain, and its links with them; later calls fail as closed. Nobody takes its place.
     */
    public void close() {
        program = null;
        world.note(name, "closes");
        resume();
        slowDown(1);
        inbox.clear();
        world.network().nodeDown(node, false);
        step(new ClientInput.Close());
    }

    // ---- steps

    private void take(ClientInput input) {
        if (isPaused || slowness > 1 || !inbox.isEmpty()) {
            world.harms().count(isPaused ? Harm.HELD_BY_PAUSE : Harm.SLOWED);
            inbox.addLast(input);
            planStep();
        } else {
            step(input);
        }
    }

    private void planStep() {
        if (!isStepPlanned && !isPaused && !inbox.isEmpty()) {
            isStepPlanned = true;
            world.queue().after(STEP_NANOS * slowness, () -> {
                isStepPlanned = false;
                if (isUp && !isPaused) {
                    step(inbox.removeFirst());
                    planStep();
                }
            });
        }
    }

    private void step(ClientInput input) {
        world.trace().mix(input.getClass().getSimpleName().hashCode(), node);
        machine.step(input, clock.nowNanos());
    }

    private void planTick() {
        if (!isTickPlanned && !open.isEmpty()) {
            isTickPlanned = true;
            world.queue().after(clock.virtualDelay(ClientMachine.TICK_NANOS), this::tick);
        }
    }

    private void tick() {
        isTickPlanned = false;
        if (!isUp) {
            return;
        }
        if (!(inbox.peekLast() instanceof ClientInput.Tick)) {
            take(new ClientInput.Tick());
        }
        planTick();
    }

    // ---- what befalls it

    /** Ends it without warning and for good. */
    public void crash() {
        if (!isUp) {
            return;
        }
        world.note(name, "crashes with " + open.size() + " open calls");
        world.harms().count(Harm.CLIENT_LOST);
        isUp = false;
        isPaused = false;
        recorder().ended(node, "pause", Recorder.WORLD);
        recorder().began(node, "down", Recorder.WORLD);
        open.clear();
        inbox.clear();
        world.network().nodeDown(node, false);
        if (program != null) {
            program.onCrash();
        }
    }

    /** Another client takes over what ran in this one. */
    void succeed(SimClient successor) {
        if (program != null) {
            successor.run(program);
            program.onRestart(successor);
        }
    }

    @Override
    public boolean isUp() {
        return isUp;
    }

    @Override
    public boolean isPaused() {
        return isPaused;
    }

    boolean isSlow() {
        return slowness > 1;
    }

    @Override
    public void pause() {
        isPaused = true;
        world.note(name, "pauses");
        recorder().began(node, "pause", Recorder.WORLD);
    }

    @Override
    public void resume() {
        if (isPaused) {
            isPaused = false;
            world.note(name, "goes on");
            recorder().ended(node, "pause", Recorder.WORLD);
            planStep();
        }
    }

    @Override
    public void slowDown(int times) {
        Check.argument(times >= 1, "a client that is %d times slower", times);
        slowness = times;
        recorder().ended(node, "slow", Recorder.WORLD);
        if (times > 1) {
            recorder().began(node, "slow", Recorder.WORLD);
        }
    }

    // ---- effects of the machine

    @Override
    public void send(BrickId to, CallMessage message) {
        world.line(() -> name + " -> " + to + " " + message);
        world.network().send(node, world.brick(to).node(), message);
    }

    @Override
    public void complete(long call, Outcome outcome) {
        Consumer<Outcome> then = open.remove(call);
        if (then == null) {
            throw new IllegalStateException(name + ": call " + call + " completed twice, or never made: " + outcome);
        }
        world.line(() -> name + " call " + call + " ends: " + outcome);
        world.queue().after(0, () -> {
            if (isUp) {
                then.accept(outcome);
            }
        });
    }

    private Recorder recorder() {
        return world.trace().recorder();
    }

    // ---- network

    @Override
    public void linkUp(int peer) {
        take(new ClientInput.LinkUp(brick(peer), members(), CREDITS));
    }

    @Override
    public void linkDown(int peer) {
        take(new ClientInput.LinkDown(brick(peer)));
    }

    @Override
    public void deliver(int peer, Message message) {
        if (message instanceof CallMessage call) {
            take(new ClientInput.Received(brick(peer), call));
        }
    }

    private BrickId brick(int peer) {
        SimBrick brick = world.brickAt(peer);
        if (brick == null) {
            throw new IllegalStateException("node " + peer + " is no brick");
        }
        return brick.id();
    }

    private List<LinkMessage.Member> members() {
        return world.bricks().stream()
                .map(brick -> new LinkMessage.Member(brick.id(), "sim", brick.node()))
                .toList();
    }
}
