package io.brickwork.sim.world;

import io.brickwork.core.Durability;
import io.brickwork.sim.kernel.SimRandom;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Lets faults happen until it is called off.
 *
 * <p>It asks nothing of a system that nobody could give: without syncs ({@link Durability#REPLICATED}) what all machines forget at once is lost, so there one brick, drawn by the seed,
 * never loses power and its disk never fails; and where it is not a member of every group, none does.
 */
public final class Nemesis {
    /** More of them in one run teach nothing that another seed would not. */
    private static final int MAX_FAULTS = 200;

    private final World world;
    private final FaultOptions options;
    private final List<FaultOptions.Fault> wheel;
    private final SimRandom random;
    /** Bricks that may lose what is not synced. */
    private final List<SimBrick> forgetful;

    private final EnumMap<FaultOptions.Fault, Integer> counts = new EnumMap<>(FaultOptions.Fault.class);
    private boolean isCalledOff;

    public Nemesis(World world, FaultOptions options, Durability durability, int replicas) {
        this.world = world;
        this.options = options;
        this.wheel = options.wheel();
        this.random = world.random("nemesis");
        SimBrick anchor = random.pick(world.bricks());
        this.forgetful = durability == Durability.SYNC
                ? List.copyOf(world.bricks())
                : replicas < world.bricks().size()
                        ? List.of()
                        : world.bricks().stream()
                                .filter(brick -> !brick.id().equals(anchor.id()))
                                .toList();
    }

    public void begin() {
        if (!wheel.isEmpty()) {
            plan();
        }
    }

    /** No more faults; those that are there are the world's to heal. */
    public void callOff() {
        isCalledOff = true;
    }

    /** How often each kind of fault has happened. */
    public Map<FaultOptions.Fault, Integer> counts() {
        return counts;
    }

    public int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void plan() {
        world.queue().after(random.tailed(0, options.periodNanos()), () -> {
            if (!isCalledOff && total() < MAX_FAULTS) {
                FaultOptions.Fault fault = random.pick(wheel);
                counts.merge(fault, 1, Integer::sum);
                strike(fault);
                plan();
            }
        });
    }

    private void strike(FaultOptions.Fault fault) {
        SimBrick brick = random.pick(world.bricks());
        boolean mayForget = forgetful.contains(brick);
        long span = random.scaled(100_000, Math.max(100_000, options.spanNanos()));
        switch (fault) {
            case KILL -> crash(brick, SimBrick.Crash.KILL);
            case KILL_ALL -> {
                long apart = random.nextBoolean() ? 0 : random.scaled(1_000, 10_000_000);
                for (SimBrick each : world.bricks()) {
                    world.queue()
                            .after(apart == 0 ? 0 : random.nextLong(apart), () -> crash(each, SimBrick.Crash.KILL));
                }
            }
            case POWER -> crash(brick, mayForget ? SimBrick.Crash.POWER : SimBrick.Crash.KILL);
            case POWER_ALL -> {
                for (SimBrick each : world.bricks()) {
                    crash(each, forgetful.contains(each) ? SimBrick.Crash.POWER : SimBrick.Crash.KILL);
                }
            }
            case STRIKE ->
                brick.arm(
                        random.pick(List.of(SimBrick.Moment.values())),
                        mayForget ? random.pick(List.of(SimBrick.Crash.values())) : SimBrick.Crash.KILL);
            case PAUSE -> pause(brick, span);
            case SLOW -> {
                brick.slowDown(random.between(2, 300));
                world.queue().after(span, () -> brick.slowDown(1));
            }
            case CUT -> {
                int other = otherNode(brick);
                cut(brick.node(), other, span);
                cut(other, brick.node(), span);
            }
            case CUT_ONE_WAY -> {
                int other = otherNode(brick);
                if (random.nextBoolean()) {
                    cut(brick.node(), other, span);
                } else {
                    cut(other, brick.node(), span);
                }
            }
            case ISOLATE -> {
                for (SimBrick other : world.bricks()) {
                    if (other != brick) {
                        cut(brick.node(), other.node(), span);
                        cut(other.node(), brick.node(), span);
                    }
                }
            }
            case BREAK -> world.network().breakLink(brick.node(), otherNode(brick));
            case STALL -> brick.disk().stallUntil(world.queue().nowNanos() + span);
            case SYNC_ERROR -> {
                if (mayForget) {
                    brick.failNextSync();
                }
            }
            case WRITE_ERROR -> {
                if (mayForget) {
                    brick.failNextWrite();
                }
            }
        }
    }

    private void crash(SimBrick brick, SimBrick.Crash crash) {
        if (brick.isUp() && !isCalledOff) {
            world.crashAndRestart(brick, crash, options.downNanos());
        }
    }

    private void pause(SimBrick brick, long span) {
        if (!brick.isUp() || brick.isPaused()) {
            return;
        }
        brick.pause();
        long detect = world.options().network().detectNanos();
        if (span > detect) {
            world.queue().after(detect, () -> {
                if (brick.isPaused()) {
                    world.network().breakLinks(brick.node());
                }
            });
        }
        world.queue().after(span, brick::resume);
    }

    private void cut(int from, int to, long span) {
        world.network().cut(from, to);
        world.queue().after(span, () -> world.network().heal(from, to));
    }

    /** Another brick, or sometimes a client. */
    private int otherNode(SimBrick brick) {
        List<SimBrick> bricks = world.bricks();
        if (bricks.size() == 1 || (random.nextInt(4) == 0 && !world.clients().isEmpty())) {
            return random.pick(world.clients()).node();
        }
        int other = random.nextInt(bricks.size() - 1);
        return bricks.get(other).node() >= brick.node()
                ? bricks.get(other + 1).node()
                : bricks.get(other).node();
    }
}
