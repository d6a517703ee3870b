package io.brickwork.core.group;

import io.brickwork.core.Check;

/**
 * Consecutive entries of one epoch in a partition's log.
 *
 * @param lastSeq the sequence number of the last of them
 */
public record EpochRun(long epoch, long lastSeq) {
    public EpochRun {
        Check.argument(epoch >= 0 && lastSeq >= 0, "run of epoch %d up to %d", epoch, lastSeq);
    }
}
