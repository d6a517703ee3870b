package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.Message;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.WallClock;
import io.brickwork.sim.network.SimNetwork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A brick in the world: the machine that it lives on, with its clocks and its disk, and {@linkplain BrickProcess one
 * life} after the other.
 */
public final class SimBrick implements SimNode, SimNetwork.Node {
    private final World world;
    private final BrickConfig config;
    private final SimRandom random;
    private final SimClock clock;
    private final WallClock wallClock;
    private final SimDisk disk;
    private int node = -1;

    private @Nullable BrickProcess process;
    private long starts;
    private boolean isPaused;
    private boolean isDeparting;
    /** How many times slower than it should be. */
    private int slowness = 1;
    /** Whether its disk holds something else than this brick has put there. */
    private boolean isDiskDamaged;
    /** Nobody will start it again. */
    private boolean isRetired;

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

    SimBrick(World world, BrickConfig config, SimRandom random, SimClock clock, WallClock wallClock, SimDisk disk) {
        this.world = world;
        this.config = config;
        this.random = random;
        this.clock = clock;
        this.wallClock = wallClock;
        this.disk = disk;
    }

    /** The settings of a brick of a world. */
    static BrickConfig config(
            BrickId member, List<BrickId> members, SimRandom own, WorldOptions options, Defences defences) {
        return new BrickConfig(
                member,
                member.name(),
                1,
                BrickConfig.founders(members),
                members.stream().filter(other -> !other.equals(member)).toList(),
                drawn(own, 0, 0),
                options.overlayBytes(),
                options.windowBytes(),
                BrickConfig.UNCOMMITTED_BYTES,
                BrickConfig.WAITING_BYTES,
                options.copyChunkBytes(),
                BrickConfig.FULL_PERMILLE,
                options.leaseTermNanos(),
                options.sessionTimeoutNanos(),
                options.growth(),
                defences);
    }

    /** What is drawn for one life of a brick. */
    static BrickConfig.Drawn drawn(SimRandom own, long life, long boot) {
        SimRandom luck = own.stream("life", life);
        return new BrickConfig.Drawn(
                new DiskId(luck.nextLong(), luck.nextLong()),
                Bytes.utf8("cluster-" + luck.nextInt(1 << 30)),
                "boot-" + boot,
                luck);
    }

    void joinNetwork() {
        node = world.network().add(this);
    }

    public BrickId id() {
        return config.self();
    }

    @Override
    public String name() {
        return config.self().name();
    }

    @Override
    public int node() {
        return node;
    }

    public SimDisk disk() {
        return disk;
    }

    @Override
    public WallClock wallClock() {
        return wallClock;
    }

    @Override
    public boolean isUp() {
        return process != null;
    }

    @Override
    public boolean isPaused() {
        return isPaused;
    }

    int slowness() {
        return slowness;
    }

    /** How many of its processes have ended, however they did. */
    long ended() {
        return isUp() ? starts - 1 : starts;
    }

    /** The machine of its process; null while it is down. */
    @Nullable
    public BrickMachine machine() {
        return process == null ? null : process.machine();
    }

    boolean isLife(BrickProcess life) {
        return process == life;
    }

    // ---- what befalls it

    /** Starts its process, with whatever its disk holds. If that is of no use, it joins as new. */
    public void start() {
        Check.state(process == null, "%s runs already", name());
        Check.state(!isRetired, "%s never comes back", name());
        isDeparting = false;
        world.note(this, "starts");
        recorder().ended(node, "down", Recorder.WORLD);
        BrickConfig life = config.withDrawn(drawn(random, ++starts, disk.powerLosses()));
        BrickProcess started = new BrickProcess(this, world, life, random, clock, disk);
        process = started;
        started.recover();
        if (process != null) {
            world.network().nodeUp(node);
        }
    }

    /** Ends it without warning. Its links are lost; after a loss of power nobody tells its peers. */
    public void crash(Crash crash) {
        if (process == null) {
            return;
        }
        world.note(this, crash == Crash.KILL ? "is killed" : "loses power");
        recorder().ended(node, "pause", Recorder.WORLD);
        recorder().began(node, "down", Recorder.WORLD);
        process = null;
        isPaused = false;
        world.overseer().onEnded(this);
        switch (crash) {
            case KILL -> {
                world.harms().count(Harm.PROCESS_KILLED);
                disk.killProcess();
            }
            case POWER -> {
                world.harms().count(Harm.POWER_LOST);
                disk.losePower();
            }
        }
        world.network().nodeDown(node, crash == Crash.POWER);
    }

