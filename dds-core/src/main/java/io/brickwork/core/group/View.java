package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import java.util.List;

/**
 * One numbered life of a replica group: who its members are, and which of them orders its writes.
 *
 * @param epoch greater than that of every earlier view of the partition; 0 before the first
 * @param primary one of the members
 * @param members in the order of the view; a client keeps those that answer reads ({@link GroupRules#readers})
 */
public record View(long epoch, BrickId primary, List<BrickId> members) {
    public View {
        members = List.copyOf(members);
        Check.argument(epoch >= 0, "epoch %d is negative", epoch);
        Check.argument(
                !members.isEmpty() && members.size() <= Limits.GROUP_MEMBERS, "a group of %d members", members.size());
        Check.argument(members.contains(primary), "primary %s is not one of %s", primary, members);
    }

    public View atEpoch(long epoch) {
        return new View(epoch, primary, members);
    }

    public boolean isMember(BrickId brick) {
        return members.contains(brick);
    }
}
