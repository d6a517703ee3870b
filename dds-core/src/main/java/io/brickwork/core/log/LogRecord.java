package io.brickwork.core.log;

import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.metadata.Registration;

/** What a brick's log holds, in the order in which it was decided. */
public sealed interface LogRecord {
    /** What concerns one partition. */
    sealed interface OfPartition extends LogRecord {
        PartitionId partition();
    }

    /** What this brick keeps of the metadata log. */
    record Paxos(PaxosRecord record) implements LogRecord {}

    /**
     * Which life of the brick has begun. Always synced before anybody is told.
     *
     * @param boot in which boot of its machine the last life was confirmed; empty before the first
     */
    record Registered(Registration registration, String boot) implements LogRecord {
        public static final int BOOT_CHARS = 100;

        public Registered {
            Check.argument(boot.length() <= BOOT_CHARS, "a boot id of %d characters", boot.length());
        }
    }

    /** An entry that this replica has stored. */
    record Stored(Entry entry) implements OfPartition {
        @Override
        public PartitionId partition() {
            return entry.partition();
        }
    }

    /** The promise to take nothing of an epoch below this one. Always synced before it is told. */
    record Promise(PartitionId partition, long epoch) implements OfPartition {
        public Promise {
            Check.argument(epoch >= 1, "promised epoch %d is below 1", epoch);
        }
    }

    /**
     * All entries of the partition above {@code seq} that stand before this record are void. Always synced before it is
     * told.
     */
    record Cut(PartitionId partition, long seq) implements OfPartition {
        public Cut {
            Check.argument(seq >= 0, "cut above %d", seq);
        }
    }
}
