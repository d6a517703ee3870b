package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One view of a replica group, as the metadata log decides it.
 *
 * @param epoch from 1, one more than that of the view before it
 * @param primary one of the members
 * @param learners who is being brought level; none of them is a member
 * @param lineage counts how often an operator gave up what was lost, from 0
 */
public record GroupView(long epoch, BrickId primary, List<Member> members, List<Member> learners, long lineage) {
    public GroupView {
        members = List.copyOf(members);
        learners = List.copyOf(learners);
        Check.argument(epoch >= 1 && lineage >= 0, "epoch %d, lineage %d", epoch, lineage);
        Check.argument(
                !members.isEmpty() && members.size() + learners.size() <= Limits.GROUP_MEMBERS,
                "%d members and %d learners; there must be a member, and at most %d of both",
                members.size(),
                learners.size(),
                Limits.GROUP_MEMBERS);
        TreeSet<BrickId> bricks = new TreeSet<>();
        members.forEach(member -> bricks.add(member.brick()));
        Check.argument(bricks.contains(primary), "primary %s is not a member", primary);
        learners.forEach(learner -> bricks.add(learner.brick()));
        Check.argument(bricks.size() == members.size() + learners.size(), "a brick is in the group twice");
    }

    /** What clients need to know of it. */
    public View toView() {
        return new View(epoch, primary, members.stream().map(Member::brick).toList());
    }

    public @Nullable Member member(BrickId brick) {
        return find(members, brick);
    }

    public @Nullable Member learner(BrickId brick) {
        return find(learners, brick);
    }

    public boolean holds(BrickId brick) {
        return member(brick) != null || learner(brick) != null;
    }

    private static @Nullable Member find(List<Member> among, BrickId brick) {
        for (Member member : among) {
            if (member.brick().equals(brick)) {
                return member;
            }
        }
        return null;
    }
}
