package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.message.PaxosMessage;

/** What a {@link PaxosNode} is told. */
public sealed interface PaxosInput {
    record Received(BrickId from, PaxosMessage message) implements PaxosInput {}

    /** The records of every {@link PaxosEffect.Persist} up to this token are synced. */
    record Persisted(long token) implements PaxosInput {}

    /** Some time has passed; comes every few milliseconds. */
    record Tick() implements PaxosInput {}

    /**
     * Put this command into the log, whoever leads.
     *
     * @param ticket comes back in {@link PaxosEffect.Answered} or {@link PaxosEffect.Unanswered}; never used twice in
     *     the life of a node
     */
    record Propose(long ticket, Bytes command) implements PaxosInput {
        public Propose {
            // Checked before anything is queued: what no message can hold would be sent again and again.
            Check.argument(
                    command.length() <= PaxosValue.COMMAND_BYTES,
                    "a command of %d bytes; the limit is %d",
                    command.length(),
                    PaxosValue.COMMAND_BYTES);
        }
    }

    /**
     * From some slot on let these vote. Has no effect unless this node leads, the step is a single one, and whoever is
     * added has learned everything.
     */
    record ChangeMembers(Membership next) implements PaxosInput {}

    /** Write all that must be kept anew ({@link PaxosEffect.Renewal}), because the segment that holds it is to go. */
    record Renew() implements PaxosInput {}
}
