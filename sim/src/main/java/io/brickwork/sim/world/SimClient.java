package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.SessionId;
import io.brickwork.core.client.ClientInput;
import io.brickwork.core.client.ClientMachine;
import io.brickwork.core.client.ClientOutbox;
import io.brickwork.core.invoke.Operation;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.network.SimNetwork;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client in the world: the shell around its machine. Never crashes; its links to bricks come and go like any others. */
public final class SimClient implements SimNetwork.Node, ClientOutbox {
    private static final int CREDITS = 1024;

    private final World world;
    private final String name;
    private final SimClock clock;
    private final ClientMachine machine;
    private final int node;
    private final TreeMap<Long, Consumer<Outcome>> open = new TreeMap<>();
    private long lastCall;
    private boolean isTickPlanned;

    SimClient(World world, String name, @Nullable BrickId preferred, SimRandom random, SimClock clock) {
        this.world = world;
        this.name = name;
        this.clock = clock;
        SessionId session = new SessionId(random.nextLong(), random.nextLong());
        this.machine = new ClientMachine(session, world.types(), preferred, random.stream("jitter"), this);
        this.node = world.network().add(this);
        for (SimBrick brick : world.bricks()) {
            world.network().connect(node, brick.node(), false);
        }
        world.network().nodeUp(node);
    }

    public String name() {
        return name;
    }

    public int node() {
        return node;
    }

    /** What this client's clock shows. */
    public long nanoTime() {
        return clock.nowNanos();
    }

    /** How many calls have no outcome yet. */
    public int open() {
        return open.size();
    }

    /**
     * Sends an operation on its way.
     *
     * @param timeoutNanos on this client's clock
     * @param then told the outcome, in an event of its own
     */
    public void submit(Operation<?> operation, ReadMode reads, long timeoutNanos, Consumer<Outcome> then) {
        long call = ++lastCall;
        open.put(call, then);
        world.line(() -> name + " submits " + operation.name() + " as call " + call);
        step(new ClientInput.Submit(
                call,
                operation.structure(),
                operation.routingKey(),
                operation.read(),
                operation.body(),
                reads,
                clock.nowNanos() + timeoutNanos,
                operation.name()));
        planTick();
    }

    private void step(ClientInput input) {
        world.trace().mix(input.getClass().getSimpleName().hashCode(), node);
        machine.step(input, clock.nowNanos());
    }

    private void planTick() {
        if (!isTickPlanned && !open.isEmpty()) {
            isTickPlanned = true;
            world.queue().after(clock.virtualDelay(ClientMachine.TICK_NANOS), () -> {
                isTickPlanned = false;
                step(new ClientInput.Tick());
                planTick();
            });
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
        world.queue().after(0, () -> then.accept(outcome));
    }

    // ---- network

    @Override
    public void linkUp(int peer) {
        step(new ClientInput.LinkUp(brick(peer), members(), CREDITS));
    }

    @Override
    public void linkDown(int peer) {
        step(new ClientInput.LinkDown(brick(peer)));
    }

    @Override
    public void deliver(int peer, Message message) {
        if (message instanceof CallMessage call) {
            step(new ClientInput.Received(brick(peer), call));
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
