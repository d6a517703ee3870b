package io.brickwork.core.ballot;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;

/** What one node keeps in its brick's log. Later records stand for earlier ones about the same. */
public sealed interface PaxosRecord {
    /** "I take nothing of a lower ballot." Synced before it is told. */
    record Promised(Ballot ballot) implements PaxosRecord {}

    /** "In this ballot I have voted for this value." Synced before it is told. */
    record Accepted(long slot, Ballot ballot, PaxosValue value) implements PaxosRecord {
        public Accepted {
            checkSlot(slot);
        }
    }

    /** "This value is chosen, somebody told me." Lost with no harm. */
    record Learned(long slot, PaxosValue value) implements PaxosRecord {
        public Learned {
            checkSlot(slot);
        }
    }

    /** "Up to this slot, what the records before this one hold is chosen." Lost with no harm. */
    record Chosen(long slot) implements PaxosRecord {
        public Chosen {
            Check.argument(slot >= 0, "slot %d is negative", slot);
        }
    }

    /**
     * A part of the state as of a slot. A snapshot counts once its parts are there one after the other, from number 0
     * to the last.
     *
     * @param members who votes on the slots after it
     */
    record SnapshotPart(long slot, Membership members, int part, int parts, Bytes bytes) implements PaxosRecord {
        public SnapshotPart {
            Check.argument(slot >= 0, "slot %d is negative", slot);
            Check.argument(part >= 0 && part < parts, "part %d of %d", part, parts);
        }
    }

    private static void checkSlot(long slot) {
        Check.argument(slot >= 1, "slot %d is below 1", slot);
    }
}
