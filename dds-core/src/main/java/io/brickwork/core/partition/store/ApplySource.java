package io.brickwork.core.partition.store;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.Split;
import io.brickwork.core.partition.machine.TableSource;
import io.brickwork.core.partition.port.ClusterPort;
import java.util.List;

/** The entries of one partition that go into the brick's table, as its log, its commit point and its shape allow. */
public final class ApplySource implements TableSource {
    /** Who is told what was applied. */
    public interface Listener {
        /** The partition was split: the child's part is in the table. */
        void onSplit(Split split);

        /** An entry that changes which keys are served may be in the table. */
        void onReshaped();
    }

    private final PartitionId partition;
    private final PartitionLog log;
    private final Extent extent;
    private final CommitPoint commitPoint;
    private final ClusterPort cluster;
    private final Listener listener;
    private boolean isRetired;

    public ApplySource(
            PartitionId partition,
            PartitionLog log,
            Extent extent,
            CommitPoint commitPoint,
            ClusterPort cluster,
            Listener listener) {
        this.partition = partition;
        this.log = log;
        this.extent = extent;
        this.commitPoint = commitPoint;
        this.cluster = cluster;
        this.listener = listener;
    }

    /** Another replica takes this one's place, or none: nothing more is to be applied of it. */
    public void retire() {
        isRetired = true;
    }

    @Override
    public PartitionId partition() {
        return partition;
    }

    @Override
    public Version applied() {
        return log.applied();
    }

    @Override
    public long applicableSeq() {
        long may = Math.min(commitPoint.seq(), extent.applicableSeq());
        return cluster.limit(Defence.APPLY_ONLY_SYNCED, Math.min(may, log.syncedSeq()), may);
    }

    @Override
    public List<Entry> entries(long fromSeq, long toSeq) {
        return Extent.together(log.overlay().entries(fromSeq, toSeq));
    }

    @Override
    public void onApplied(long seq) {
        Entry last = log.entryHere(seq);
        log.onApplied(last.version());
        Split split = last.split();
        if (split != null) {
            listener.onSplit(split);
        }
        if (!log.reshaping().isEmpty()) {
            listener.onReshaped();
        }
    }

    @Override
    public boolean hasUnappliedCommits() {
        return !isRetired && commitPoint.seq() > log.applied().seq();
    }
}
