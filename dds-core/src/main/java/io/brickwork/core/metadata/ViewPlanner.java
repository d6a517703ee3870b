package io.brickwork.core.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the leader of the metadata log should do about the replica groups: leave out members that are gone, add learners
 * in their place, empty bricks that leave, and spread primaries. A learner that is level becomes a member by its
 * primary's own proposal, since only the primary knows. Pure: from the state and what is known of the bricks to
 * commands, at most one a group.
 *
 * <p>A group keeps members of its base on which a view may be founded ({@link GroupRules#mayFound}), or nothing is done
 * about it: all that anyone was told lives there alone. A pending view is left alone as long as all its members are
 * there. Every command names the epochs it was computed from, so an old plan does no harm.
 */
public final class ViewPlanner {
    /** What the leader knows beside the log; soft state, and possibly wrong. */
    public interface Health {
        /** Whether the brick gives signs of life in this life of it. */
        boolean isAlive(Member member);

        /** Whether the brick is about to stop, and others should take over before it does. */
        boolean isDeparting(Member member);
    }

    private final MetadataState state;
    private final Health health;
    private final Placement placement;
    private final List<MetadataCommand.ChangeView> plan = new ArrayList<>();
    private int learnersLeft;
    private int movesLeft;
    /** Replicas are moved for the sake of balance in rounds: a round begins when all groups are whole. */
    private int replicaMovesLeft;

    private ViewPlanner(MetadataState state, Health health, int maxLearners, int maxMoves) {
        this.state = state;
        this.health = health;
        List<BrickInfo> hosts = state.bricks().stream()
                .filter(brick ->
                        !brick.isLeaving() && health.isAlive(brick.member()) && !health.isDeparting(brick.member()))
                .toList();
        placement = new Placement(hosts, state.groups());
        int learners = 0;
        boolean isCalm = true;
        for (Group group : state.groups()) {
            learners += group.newest().learners().size();
            isCalm &= group.isOpen()
                    && group.newest().learners().isEmpty()
                    && group.newest().members().size() == group.replicas();
        }
        learnersLeft = maxLearners - learners;
        movesLeft = maxMoves;
        replicaMovesLeft = isCalm ? maxMoves : 0;
    }

    /**
     * @param maxLearners how many replicas may be brought level at a time, in all groups together
     * @param maxMoves how many replicas, and how many primaries, are moved by one plan for the sake of balance
     */
    public static List<MetadataCommand.ChangeView> plan(
            MetadataState state, Health health, int maxLearners, int maxMoves) {
        ViewPlanner planner = new ViewPlanner(state, health, maxLearners, maxMoves);
        state.groups().forEach(planner::plan);
        return List.copyOf(planner.plan);
    }

    private void plan(Group group) {
        GroupView newest = group.newest();
        List<Member> members = withoutDeparting(group, usableMembers(group));
        if (!mayGoOn(group, members)) {
            return; // whoever is left does not have all that was told; only their return helps, or an operator
        }
        // A member of the base that was to learn may be needed as what it was.
        List<Member> learners = usableLearners(group).stream()
                .filter(learner ->
                        members.stream().noneMatch(member -> member.brick().equals(learner.brick())))
                .toList();
        if (!group.isOpen()) {
            if (members.equals(newest.members()) && learners.equals(newest.learners())) {
                return; // the primary is at it
            }
            // Who was to be promoted in a view that never opened learns on.
            propose(group, members, learners);
            return;
        }
        if (members.size() < newest.members().size() || !members.equals(newest.members())) {
            propose(group, members, learners);
        } else if (!addLearner(group, members, learners) && !removeMember(group, members, learners)) {
            if (!learners.equals(newest.learners())) {
                propose(group, members, learners);
            } else if (!moveReplica(group, members)) {
                movePrimary(group, members);
            }
        }
    }

    /** The members of the newest view, and of the base, that are there, each in its present life. */
    private List<Member> usableMembers(Group group) {
        TreeSet<BrickId> seen = new TreeSet<>();
        List<Member> usable = new ArrayList<>();
        List<Member> candidates = new ArrayList<>(group.newest().members());
        GroupRules rules = state.rules(group.partition());
        GroupView base = group.base();
        if (base != null && !group.isOpen() && !isNewestEnough(group)) {
            candidates.addAll(
                    base.members()); // never while all are there: its primary may have left them out on purpose
        } else if (base != null && group.isOpen() && base.epoch() < group.openedEpoch()) {
            candidates.addAll(
                    base.members()); // the open view is too small to commit: whoever of the base is back is welcome
        }
        for (Member candidate : candidates) {
            Member present = present(candidate);
            boolean isRoomLeft = usable.size()
                    < Math.max(group.replicas(), group.newest().members().size());
            if (present != null && isRoomLeft && rules.mayBeMember(group, present) && seen.add(present.brick())) {
                usable.add(present);
            }
        }
        return usable;
    }

    /**
     * Whether all members of the newest view are there, and hold all that anyone was told: their machines may have gone
     * down meanwhile.
     */
    private boolean isNewestEnough(Group group) {
        List<Member> there = group.newest().members().stream()
                .map(this::present)
                .filter(Objects::nonNull)
                .toList();
        return there.size() == group.newest().members().size() && state.mayFound(group, there);
    }

    /** Who is about to stop is left out like one that is gone, but only where enough others are there. */
    private List<Member> withoutDeparting(Group group, List<Member> members) {
        List<Member> staying =
                members.stream().filter(member -> !health.isDeparting(member)).toList();
        return staying.size() >= group.minInSync() && mayGoOn(group, staying) ? staying : members;
    }

    /** Whether a view may be founded on these members, and one of them may lead it. */
    private boolean mayGoOn(Group group, List<Member> members) {
        return !leaders(group, members).isEmpty() && state.mayFound(group, members);
    }

    private List<Member> usableLearners(Group group) {
        List<Member> usable = new ArrayList<>();
        for (Member learner : group.newest().learners()) {
            Member present = present(learner);
            if (present != null && !health.isDeparting(present)) {
                usable.add(present);
            }
        }
        return usable;
    }

    /** The candidate, or its successor on the same disk, if it is there. */
    private @Nullable Member present(Member candidate) {
        BrickInfo info = state.brick(candidate.brick());
        if (info == null || !info.member().standsFor(candidate) || !health.isAlive(info.member())) {
            return null;
        }
        return info.member();
    }

    private boolean addLearner(Group group, List<Member> members, List<Member> learners) {
        int staying = 0;
        for (Member member : members) {
            staying += isLeaving(member) ? 0 : 1;
        }
        if (staying + learners.size() >= group.replicas()
                || learnersLeft <= 0
                || !group.mayHave(members.size(), learners.size() + 1)) {
            return false;
        }
        BrickInfo host = placement.learner(brick ->
                members.stream().noneMatch(m -> m.brick().equals(brick.brick()))
                        && learners.stream().noneMatch(l -> l.brick().equals(brick.brick())));
        if (host == null) {
            return false;
        }
        learnersLeft--;
        List<Member> more = new ArrayList<>(learners);
        more.add(host.member());
        propose(group, members, more);
        return true;
    }

    /** One member too many: one that leaves, else one of the brick with the most replicas. */
    private boolean removeMember(Group group, List<Member> members, List<Member> learners) {
        if (members.size() <= group.replicas()) {
            return false;
        }
        Member removed = members.stream()
                .max(Comparator.comparing(this::isLeaving)
                        .thenComparingInt(member -> placement.replicas(member.brick())))
                .orElseThrow();
        List<Member> fewer = new ArrayList<>(members);
        fewer.remove(removed);
        propose(group, fewer, learners);
        return true;
    }

    private boolean isLeaving(Member member) {
        BrickInfo info = state.brick(member.brick());
        return info != null && info.isLeaving();
    }

    /**
     * Has a replica follow from the brick with the most to the one with the fewest: one more learns, and when it is
     * level one member too many is removed.
     */
    private boolean moveReplica(Group group, List<Member> members) {
        if (replicaMovesLeft <= 0
                || learnersLeft <= 0
                || members.size() != group.replicas()
                || !group.mayHave(members.size(), 1)) {
            return false;
        }
        BrickId fullest = members.stream()
                .map(Member::brick)
                .max(Comparator.comparingInt(placement::replicas))
                .orElseThrow();
        BrickInfo host = placement.emptiest(
                brick -> members.stream().noneMatch(member -> member.brick().equals(brick.brick())));
        if (host == null || placement.replicas(fullest) - placement.replicas(host.brick()) < 2) {
            return false;
        }
        replicaMovesLeft--;
        learnersLeft--;
        placement.moveReplica(fullest, host.brick());
        propose(group, members, List.of(host.member()));
        return true;
    }

    private void movePrimary(Group group, List<Member> members) {
        BrickId primary = group.newest().primary();
        BrickId best = placement.primary(leaders(group, members));
        if (movesLeft > 0 && placement.primaries(primary) - placement.primaries(best) >= 2) {
            movesLeft--;
            placement.movePrimary(primary, best);
            add(group, best, members, group.newest().learners());
        }
    }

    private void propose(Group group, List<Member> members, List<Member> learners) {
        List<Member> candidates = leaders(group, members);
        Check.invariant(!candidates.isEmpty(), "partition %s: no member may lead", group.partition());
        BrickId old = group.newest().primary();
        boolean stays = candidates.stream()
                .anyMatch(member -> member.brick().equals(old)
                        && member.equals(group.newest().member(old)));
        add(group, stays ? old : placement.primary(candidates), members, learners);
    }

    /** Those of the members that may be the primary. */
    private List<Member> leaders(Group group, List<Member> members) {
        GroupRules rules = state.rules(group.partition());
        return members.stream().filter(member -> rules.mayLead(group, member)).toList();
    }

    private void add(Group group, BrickId primary, List<Member> members, List<Member> learners) {
        plan.add(new MetadataCommand.ChangeView(
                group.partition(),
                group.newest().epoch(),
                group.openedEpoch(),
                primary,
                members,
                group.learners(members, learners)));
    }
}
