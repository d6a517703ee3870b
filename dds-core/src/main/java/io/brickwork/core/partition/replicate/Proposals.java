package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.partition.port.ClusterPort;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.view.Lineup;
import java.util.List;

/**
 * What a member of an open view wants to be changed in it, one thing after the other: the metadata log takes its time.
 */
public final class Proposals {
    /** How long the metadata log is waited for. */
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final Tenure tenure;
    private final ClusterPort cluster;
    private long proposedNanos;
    private boolean hasProposed;

    public Proposals(Tenure tenure, ClusterPort cluster) {
        this.tenure = tenure;
        this.cluster = cluster;
    }

    /** Whether nothing is under way. */
    public boolean mayPropose(long nowNanos) {
        return !hasProposed || nowNanos - proposedNanos >= PATIENCE_NANOS;
    }

    /** Has the metadata log decide another view in place of this one. */
    public void propose(GroupView next, long nowNanos) {
        hasProposed = true;
        proposedNanos = nowNanos;
        tenure.propose(next.primary(), next.members(), next.learners());
    }

    /**
     * Proposes a view without members that get nowhere: the metadata log may see them alive where this brick cannot
     * reach them (T24).
     *
     * @param others who could lead instead, if too few would stay
     */
    public void leaveOut(List<BrickId> silent, List<BrickId> others, long nowNanos) {
        if (silent.isEmpty() || !mayPropose(nowNanos) || !cluster.defends(Defence.LEAVE_OUT_THE_SILENT)) {
            return;
        }
        GroupView next = Lineup.without(tenure.currentView(), silent, tenure.minInSync(), others);
        if (next != null) {
            propose(next, nowNanos);
        }
    }
}
