package io.brickwork.core.ballot;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who votes: 1 to {@link #MAX_MEMBERS} members of different bricks, in order. Two memberships that differ by one member
 * have no majorities that do not meet, so one step at a time is safe (Ongaro 2014 §4.1).
 */
public record Membership(List<PaxosMember> members) {
    public static final int MAX_MEMBERS = 7;

    public Membership {
        members = List.copyOf(new TreeSet<>(members));
        Check.argument(
                !members.isEmpty() && members.size() <= MAX_MEMBERS,
                "%d metadata members is not from 1 to %d",
                members.size(),
                MAX_MEMBERS);
        for (int i = 1; i < members.size(); i++) {
            Check.argument(
                    !members.get(i).brick().equals(members.get(i - 1).brick()),
                    "brick %s is a metadata member twice",
                    members.get(i).brick());
        }
    }

    public boolean contains(PaxosMember member) {
        return members.contains(member);
    }

    public @Nullable PaxosMember find(BrickId brick) {
        for (PaxosMember member : members) {
            if (member.brick().equals(brick)) {
                return member;
            }
        }
        return null;
    }

    public List<BrickId> bricks() {
        return members.stream().map(PaxosMember::brick).toList();
    }

    /** How many are a majority. */
    public int quorum() {
        return members.size() / 2 + 1;
    }

    /** Whether these bricks hold a majority; those that are no members do not count. */
    public boolean isQuorum(Collection<BrickId> bricks) {
        int votes = 0;
        for (PaxosMember member : members) {
            if (bricks.contains(member.brick())) {
                votes++;
            }
        }
        return votes >= quorum();
    }

    /** These members and one more. */
    public Membership with(PaxosMember added) {
        List<PaxosMember> next = new ArrayList<>(members);
        next.add(added);
        return new Membership(next);
    }

    /** These members but one. */
    public Membership without(PaxosMember removed) {
        List<PaxosMember> next = new ArrayList<>(members);
        next.remove(removed);
        return new Membership(next);
    }

    /** Whether the other has exactly one member more or less. */
    public boolean isOneStepFrom(Membership other) {
        TreeSet<PaxosMember> difference = new TreeSet<>(members);
        for (PaxosMember member : other.members) {
            if (!difference.remove(member)) {
                difference.add(member);
            }
        }
        return difference.size() == 1;
    }
}
