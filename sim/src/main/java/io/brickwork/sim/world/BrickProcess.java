package io.brickwork.sim.world;

import io.brickwork.core.Check;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.disk.SimLog;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.SimBrick.Crash;
import io.brickwork.sim.world.SimBrick.Moment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One life of a brick: the shell around its machine, and all that is gone when the process is.
 *
 * <p>Works in turns like a real lane: some of the inputs that wait, the log's write, {@code Written}, the last two
 * again while that appended more; a while later, messages leave. Between the two, time passes, the brick may be paused,
 * and the crash that was armed happens.
 */
final class BrickProcess implements Outbox, SimDisk.LogListener {
    private static final long TURN_NANOS = 5_000;
    private static final long INPUT_NANOS = 2_000;

    private final SimBrick brick;
    private final World world;
    private final SimRandom random;
    private final SimClock clock;
    private final int node;
    private final SimLog log;
    private final BrickMachine machine;
    private final ArrayDeque<BrickInput> inbox = new ArrayDeque<>();
    private final TreeMap<Integer, Endpoint.Caller> callers = new TreeMap<>();
    private final TreeMap<Long, Integer> callerNodes = new TreeMap<>();
    private List<Effect> effects = new ArrayList<>();
    private boolean isTurnPlanned;
    private boolean isTickWaiting;
    private boolean isUnreadable;
    private @Nullable Arming arming;

    /** One message, and what is sent in its place from the deadline on. */
    private record Effect(
            Endpoint to,
            Message message,
            long deadlineNanos,
            @Nullable Message otherwise) {}

    private record Arming(Moment moment, Crash crash) {}

    BrickProcess(SimBrick brick, World world, BrickConfig config, SimRandom random, SimClock clock, SimDisk disk) {
        this.brick = brick;
        this.world = world;
        this.random = random;
        this.clock = clock;
        this.node = brick.node();
        log = disk.openLog(this);
        machine = new BrickMachine(config, world.types(), log, disk.openTable(this::applied), this);
    }

    /** Null if it could not read its disk, and has but half of what is there. */
    @Nullable
    BrickMachine machine() {
        return isUnreadable ? null : machine;
    }

    SimLog log() {
        return log;
    }

    /** Lets the next turn that gets to this moment, with something to lose, end in a crash. */
    void arm(Moment moment, Crash crash) {
        arming = new Arming(moment, crash);
    }

    void disarm() {
        arming = null;
        log.failNothing();
    }

    private boolean isGone() {
        return !brick.isLife(this);
    }

