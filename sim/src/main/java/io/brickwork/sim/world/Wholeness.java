package io.brickwork.sim.world;

import io.brickwork.core.BrickId;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Member;
import io.brickwork.core.metadata.MetadataState;
import java.util.List;
import java.util.Objects;

/** Tells whether the cluster can afford to lose a disk at this moment. Sends no message and changes nothing. */
public final class Wholeness {
    private final World world;

    public Wholeness(World world) {
        this.world = world;
    }

    /**
     * Whether nothing is missing anywhere: all bricks run, but those that never come back, and are known; every group
     * is open with as many members as it should have; everybody who keeps the metadata has the disk that it voted with;
     * every record can be read. Whoever loses its disk now is the only one that lacks anything.
     */
    public boolean isWhole() {
        MetadataState metadata = world.metadata();
        if (metadata == null || !world.areAllRegistered()) {
            return false;
        }
        List<SimBrick> staying =
                world.bricks().stream().filter(brick -> !brick.isRetired()).toList();
        return staying.stream().allMatch(brick -> isWell(brick, metadata))
                && metadata.groups().stream()
                        .allMatch(group -> group.isOpen()
                                && !group.isReshaping()
                                && group.newest().equals(group.base())
                                && group.newest().learners().isEmpty()
                                && group.newest().members().size() == Math.min(staying.size(), group.replicas())
                                && group.newest().members().stream().allMatch(member -> isThere(metadata, member)));
    }

    /** Whether those that keep the metadata beside this brick, as far as any brick knows, decide without it. */
    boolean canSpareVote(SimBrick brick) {
        return world.bricks().stream()
                .map(SimBrick::machine)
                .filter(Objects::nonNull)
                .map(BrickMachine::voters)
                .allMatch(voters -> {
                    List<BrickId> others = voters.stream()
                            .map(PaxosMember::brick)
                            .filter(voter -> !voter.equals(brick.id()))
                            .toList();
                    // One alone may be about to be joined by this very brick.
                    return others.size() == voters.size()
                            ? voters.size() != 1
                            : new Membership(voters).isQuorum(others);
                });
    }

    /**
     * Whether it runs, in the life that is registered, stays, can read what it holds, and knows only voters that are
     * there with their votes.
     */
    private boolean isWell(SimBrick brick, MetadataState metadata) {
        BrickMachine machine = brick.machine();
        BrickInfo info = metadata.brick(brick.id());
        return machine != null
                && info != null
                && info.member().equals(machine.member())
                && !info.isLeaving()
                && !brick.disk().hasRot()
                && machine.voters().size()
                        == BrickConfig.founders(world.brickIds()).size()
                && machine.voters().stream().allMatch(voter -> {
                    BrickInfo voting = metadata.brick(voter.brick());
                    return voting != null
                            && voting.incarnation().disk().equals(voter.disk())
                            && !world.brick(voter.brick()).isRetired();
                });
    }

    /** Whether it is there, in the life that is registered: the metadata may not have noticed that it is gone. */
    private boolean isThere(MetadataState metadata, Member member) {
        BrickInfo info = metadata.brick(member.brick());
        return info != null
                && info.member().equals(member)
                && !world.brick(member.brick()).isRetired();
    }
}
