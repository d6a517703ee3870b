package io.brickwork.sim.world;

import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Member;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells which partitions nothing keeps from serving at this moment. Sends no message and changes nothing.
 *
 * <p>Bricks may be down. Whoever runs must be faultless: a brick that is slow, paused or cut off from some may still
 * lead, so others have to wait for it.
 */
public final class Undisturbed {
    private final World world;

    public Undisturbed(World world) {
        this.world = world;
    }

    /** How many processes of bricks have ended so far. While it stays the same, whoever ran runs. */
    public long ended() {
        return world.bricks().stream().mapToLong(SimBrick::ended).sum();
    }

    /**
     * Whether all bricks and clients that run are faultless, and all links among them, and a majority of those who keep
     * the metadata runs.
     */
    public boolean isCluster() {
        List<SimBrick> running = world.bricks().stream().filter(SimBrick::isUp).toList();
        return running.stream().allMatch(Undisturbed::isFaultless)
                && world.clients().stream()
                        .filter(SimClient::isUp)
                        .allMatch(client -> !client.isPaused() && !client.isSlow())
                && running.stream().allMatch(brick -> areLinksFaultless(brick, running))
                && hasMajority();
    }

    /**
     * Whether all members of the partition's newest view run, as many as a write takes, and nobody splits it or merges
     * it: in an undisturbed cluster it must serve soon.
     */
    public boolean isPartition(Group group) {
        return !group.isReshaping()
                && group.newest().members().size() >= group.minInSync()
                && group.newest().members().stream().allMatch(this::isRunning);
    }

    private static boolean isFaultless(SimBrick brick) {
        return !brick.isPaused()
                && brick.slowness() == 1
                && !brick.isDeparting()
                && brick.disk().isHealthy();
    }

    private boolean areLinksFaultless(SimBrick brick, List<SimBrick> running) {
        return running.stream()
                        .allMatch(other -> other == brick || world.network().isFaultless(brick.node(), other.node()))
                && world.clients().stream()
                        .filter(SimClient::isUp)
                        .allMatch(client -> world.network().isFaultless(brick.node(), client.node()));
    }

    /** As the brick knows those who keep the metadata that has heard most. */
    private boolean hasMajority() {
        List<PaxosMember> voters = world.bricks().stream()
                .map(SimBrick::machine)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(machine -> machine.metadata().slot()))
                .map(BrickMachine::voters)
                .orElse(List.of());
        long running = voters.stream().filter(this::isRunning).count();
        return running * 2 > voters.size();
    }

    private boolean isRunning(PaxosMember voter) {
        Member now = registered(world.brick(voter.brick()));
        return now != null && now.incarnation().disk().equals(voter.disk());
    }

    private boolean isRunning(Member member) {
        Member now = registered(world.brick(member.brick()));
        return now != null && now.standsFor(member);
    }

    private static @Nullable Member registered(SimBrick brick) {
        BrickMachine machine = brick.machine();
        return machine == null ? null : machine.member();
    }
}