    /** Ends it for good: {@link World#heal} does not bring it back. */
    public void retire() {
        crash(Crash.POWER);
        isRetired = true;
    }

    /** Whether it never comes back. */
    public boolean isRetired() {
        return isRetired;
    }

    /** What its disk holds is of no use: it is set aside, and the brick starts with an empty one. */
    void joinAsNew(String reason) {
        if (process == null) {
            return;
        }
        world.note(this, "joins as new: " + reason);
        process = null;
        isPaused = false;
        world.overseer().onEnded(this);
        disk.killProcess();
        disk.wipe();
        world.overseer().onDiskReplaced(this);
        world.network().nodeDown(node, false);
        world.startLater(this);
    }

    /** Lets the next turn that gets to this moment, with something to lose, end in a crash. */
    public void arm(Moment moment, Crash crash) {
        if (process != null) {
            process.arm(moment, crash);
        }
    }

    /** Takes back what was to befall it and has not yet. */
    public void disarm() {
        if (process != null) {
            process.disarm();
        }
    }

    /** Whether it keeps the metadata log, as far as it knows. */
    public boolean isVoter() {
        BrickMachine machine = machine();
        return machine != null
                && machine.voters().stream().anyMatch(voter -> voter.brick().equals(id()));
    }

    /** Whether it leads the metadata log. */
    public boolean isLeader() {
        BrickMachine machine = machine();
        return machine != null && machine.isLeader();
    }

    @Override
    public void pause() {
        isPaused = true;
        world.note(this, "pauses");
        recorder().began(node, "pause", Recorder.WORLD);
    }

    @Override
    public void resume() {
        if (isPaused) {
            isPaused = false;
            world.note(this, "goes on");
            recorder().ended(node, "pause", Recorder.WORLD);
            if (process != null) {
                process.planTurn();
            }
        }
    }

    @Override
    public void slowDown(int times) {
        Check.argument(times >= 1, "a brick that is %d times slower", times);
        slowness = times;
        recorder().ended(node, "slow", Recorder.WORLD);
        if (times > 1) {
            recorder().began(node, "slow", Recorder.WORLD);
        }
    }

    /** Lets its next sync fail. */
    public void failNextSync() {
        if (process != null) {
            process.log().failNextSync();
        }
    }

    /** Lets its next write fail. */
    public void failNextWrite() {
        if (process != null) {
            process.log().failNextWrite();
        }
    }

    // ---- what operators do

    /** An operator gives a command here. Lost if the brick is down. */
    public void instruct(MetadataCommand.OfOperator command) {
        world.note(this, "is told " + command);
        if (process != null) {
            process.instruct(command);
        }
    }

    /** Its process is told that it will be stopped soon. */
    public void depart() {
        if (process != null) {
            world.note(this, "departs");
            isDeparting = true;
            process.depart();
        }
    }

    /** Whether its process waits to be stopped. */
    boolean isDeparting() {
        return isDeparting && process != null;
    }

    // ---- what befalls its disk

    /** Puts an empty disk in. The brick must be down. */
    public void emptyDisk() {
        world.note(this, "gets an empty disk");
        disk.wipe();
        onDiskReplaced();
    }

    /** Puts back what its disk held at an earlier moment. The brick must be down. */
    public void restoreDisk(SimDisk.Image image) {
        world.note(this, "gets an old disk");
        disk.restore(image);
        onDiskReplaced();
    }

    private void onDiskReplaced() {
        isDiskDamaged = true;
        world.harms().count(Harm.DISK_REPLACED);
        world.overseer().onDiskReplaced(this);
    }

    /** A drawn record of its log rots. False if there is none. */
    public boolean rotLog() {
        isDiskDamaged = true;
        return disk.rotLog();
    }

    /** The newest record of its log that is synced rots. False if there is none. */
    boolean rotNewest() {
        isDiskDamaged = true;
        return disk.rotNewest();
    }

    /** A drawn record of its table rots. False if there is none. */
    public boolean rotTable() {
        isDiskDamaged = true;
        return disk.rotTable();
    }

    /** One record of its table rots. False if it is not there. */
    public boolean rotRecord(int structure, Bytes recordKey) {
        isDiskDamaged = true;
        return disk.rotRecord(structure, recordKey);
    }

    boolean isDiskDamaged() {
        return isDiskDamaged;
    }

    private Recorder recorder() {
        return world.trace().recorder();
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
