package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.message.PaxosMessage;
import java.util.List;

/** What a {@link PaxosNode} wants done, in order. */
public sealed interface PaxosEffect {
    /** May be lost. */
    record Send(BrickId to, PaxosMessage message) implements PaxosEffect {}

    /**
     * Append the records and sync them; then say {@link PaxosInput.Persisted}. Tokens ascend. If that fails the brick
     * halts.
     */
    record Persist(long token, List<PaxosRecord> records) implements PaxosEffect {
        public Persist {
            records = List.copyOf(records);
        }
    }

    /** Append the records; nobody waits for them. */
    record Append(List<PaxosRecord> records) implements PaxosEffect {
        public Append {
            records = List.copyOf(records);
        }
    }

    /** Append the records; once they are synced, none before them is needed. */
    record Renewal(List<PaxosRecord> records) implements PaxosEffect {
        public Renewal {
            records = List.copyOf(records);
        }
    }

    /** The command stands in this slot for ever, and was carried out with this answer. */
    record Answered(long ticket, long slot, Bytes answer) implements PaxosEffect {}

    /** Nobody answered in time: the command may stand in the log, or come to. */
    record Unanswered(long ticket) implements PaxosEffect {}

    /** The replicated state has been brought up to this slot. */
    record Advanced(long slot) implements PaxosEffect {}

    /**
     * This node leads from here on. Leases that an earlier leader gave may still run.
     *
     * @param quietNanos since when no leader before it can have had a majority that answers, on this node's clock
     */
    record Elected(Ballot ballot, long quietNanos) implements PaxosEffect {}

    /** This node leads no more. */
    record Deposed(Ballot ballot, String reason) implements PaxosEffect {}

    /** What somebody said cannot be true; nothing came of it. */
    record Disbelieved(BrickId from, String reason) implements PaxosEffect {}

    /** What an earlier life has left on the disk cannot be true, and was put right. */
    record Mended(String what) implements PaxosEffect {}

    /** These vote on all slots after this one. */
    record MembersChanged(long slot, Membership members) implements PaxosEffect {}
}
