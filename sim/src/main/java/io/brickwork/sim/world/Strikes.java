package io.brickwork.sim.world;

import io.brickwork.core.Bytes;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.table.Snapshot;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.network.Disturbance;
import io.brickwork.sim.world.FaultOptions.Fault;
import io.brickwork.sim.world.Ways.Way;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries out faults: draws whom they strike, how hard and for how long, and takes them back when their time is over.
 */
public final class Strikes {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long DAY_NANOS = 86_400 * SECOND;
    /** For so long two sides meet that are parted again at once. */
    private static final long BLINK_NANOS = 50 * MILLI;

    private final World world;
    private final Wholeness wholeness;
    private final FaultOptions options;
    private final SimRandom streams;
    /** The luck of the fault that strikes, of its own, so that all others stay as they are when one is dropped. */
    private SimRandom random;
    /** Bricks that may lose what is not synced. */
    private final List<SimBrick> forgetful;

    private final int replicas;
    /**
     * The brick whose disk was lost or damaged last: it may be struck again before it has recovered, and no other brick
     * may. Null if none was.
     */
    private @Nullable SimBrick damaged;

    private boolean isCalledOff;
    private boolean isSuspended;

    public Strikes(World world, FaultOptions options, SimRandom random, List<SimBrick> forgetful, int replicas) {
        this.world = world;
        this.wholeness = new Wholeness(world);
        this.options = options;
        this.streams = random;
        this.random = random;
        this.forgetful = forgetful;
        this.replicas = replicas;
    }

    public void callOff() {
        isCalledOff = true;
        world.ambush().callOff();
    }

    /** Whether strikes that take several steps take no further one for now. */
    public void suspend(boolean newSuspended) {
        isSuspended = newSuspended;
    }

    /** Whether no further step is to be taken. */
    private boolean isStill() {
        return isCalledOff || isSuspended;
    }