    // ---- what the machine and the disk say

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
        world.onEvent(brick, event);
    }

    @Override
    public void synced(long position) {
        take(new BrickInput.Synced(position));
    }

    @Override
    public void failed(StoreFailedException failure) {
        world.queue().after(0, () -> {
            if (!isGone()) {
                world.note(brick, "halts: " + failure.getMessage());
                world.onHalt(brick);
            }
        });
    }

    private void applied(long batch) {
        take(new BrickInput.Applied(batch));
    }

    // ---- what operators do

    /** The answer goes nowhere: an operator looks at what has become of it. */
    void instruct(MetadataCommand.OfOperator command) {
        Endpoint.Caller operator = Endpoint.Caller.operator(world.nextCallerLink());
        take(new BrickInput.Received(operator, new CallMessage.Instruct(0, command)));
    }

    void depart() {
        take(new BrickInput.Depart());
    }

    // ---- turns

    private void take(BrickInput input) {
        if (brick.isPaused()) {
            world.harms().count(Harm.HELD_BY_PAUSE);
        }
        inbox.addLast(input);
        planTurn();
    }

    void planTurn() {
        if (!isTurnPlanned && !brick.isPaused() && !inbox.isEmpty()) {
            isTurnPlanned = true;
            world.queue().after(random.nextInt(3_000) * (long) brick.slowness(), this::turn);
        }
    }

    private void planTick() {
        long untilNext = clock.virtualDelay(BrickMachine.TICK_NANOS) * brick.slowness();
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
        if (brick.isPaused()) {
            isTurnPlanned = false; // planned anew when the pause is over
            return;
        }
        int inputs = Math.min(inbox.size(), random.between(1, world.options().inputsPerTurn()));
        long now = clock.nowNanos();
        try {
            for (int i = 0; i < inputs; i++) {
                BrickInput input = inbox.removeFirst();
                isTickWaiting &= !(input instanceof BrickInput.Tick);
                world.trace().mix(input.getClass().getSimpleName().hashCode(), node);
                world.line(() -> brick.name() + " <- " + input);
                machine.step(input, now);
            }
            finishTurn(inputs, now);
        } catch (StoreFailedException e) {
            // The log has told its listener, which halts the brick.
            world.note(brick, "store failed: " + e.getMessage());
        } catch (LogCorruptException e) {
            onCorrupt(e);
        }
    }

    /** The first turn: reads log and table. A brick that cannot read what it has stored does not start. */
    void recover() {
        long now = clock.nowNanos();
        isTurnPlanned = true;
        try {
            machine.recover(now);
            finishTurn(1, now);
        } catch (StoreFailedException e) {
            world.note(brick, "store failed: " + e.getMessage());
        } catch (LogCorruptException | CorruptRecordException e) {
            onCorrupt(e);
            return;
        }
        planTick();
    }

    /**
     * What nobody damaged is not damaged: then the fault is the brick's own, and the run ends. Else the brick gives its
     * data up and joins as new.
     */
    private void onCorrupt(RuntimeException found) {
        if (!brick.isDiskDamaged()) {
            throw found;
        }
        isUnreadable = true;
        world.harms().count(Harm.ROT_FOUND);
        String reason = String.valueOf(found.getMessage());
        world.queue().after(0, () -> {
            if (!isGone()) {
                brick.joinAsNew(reason);
            }
        });
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
        world.overseer().onTurn(brick);
        long nanos = TURN_NANOS + inputs * INPUT_NANOS + (records == 0 ? 0 : random.tailed(2_000, 5_000));
        long pause = 0;
        if (random.chance(world.pausePerMillion())) {
            pause = random.scaled(1_000, Math.max(1_000, world.options().pauseNanos()));
            world.trace().recorder().lasts(brick.node(), "pause", pause);
        }
        if (brick.slowness() > 1) {
            world.harms().count(Harm.SLOWED);
        }
        world.queue().after(nanos * brick.slowness() + pause, this::endTurn);
    }

    private void endTurn() {
        if (isGone()) {
            return;
        }
        if (brick.isPaused()) {
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
        world.line(() -> brick.name() + " -> " + effect.to() + " " + message);
        switch (effect.to()) {
            case Endpoint.Peer peer -> {
                Check.invariant(!peer.brick().equals(brick.id()), "%s sends to itself", brick.id());
                world.network().send(node, world.brick(peer.brick()).node(), message);
            }
            case Endpoint.Caller caller -> {
                if (message instanceof CallMessage.Refusal refusal && refusal.reason() == CallMessage.Reason.NO_SPACE) {
                    world.harms().count(Harm.DISK_FULL);
                }
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
        world.note(brick, crash + " " + moment);
        world.harms().count(Harm.TURN_CUT_SHORT);
        world.onArmedCrash(brick, crash);
        return true;
    }

    // ---- network

    void linkUp(int peer) {
        SimBrick other = world.brickAt(peer);
        if (other != null) {
            take(new BrickInput.LinkUp(other.id()));
        } else {
            Endpoint.Caller caller = new Endpoint.Caller(world.nextCallerLink());
            callers.put(peer, caller);
            callerNodes.put(caller.link(), peer);
        }
    }

    void linkDown(int peer) {
        SimBrick other = world.brickAt(peer);
        if (other != null) {
            take(new BrickInput.LinkDown(other.id()));
            return;
        }
        Endpoint.Caller caller = callers.remove(peer);
        if (caller != null) {
            callerNodes.remove(caller.link());
            take(new BrickInput.CallerGone(caller));
        }
    }

    void deliver(int peer, Message message) {
        SimBrick other = world.brickAt(peer);
        if (other != null) {
            take(new BrickInput.Received(new Endpoint.Peer(other.id()), message));
            return;
        }
        Endpoint.Caller caller = callers.get(peer);
        if (caller != null) {
            take(new BrickInput.Received(caller, message));
        }
    }
}
