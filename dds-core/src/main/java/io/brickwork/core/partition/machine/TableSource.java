package io.brickwork.core.partition.machine;

import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import java.util.List;

/**
 * The committed entries of one partition, as the brick moves them from the log into its table: oldest first, each once.
 */
public interface TableSource {
    PartitionId partition();

    /** Version of the last entry that is known to be in the table. */
    Version applied();

    /**
     * Sequence number of the last entry that may be moved into the table: committed, and synced in this brick's own
     * log.
     */
    long applicableSeq();

    /**
     * The entries of the range that must be applied in one batch; the first one always is among them. Both ends
     * inclusive.
     */
    List<Entry> entries(long fromSeq, long toSeq);

    /** A batch that ends in this entry is in the table. */
    void onApplied(long seq);

    /** Whether there are committed entries that the table is not known to have, and is to have. */
    boolean hasUnappliedCommits();
}
