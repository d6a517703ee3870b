package io.brickwork.core.lease;

import io.brickwork.core.BrickId;
import io.brickwork.core.Drift;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.metadata.MetadataState;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases that one leader of the metadata log has given: made anew with every leader, gone with it.
 *
 * <p>A grant ends at the latest one term after the <em>sending</em> of the last heartbeat round that a majority has
 * answered: a leader that was deposed, or slept, has no younger one, so whoever leads after it need only wait out one
 * term. A grant names the slot that the brick must have carried out before it uses it. So a brick that was left out of
 * a view can use, for that group, only grants from before; the view opens when the last of those has ended on this
 * clock, or the brick has said itself that it serves no more.
 *
 * <p>Source: Gray and Cheriton 1989; the traps are a grant by a leader that does not know it is none, and an answer
 * that lay in a buffer.
 */
public final class LeaseGrantor {
    /** How many grants of one brick are told apart: a brick renews four times in a term. */
    private static final int KEPT_GRANTS = 16;

    private record Given(Incarnation to, long slot, long endNanos) {}

    private final long quietNanos;
    private final long longestTermNanos;
    private final TreeMap<BrickId, ArrayDeque<Given>> given = new TreeMap<>();

    /**
     * @param quietNanos since when no leader before this one had a majority that answered, on this clock. Each of the
     *     majority that elected this one says when it answered last, and among any two majorities one is in both
     * @param longestTermNanos the longest term that a leader before it may have granted:
     *     {@link MetadataState#longestTermNanos}
     */
    public LeaseGrantor(long quietNanos, long longestTermNanos) {
        this.quietNanos = quietNanos;
        this.longestTermNanos = longestTermNanos;
    }

    /**
     * Answers a renewal.
     *
     * @param quorumNanos when the leader sent the last heartbeat round that a majority has answered
     * @return null if the brick gets no lease: it is not registered in this life, or no majority has answered of late
     */
    public LeaseMessage.@Nullable Grant onRenew(
            BrickId brick, LeaseMessage.Renew renew, MetadataState state, long quorumNanos, long nowNanos) {
        BrickInfo info = state.brick(brick);
        if (info == null
                || !info.incarnation().disk().equals(renew.disk())
                || info.incarnation().start() != renew.start()) {
            return null;
        }
        long durationNanos = quorumNanos + state.leaseTermNanos() - nowNanos;
        if (durationNanos <= Drift.bound(durationNanos)) {
            return null;
        }
        ArrayDeque<Given> grants = given.computeIfAbsent(brick, b -> new ArrayDeque<>());
        grants.removeIf(old -> isOver(old, nowNanos));
        if (grants.size() == KEPT_GRANTS) {
            return null; // it renews far too often; one of these will end soon
        }
        grants.addLast(new Given(info.incarnation(), state.slot(), nowNanos + durationNanos));
        return new LeaseMessage.Grant(renew.number(), durationNanos, state.slot());
    }

    /**
     * Whether the newest view of the group may open: the rules say that the last opened one is over, by who of those
     * that the newest leaves out may still hold a lease from before.
     *
     * @param fenced bricks that have said themselves that they serve no more in this group
     */
    public boolean mayOpen(Group group, GroupRules rules, Collection<BrickId> fenced, long nowNanos) {
        GroupView last = group.opened();
        if (last == null || group.isOpen()) {
            return true;
        }
        List<BrickId> serving = last.members().stream()
                .filter(member -> !isKept(member, group.newest())
                        && !fenced.contains(member.brick())
                        && mayServe(member, group.newestSlot(), nowNanos))
                .map(Member::brick)
                .toList();
        return rules.isOver(last, serving);
    }

    /** Whether the member is in this view too, which opens only after it has closed all earlier ones. */
    private static boolean isKept(Member member, GroupView view) {
        Member now = view.member(member.brick());
        return now != null && now.standsFor(member);
    }

    /** Whether the member may hold a lease that it was given when it had not heard of this slot. */
    private boolean mayServe(Member member, long slot, long nowNanos) {
        if (nowNanos - quietNanos < longestTermNanos + Drift.bound(longestTermNanos)) {
            return true; // a leader before this one may have given any
        }
        ArrayDeque<Given> grants = given.get(member.brick());
        if (grants != null) {
            for (Given grant : grants) {
                if (grant.slot < slot && member.incarnation().equals(grant.to) && !isOver(grant, nowNanos)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isOver(Given grant, long nowNanos) {
        return nowNanos - grant.endNanos >= 0;
    }
}
