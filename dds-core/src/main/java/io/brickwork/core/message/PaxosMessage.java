package io.brickwork.core.message;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosValue;
import java.util.List;

/**
 * The metadata log's members among themselves, and all other bricks, which learn from them. Each may be lost, repeated
 * or overtaken.
 *
 * <pre>
 * Election                       candidate                                          each member
 *   0 would I win?                 PreVote(ballot, chosen)                   ───▶
 *                                                                            ◀───   PreVoted(granted)          nothing is promised
 *   1 phase one                    Prepare(ballot, chosen)                   ───▶   forces its promise
 *                                                                            ◀───   Promise(for how long it answered no leader, all it accepted above chosen)
 * Log                            leader                                             each member
 *   2 phase two                    Accept(ballot, slot, values)              ───▶   forces the values
 *                                                                            ◀───   Accepted(slots)
 *   3 a majority: chosen           Accept | Heartbeat(round, chosen)         ───▶   carries them out
 *                                                                            ◀───   HeartbeatAnswer(round)
 *   whoever promised more                                                    ◀───   Refused(promised, chosen)
 * Learning                       anybody                                            whoever has more
 *                                  Ask(next slot)                            ───▶
 *                                                                            ◀───   Learn(chosen values) | LearnSnapshot(part)
 * Proposing                      any brick                                          leader
 *                                  Propose(number, command)                  ───▶   ... chosen and carried out
 *                                                                            ◀───   Proposed(number, slot, answer)
 * Founding                       first founder                                      other founders
 *                                  FoundAsk(founders)                        ───▶
 *                                                                            ◀───   FoundAnswer(is it empty)
 * </pre>
 *
 * A slot that is -1 stands for "nothing, not even the founding". All are urgent.
 */
public sealed interface PaxosMessage extends Message {
    @Override
    default boolean isUrgent() {
        return true;
    }

    /** "Would you promise this ballot to one who knows that much?" */
    record PreVote(Ballot ballot, long chosen) implements PaxosMessage {
        public PreVote {
            checkSlot(chosen, 0);
        }
    }

    record PreVoted(Ballot ballot, boolean isGranted, long chosen) implements PaxosMessage {
        public PreVoted {
            checkSlot(chosen, 0);
        }
    }

    /** "Promise to take nothing of a lower ballot; what have you accepted above {@code chosen}?" */
    record Prepare(Ballot ballot, long chosen) implements PaxosMessage {
        public Prepare {
            checkSlot(chosen, 0);
        }
    }

    /**
     * @param silentNanos for how long at least the member has not answered a heartbeat of any leader: leases that were
     *     given on the strength of such answers are as old
     */
    record Promise(Ballot ballot, long silentNanos, List<Vote> votes) implements PaxosMessage {
        public Promise {
            Check.argument(silentNanos >= 0, "silent for %d ns", silentNanos);
            votes = List.copyOf(votes);
        }
    }

    /** What a member has accepted in a slot. */
    record Vote(long slot, Ballot ballot, PaxosValue value) {
        public Vote {
            checkSlot(slot, 1);
        }
    }

    /** "Accept these values, in slots one after the other; everything up to {@code chosen} is chosen." */
    record Accept(Ballot ballot, long chosen, long firstSlot, List<PaxosValue> values) implements PaxosMessage {
        public Accept {
            checkSlot(chosen, 0);
            checkSlot(firstSlot, 1);
            values = List.copyOf(values);
            Check.argument(!values.isEmpty(), "nothing to accept");
        }
    }

    /** "I have accepted what you sent for these slots", both inclusive; synced. */
    record Accepted(Ballot ballot, long firstSlot, long lastSlot) implements PaxosMessage {
        public Accepted {
            checkSlot(firstSlot, 1);
            checkSlot(lastSlot, firstSlot);
        }
    }

    /** "I lead; everything up to {@code chosen} is chosen." */
    record Heartbeat(Ballot ballot, long round, long chosen) implements PaxosMessage {
        public Heartbeat {
            checkSlot(chosen, 0);
        }
    }

    /** "I have promised nothing above this ballot" at a moment after the round was sent. */
    record HeartbeatAnswer(Ballot ballot, long round) implements PaxosMessage {}

    /** "I take nothing of your ballot": a greater one is promised, or you know less than I do. */
    record Refused(Ballot promised, long chosen) implements PaxosMessage {
        public Refused {
            checkSlot(chosen, 0);
        }
    }

    /**
     * "Tell me what is chosen from {@code nextSlot} on."
     *
     * @param snapshotSlot which snapshot the asker has begun to take; -1 if none
     * @param offsetBytes how much of it it has
     */
    record Ask(long nextSlot, long snapshotSlot, long offsetBytes) implements PaxosMessage {
        public Ask {
            checkSlot(nextSlot, 0);
            checkSlot(snapshotSlot, -1);
            checkSlot(offsetBytes, 0);
        }
    }

    /**
     * Chosen values, in slots one after the other; none if there is nothing new.
     *
     * @param leading the newest leader that the sender knows, {@link Ballot#NONE} if it knows none
     */
    record Learn(Ballot leading, long chosen, long firstSlot, List<PaxosValue> values) implements PaxosMessage {
        public Learn {
            checkSlot(chosen, 0);
            checkSlot(firstSlot, 0);
            values = List.copyOf(values);
        }
    }

    /** A part of the state as of a slot, because the sender's log no longer reaches back to what was asked for. */
    record LearnSnapshot(Ballot leading, long slot, Membership members, long offsetBytes, long totalBytes, Bytes bytes)
            implements PaxosMessage {
        public LearnSnapshot {
            checkSlot(slot, 0);
            Check.argument(
                    offsetBytes >= 0 && totalBytes >= offsetBytes && bytes.length() <= totalBytes - offsetBytes,
                    "%d bytes at %d of %d",
                    bytes.length(),
                    offsetBytes,
                    totalBytes);
        }
    }

    /** "Put this command into the log." Repeated until it is answered, so it may be carried out more than once. */
    record Propose(long number, Bytes command) implements PaxosMessage {
        public Propose {
            Check.argument(
                    command.length() <= PaxosValue.COMMAND_BYTES,
                    "a command of %d bytes; the limit is %d",
                    command.length(),
                    PaxosValue.COMMAND_BYTES);
        }
    }

    /** The command was chosen in this slot and carried out, with this answer. */
    record Proposed(long number, long slot, Bytes answer) implements PaxosMessage {
        public Proposed {
            checkSlot(slot, 1);
        }
    }

    /** "I would found a cluster of these; is your disk empty?" */
    record FoundAsk(List<BrickId> founders, DiskId disk) implements PaxosMessage {
        public FoundAsk {
            founders = List.copyOf(founders);
        }
    }

    /**
     * @param asker the disk that asked
     * @param disk the disk that answers
     */
    record FoundAnswer(DiskId asker, DiskId disk, boolean isEmpty) implements PaxosMessage {}

    private static void checkSlot(long slot, long least) {
        Check.argument(slot >= least, "%d is below %d", slot, least);
    }
}
