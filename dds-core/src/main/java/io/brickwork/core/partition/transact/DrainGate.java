package io.brickwork.core.partition.transact;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.partition.port.ClusterPort;
import io.brickwork.core.partition.store.Locks;

/**
 * Says when the partition may be split or given up: once every transaction that has its vote has an outcome. Else both
 * heirs of the partition would hold the same yes, and carry its outcome out twice or not at all.
 *
 * <p>While a split or a merge waits, the participant gives no votes, so that the partition drains, for at most
 * {@link #CLOSED_NANOS}; if an outcome is missing even then, it votes again for as long, and the gate closes anew. A
 * split that cannot be done must not stop the partition's transactions for good.
 */
public final class DrainGate {
    /** How long no vote is given while a split or a merge waits; then votes are given for as long again. */
    static final long CLOSED_NANOS = 5_000_000_000L;

    private final Locks locks;
    private final ClusterPort cluster;
    /** When the gate was last closed; meaningless unless {@link #isWaitedFor}. */
    private long closedNanos;
    /** Whether a split or a merge waits. */
    private boolean isWaitedFor;

    private boolean isClosed;

    public DrainGate(Locks locks, ClusterPort cluster) {
        this.locks = locks;
        this.cluster = cluster;
    }

    /** Whether the partition waits for no outcome. A split or a merge asks with each tick until it is done. */
    public boolean isDrained(long nowNanos) {
        if (!locks.hasUndecided() || !cluster.defends(Defence.DRAIN_BEFORE_SPLIT)) {
            return true;
        }
        if (!isWaitedFor || nowNanos - closedNanos >= 2 * CLOSED_NANOS) {
            isWaitedFor = true;
            closedNanos = nowNanos;
        }
        isClosed = nowNanos - closedNanos < CLOSED_NANOS;
        return false;
    }

    /** No split or merge waits: votes are given. */
    public void reopen() {
        isWaitedFor = false;
        isClosed = false;
    }

    /** Whether no vote may be given. */
    boolean isClosed() {
        return isClosed;
    }
}
