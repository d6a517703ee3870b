package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a way of replication: which members of a view must have stored an entry, who answers reads, and who
 * sends to whom. Pure: the same everywhere for the same view.
 *
 * <p>A way of replication answers the questions about quorums and places. What follows from quorums is the same for all
 * of them, and is written here once: who may found the next view, what that view takes over, and when it may open. It
 * holds as long as each read quorum shares a member with each write quorum.
 *
 * <p>Two things no rule can change. The primary orders the writes of its view, and takes them from clients. And a view
 * opens when <em>all</em> its members are level: if only a quorum had to be, an entry of an earlier epoch that counts
 * as committed with the level could still lose to another member's later one (Ongaro 2014 §3.6.2). A member that cannot
 * be brought level is left out of the next view.
 */
public interface GroupRules {
    /** The rules of a way of replication. */
    static GroupRules of(Replication replication) {
        return switch (replication) {
            case TWO_PHASE -> TwoPhaseRules.INSTANCE;
            case CHAIN -> ChainRules.INSTANCE;
        };
    }

    // ---- quorums

    /** Whether an entry is committed once these bricks have stored it. Those that are not members do not count. */
    boolean isWriteQuorum(GroupView view, Collection<BrickId> stored);

    /**
     * Whether these bricks together have every entry that was committed in the view. Those that are not members do not
     * count.
     */
    boolean isReadQuorum(GroupView view, Collection<BrickId> heard);

    /**
     * How many members a view must have to commit anything, in a group that has had so many: with fewer, too few disks
     * would hold what is acknowledged.
     */
    int minInSync(int members);

    // ---- places

    /**
     * Members that answer reads, each under its own lease, the primary among them: a reader has stored what the witness
     * counts as committed.
     */
    List<BrickId> readers(View view);

    /**
     * Who counts entries as committed, and so knows first: whom a reader asks of an entry that it has stored and not
     * heard more of.
     */
    BrickId witness(GroupView view);

    /** Who sends entries to this member of the view; null if nobody does. */
    @Nullable
    BrickId before(GroupView view, BrickId member);

    // ---- what follows: the next view

    /**
     * Whether the brick may be a member of the group's next view without learning first: its log was part of the
     * group's in the base, or in the last view that was opened.
     */
    default boolean mayBeMember(Group group, Member member) {
        GroupView last = group.opened();
        return group.isInBase(member)
                || (last != null
                        && (last.members().stream().anyMatch(member::standsFor)
                                || last.learners().contains(member)));
    }

    /**
     * Whether the brick may be the primary of the group's next view. It need not have the longest log: it fetches what
     * it lacks.
     */
    default boolean mayLead(Group group, Member member) {
        return group.isInBase(member);
    }

    /**
     * Whether a view may be founded on these bricks: together they have all that was committed up to the base. Those of
     * them that have lost nothing are a read quorum of the base; or all of its members are there, so that nothing is
     * given up that one of them has.
     *
     * @param there bricks in their present lives
     * @param isIntact whether a member of the base has kept all that it had acknowledged
     */
    default boolean mayFound(GroupView base, Collection<Member> there, Predicate<Member> isIntact) {
        List<Member> present = base.members().stream()
                .filter(member -> there.stream().anyMatch(other -> other.standsFor(member)))
                .toList();
        List<BrickId> intact =
                present.stream().filter(isIntact).map(Member::brick).toList();
        return isReadQuorum(base, intact) || present.size() == base.members().size();
    }

    /**
     * Whose log is the level of a view, which all its members are brought to. The greatest: everything that was
     * committed is in one of the reports at least, since the view was founded on a read quorum of the base.
     *
     * @param reports the last entry of each member that is of the base, the primary among them
     */
    default BrickId fullest(GroupView view, SortedMap<BrickId, Version> reports) {
        BrickId fullest = view.primary(); // among equals: it need not fetch anything
        Version greatest = Check.present(reports.get(fullest), "no report of %s", fullest);
        for (Member member : view.members()) {
            Version last = reports.get(member.brick());
            if (last != null && last.compareTo(greatest) > 0) {
                fullest = member.brick();
                greatest = last;
            }
        }
        return fullest;
    }

    /**
     * Whether nobody is answered in a view any more, so that the next one may open. Nothing is committed in it either:
     * every write quorum has a member that has promised the next view.
     *
     * @param serving members of the view that may still answer under a lease
     */
    default boolean isOver(GroupView last, Collection<BrickId> serving) {
        return readers(last.toView()).stream().noneMatch(serving::contains);
    }
}
