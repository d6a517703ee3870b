package io.brickwork.core.partition.replicate;

import io.brickwork.core.entry.Entry;
import io.brickwork.core.partition.store.PartitionLog;

/**
 * The entries of one open view that are stored at the primary and not known to be committed, in bytes. Writers are
 * stopped while there are too many.
 */
public final class Window {
    private final PartitionLog log;
    /** Entries up to it are not in the window any more. */
    private long committedSeq;

    private long bytes;

    /** @param levelSeq last entry that was there when the view was opened */
    public Window(PartitionLog log, long levelSeq) {
        this.log = log;
        this.committedSeq = levelSeq;
    }

    /** The next entry is stored here. */
    public void add(Entry stored) {
        bytes += stored.encoded().length();
    }

    /** Everything up to {@code seq} is committed; must still be in memory. */
    public void commitUpTo(long seq) {
        while (committedSeq < seq) {
            committedSeq++;
            bytes -= log.entryHere(committedSeq).encoded().length();
        }
    }

    public long bytes() {
        return bytes;
    }
}
