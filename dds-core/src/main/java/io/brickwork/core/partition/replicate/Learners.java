package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.view.Lineup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The learners of an open view, as its primary brings them level: who is becomes a member, who gets nowhere makes room.
 * Whatever the way of replication, they are fed beside and never waited for.
 */
public final class Learners {
    private final GroupView view;
    private final Proposals proposals;
    private final List<LearnerFeed> feeds = new ArrayList<>();

    public Learners(GroupView view, Proposals proposals, Function<Member, LearnerFeed> feed) {
        this.view = view;
        this.proposals = proposals;
        view.learners().forEach(learner -> feeds.add(feed.apply(learner)));
    }

    /** There are new entries. */
    public void feed() {
        feeds.forEach(LearnerFeed::feed);
    }

    /** What one of them says; what others say is nobody's business here. */
    public void onMessage(BrickId from, ReplicaMessage message, long nowNanos) {
        LearnerFeed learner = find(from);
        if (learner == null) {
            return;
        }
        switch (message) {
            case ReplicaMessage.Stored stored -> learner.onStored(stored, nowNanos);
            case ReplicaMessage.FenceReport report -> learner.onReport(report, nowNanos);
            case ReplicaMessage.Levelled levelled -> learner.onLevelled(levelled, nowNanos);
            case ReplicaMessage.CopyAsk ask -> learner.onCopyAsk(ask, nowNanos);
            default -> {}
        }
    }

    public void onLinkUp(BrickId peer, long nowNanos) {
        LearnerFeed learner = find(peer);
        if (learner != null) {
            learner.onLinkUp(nowNanos);
        }
    }

    private @Nullable LearnerFeed find(BrickId brick) {
        for (LearnerFeed learner : feeds) {
            if (learner.brick().equals(brick)) {
                return learner;
            }
        }
        return null;
    }

    /** A learner that has everything should become a member. */
    public void promote(long nowNanos) {
        for (LearnerFeed learner : feeds) {
            if (learner.isLevel() && proposals.mayPropose(nowNanos)) {
                proposals.propose(Lineup.promote(view, learner.learner()), nowNanos);
            }
        }
    }

    public void onTick(long nowNanos) {
        feeds.forEach(learner -> learner.onTick(nowNanos));
        for (LearnerFeed learner : feeds) {
            if (learner.isStuck(nowNanos) && proposals.mayPropose(nowNanos)) {
                proposals.propose(Lineup.drop(view, learner.learner()), nowNanos);
            }
        }
    }

    /** Up to where the log is not kept for their sake. */
    public long keptAboveSeq() {
        long kept = Long.MAX_VALUE;
        for (LearnerFeed learner : feeds) {
            kept = Math.min(kept, learner.keptAboveSeq());
        }
        return kept;
    }

    public boolean isEmpty() {
        return feeds.isEmpty();
    }
}
