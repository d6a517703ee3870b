package io.brickwork.core.paxos;

import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/**
 * Puts a snapshot together from the parts that a log gives back. One whose writing was cut short is forgotten: all that
 * it stands for is still there.
 */
final class ReplayedSnapshot {
    private long slot;
    private int nextPart;
    private ByteWriter bytes = new ByteWriter(16);

    SlotLog.@Nullable Snapshot add(PaxosRecord.SnapshotPart part) {
        if (part.part() == 0) {
            slot = part.slot();
            nextPart = 0;
            bytes = new ByteWriter(part.bytes().length());
        }
        if (part.slot() != slot || part.part() != nextPart) {
            nextPart = -1;
            return null;
        }
        bytes.raw(part.bytes());
        nextPart++;
        return nextPart == part.parts() ? new SlotLog.Snapshot(slot, part.members(), bytes.toBytes()) : null;
    }
}