    public void strike(int number, Fault fault) {
        random = streams.stream("strike", number);
        Ways ways = new Ways(world, random);
        SimBrick brick = draw(fault);
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
            case SLOW -> slow(brick, span);
            case CLIENT_CRASH -> {
                SimClient client = ways.drawClient();
                if (client.isUp()) {
                    world.crashAndReplace(client, options.downNanos());
                }
            }
            case CLIENT_PAUSE -> pause(ways.drawClient(), span);
            case CLIENT_SLOW -> slow(ways.drawClient(), span);
            case CLOCK_JUMP -> {
                SimNode node = random.nextBoolean() ? brick : ways.drawClient();
                long nanos = random.scaled(1_000_000, DAY_NANOS);
                node.wallClock().jump(random.nextBoolean() ? nanos : -nanos);
                world.harms().count(Harm.CLOCK_JUMPED);
            }
            case CUT -> {
                int other = ways.otherNode(brick);
                cut(List.of(new Way(brick.node(), other), new Way(other, brick.node())), span);
            }
            case CUT_ONE_WAY -> cut(List.of(ways.oneWay(brick)), span);
            case ISOLATE -> cut(ways.around(brick), span);
            case PARTITION -> cut(ways.betweenTwoSides(), span);
            case PARTIAL -> cut(ways.betweenSomePairs(), span);
            case FLAP ->
                flap(random.nextBoolean() ? ways.betweenTwoSides() : ways.around(brick), random.between(3, 30), span);
            case BREAK -> world.network().breakLink(brick.node(), ways.otherNode(brick));
            case SLOW_LINK -> slowLink(ways.oneWay(brick), random.nextBoolean(), span);
            case LOSE -> disturb(ways.oneWay(brick), new Disturbance(drawShare(), 0, 0), span);
            case DOUBLE -> disturb(ways.oneWayBetweenBricks(brick), new Disturbance(0, drawShare(), 0), span);
            case REORDER -> disturb(ways.oneWay(brick), new Disturbance(0, 0, drawShare()), span);
            case STALL -> {
                brick.disk().stallUntil(world.queue().nowNanos() + span);
                world.trace().recorder().lasts(brick.node(), "stall", span);
            }
            case SLOW_DISK -> {
                brick.disk().slowDown((int) random.scaled(2, 100));
                world.trace().recorder().lasts(brick.node(), "slow disk", span);
                world.queue().after(span, () -> brick.disk().slowDown(1));
            }
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
            case FILL_DISK -> {
                // A brick that cannot write at all halts and forgets what is not synced.
                brick.disk().fillUpTo(mayForget && random.nextInt(3) == 0 ? 1000 : random.between(860, 990));
                world.queue().after(span, () -> brick.disk().fillUpTo(0));
            }
            case EMPTY_DISK -> {
                if (mayLoseItsDisk(brick)) {
                    crash(brick, SimBrick.Crash.POWER);
                    brick.emptyDisk();
                }
            }
            case OLD_IMAGE -> takeImage(brick, span);
            case ROT_LOG -> {
                if (mayLoseItsDisk(brick) && brick.rotLog()) {
                    crash(brick, SimBrick.Crash.KILL); // it is found when the log is read
                }
            }
            case ROT_TABLE -> {
                // Two more copies, one of which nobody can give up: the other may be out of reach when it is needed.
                if (replicas >= 3 && world.bricks().size() >= 3 && wholeness.isWhole() && brick.rotTable()) {
                    damaged = brick;
                }
            }
            case RETIRE -> {
                if (mayLoseItsDisk(brick)) {
                    world.crash(brick, SimBrick.Crash.POWER);
                    brick.retire();
                }
            }
            case DEPART -> {
                brick.depart();
                world.queue().after(span, () -> crash(brick, SimBrick.Crash.KILL));
            }
            case LEAVE -> leave(brick, span);
            case SPLIT -> split(brick);
            case MERGE -> merge(brick);
            case AMBUSH -> ambush();
            case HOLD ->
                cut(ways.fromClient(), world.options().sessionTimeoutNanos() + random.between(200, 3_000) * MILLI);
            case HOLD_AND_MOVE -> {
                cut(List.of(new Way(ways.drawClient().node(), brick.node())), random.between(8, 20) * SECOND);
                cut(ways.around(brick), random.between(4, 6) * SECOND);
            }
            case SPARE_LEADER -> cut(ways.aroundLeader(), random.between(4, 10) * SECOND);
            case BLINK ->
                blink(
                        random.nextBoolean() ? ways.betweenTwoSides() : ways.around(brick),
                        random.between(3, 10),
                        random);
            case GRAY -> grayFailure(brick, ways.around(brick), random.between(30, 180) * SECOND);
            case RESTARTS -> restartTogether(brick, random.between(2, 8));
            case ROT_NEWEST -> rotNewest(brick, span);
        }
    }

    /** Some can befall but some bricks. */
    private SimBrick draw(Fault fault) {
        List<SimBrick> candidates = switch (fault) {
            case EMPTY_DISK, ROT_LOG, ROT_NEWEST, RETIRE -> forgetful;
            case OLD_IMAGE ->
                forgetful.stream()
                        .filter(brick -> !BrickConfig.founders(world.brickIds()).contains(brick.id()))
                        .toList();
            default -> world.bricks();
        };
        return random.pick(candidates.isEmpty() ? world.bricks() : candidates);
    }

    // ---- faults with an aim

    /** Whom it strikes is drawn when it is laid, and known when its moment comes. */
    private void ambush() {
        SimRandom own = random.stream("ambush");
        world.network().setFilter(world.ambush());
        world.ambush()
                .lay(
                        own,
                        (one, other) -> world.queue().after(own.scaled(1_000, 5_000_000), () -> {
                            int victims = own.nextInt(4);
                            boolean isPower = own.nextBoolean();
                            if (isStill()) {
                                return;
                            }
                            world.harms().count(Harm.AMBUSHED);
                            if (victims != 1) {
                                crash(one, isPower);
                            }
                            if (victims != 2 || one.equals(other)) {
                                crash(other, isPower);
                            }
                            if (victims == 3) {
                                crash(own.pick(world.bricks()).node(), isPower);
                            }
                        }));
    }

    private void crash(int node, boolean isPower) {
        for (SimBrick brick : world.bricks()) {
            if (brick.node() == node) {
                crash(brick, isPower && forgetful.contains(brick) ? SimBrick.Crash.POWER : SimBrick.Crash.KILL);
            }
        }
        for (SimClient client : List.copyOf(world.clients())) {
            if (client.node() == node && client.isUp()) {
                world.crashAndReplace(client, options.downNanos());
            }
        }
    }

    private void blink(List<Way> ways, int times, SimRandom own) {
        if (times > 0 && !isStill()) {
            long parted = own.between(300, 2_000) * MILLI;
            cut(ways, parted);
            world.queue().after(parted + BLINK_NANOS, () -> blink(ways, times - 1, own));
        }
    }

    private void grayFailure(SimBrick brick, List<Way> ways, long span) {
        int times = random.between(5, 100);
        brick.slowDown(times);
        brick.disk().slowDown(times);
        ways.forEach(way -> world.network().slowDown(way.from(), way.to(), times));
        world.queue().after(span, () -> {
            brick.slowDown(1);
            brick.disk().slowDown(1);
            ways.forEach(way -> world.network().slowDown(way.from(), way.to(), 1));
        });
    }

    private void restartTogether(SimBrick brick, int times) {
        SimBrick other = random.pick(world.bricks());
        long apart = random.between(50, 2_000) * MILLI;
        for (int i = 0; i < times; i++) {
            world.queue().after(i * apart, () -> {
                crash(brick, SimBrick.Crash.KILL);
                crash(other, SimBrick.Crash.KILL);
            });
        }
    }

    private void rotNewest(SimBrick brick, long span) {
        if (mayLoseItsDisk(brick) && brick.rotNewest()) {
            SimBrick other = random.pick(world.bricks());
            if (other != brick) {
                other.disk().stallUntil(world.queue().nowNanos() + span);
            }
            crash(brick, SimBrick.Crash.KILL); // it is found when the log is read
        }
    }

    // ---- disks

    /**
     * One at a time: a group of three survives the loss of one disk, and of none without a copy. The one that lost its
     * disk last may lose it again before it has recovered, but not while it is one of two that keep the metadata: the
     * log changes its voters one at a time, and two can do without neither.
     */
    private boolean mayLoseItsDisk(SimBrick brick) {
        boolean isSpared = isStill()
                || brick.isRetired()
                || replicas < 3
                || world.bricks().size() < 3
                || !forgetful.contains(brick);
        if (isSpared || !(brick == damaged || wholeness.isWhole()) || !wholeness.canSpareVote(brick)) {
            return false;
        }
        damaged = brick;
        return true;
    }

    /**
     * An image of this life; put back in a later one. No brick can tell an image of the same life, nor one that voted
     * since in the metadata log: nobody promises anything for those.
     */
    private void takeImage(SimBrick brick, long span) {
        Member before = registered(brick);
        if (before == null) {
            return;
        }
        SimDisk.Image image = brick.disk().image();
        crash(brick, SimBrick.Crash.KILL);
        putBack(brick, before, image, span);
    }

    /** As soon as nothing else is missing. */
    private void putBack(SimBrick brick, Member before, SimDisk.Image image, long inNanos) {
        world.queue().after(inNanos, () -> {
            Member now = registered(brick);
            BrickMachine machine = brick.machine();
            boolean isOlder = now != null
                    && machine != null
                    && now.standsFor(before)
                    && !now.equals(before)
                    && !isVoter(machine, brick);
            if (isOlder && wholeness.isWhole() && mayLoseItsDisk(brick)) {
                crash(brick, SimBrick.Crash.POWER);
                brick.restoreDisk(image);
            } else if (!isCalledOff) {
                putBack(brick, before, image, 50_000_000);
            }
        });
    }

    private static @Nullable Member registered(SimBrick brick) {
        BrickMachine machine = brick.machine();
        return machine == null ? null : machine.member();
    }

    private static boolean isVoter(BrickMachine machine, SimBrick brick) {
        return machine.voters().stream().anyMatch(voter -> voter.brick().equals(brick.id()));
    }

    private void leave(SimBrick brick, long span) {
        SimBrick asked = random.pick(world.bricks());
        world.harms().count(Harm.EMPTIED);
        asked.instruct(new MetadataCommand.SetLeaving(brick.id(), true));
        world.queue().after(span, () -> asked.instruct(new MetadataCommand.SetLeaving(brick.id(), false)));
    }

    /** At a key that the brick has. */
    private void split(SimBrick brick) {
        BrickMachine machine = brick.machine();
        List<Group> groups =
                machine == null ? List.of() : List.copyOf(machine.metadata().groups());
        if (groups.isEmpty() || brick.disk().hasRot()) {
            return;
        }
        Group group = random.pick(groups);
        List<Bytes> keys = new ArrayList<>();
        try (Snapshot snapshot = brick.disk().look()) {
            snapshot.scan(group.partition().structure(), group.range(), (key, record) -> keys.add(key));
        }
        if (!keys.isEmpty()) {
            world.harms().count(Harm.SPLIT);
            random.pick(world.bricks())
                    .instruct(new MetadataCommand.SplitPartition(
                            group.partition(), random.pick(keys), random.nextBoolean()));
        }
    }

    private void merge(SimBrick brick) {
        BrickMachine machine = brick.machine();
        if (machine == null) {
            return;
        }
        List<MetadataCommand.MergePartitions> pairs = new ArrayList<>();
        for (Group one : machine.metadata().groups()) {
            for (Group other : machine.metadata().groupsOf(one.partition().structure())) {
                if (one.range().meets(other.range())) {
                    pairs.add(new MetadataCommand.MergePartitions(one.partition(), other.partition()));
                }
            }
        }
        if (!pairs.isEmpty()) {
            world.harms().count(Harm.MERGED);
            random.pick(world.bricks()).instruct(random.pick(pairs));
        }
    }

    // ---- nodes

    private void crash(SimBrick brick, SimBrick.Crash crash) {
        if (brick.isUp() && !isStill()) {
            world.crashAndRestart(brick, crash, options.downNanos());
        }
    }

    private void pause(SimNode node, long span) {
        if (!node.isUp() || node.isPaused()) {
            return;
        }
        node.pause();
        long detect = world.options().network().detectNanos();
        if (span > detect) {
            world.queue().after(detect, () -> {
                if (node.isPaused()) {
                    world.network().breakLinks(node.node());
                }
            });
        }
        world.queue().after(span, node::resume);
    }

    private void slow(SimNode node, long span) {
        node.slowDown(random.between(2, 300));
        world.queue().after(span, () -> node.slowDown(1));
    }

    // ---- network

    private void cut(List<Way> ways, long span) {
        ways.forEach(way -> world.network().cut(way.from(), way.to()));
        world.queue().after(span, () -> ways.forEach(way -> world.network().heal(way.from(), way.to())));
    }

    /** So many cuts with as much time between them as each lasts about, all in {@code span}. */
    private void flap(List<Way> ways, int times, long span) {
        if (times > 0 && !isStill()) {
            long part = span / times;
            cut(ways, Math.max(1, part / 2));
            world.queue().after(part, () -> flap(ways, times - 1, span - part));
        }
    }

    private void slowLink(Way way, boolean isBothWays, long span) {
        int times = (int) random.scaled(2, 1_000);
        List<Way> ways = isBothWays ? List.of(way, new Way(way.to(), way.from())) : List.of(way);
        ways.forEach(each -> world.network().slowDown(each.from(), each.to(), times));
        world.queue().after(span, () -> ways.forEach(each -> world.network().slowDown(each.from(), each.to(), 1)));
    }

    private void disturb(Way way, Disturbance disturbance, long span) {
        world.network().disturb(way.from(), way.to(), disturbance);
        world.queue().after(span, () -> world.network().disturb(way.from(), way.to(), Disturbance.NONE));
    }

    private int drawShare() {
        return (int) random.scaled(10_000, 900_000);
    }
}
