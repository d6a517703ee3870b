package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.group.Member;
import io.brickwork.core.partition.tenure.Tenure;
import java.util.List;

/** What a member of an open view wants to be changed in it, one thing after the other: the metadata log takes its time. */
public final class Proposals {
    /** How long the metadata log is waited for. */
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final Tenure tenure;
    private long proposedNanos;
    private boolean hasProposed;

    public Proposals(Tenure tenure) {
        this.tenure = tenure;
    }

    /** Whether nothing is under way. */
    public boolean mayPropose(long nowNanos) {
        return !hasProposed || nowNanos - proposedNanos >= PATIENCE_NANOS;
    }

    /** Has the metadata log decide another view in place of this one. */
    public void propose(BrickId primary, List<Member> members, List<Member> learners, long nowNanos) {
        hasProposed = true;
        proposedNanos = nowNanos;
        tenure.propose(primary, members, learners);
    }
}
