package io.brickwork.core.partition.reshape;

import io.brickwork.core.Version;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.execute.Sequencer;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.partition.transact.DrainGate;

/**
 * What a primary does when its partition is to be split, as the metadata log has decided. Whoever is primary goes on
 * where another one left off.
 */
public final class SplitDriver {
    /** How long the metadata log is waited for when a split is done. */
    private static final long SPLIT_NANOS = 250_000_000;

    private final Sequencer sequencer;
    private final Replicator replicator;
    private final DrainGate drain;
    private final Tenure tenure;
    private final PartitionLog log;
    private final Ports ports;
    /** Whether the metadata log has been told that a split is done. */
    private boolean isSplit;

    private long splitNanos;

    public SplitDriver(
            Sequencer sequencer, Replicator replicator, DrainGate drain, Tenure tenure, PartitionLog log, Ports ports) {
        this.sequencer = sequencer;
        this.replicator = replicator;
        this.drain = drain;
        this.tenure = tenure;
        this.log = log;
        this.ports = ports;
    }

    /**
     * What the metadata log has decided to split is split by an entry; once that is in the table, the metadata log
     * hears of it. Whoever is primary goes on where another one left off.
     */
    public void onTick(long nowNanos) {
        Group group = tenure.group();
        Split split = group == null ? null : group.split();
        if (split == null) {
            return;
        }
        Version applied = ports.table().turnSnapshot().applied(split.child()).version();
        if (!applied.equals(Version.NONE)) {
            if (nowNanos - splitNanos >= SPLIT_NANOS || !isSplit) {
                isSplit = true;
                splitNanos = nowNanos;
                ports.cluster().propose(new MetadataCommand.FinishSplit(tenure.partition(), split.child(), applied));
            }
        } else if (sequencer.commits()
                && !replicator.hasLearners()
                && !isSplitting(split)
                && drain.isDrained(nowNanos)) {
            isSplit = false;
            sequencer.store(version -> EntryCodec.encodeSplit(tenure.partition(), version, split), nowNanos);
        }
    }

    private boolean isSplitting(Split split) {
        return log.reshaping().stream().anyMatch(entry -> split.equals(entry.split()));
    }
}
