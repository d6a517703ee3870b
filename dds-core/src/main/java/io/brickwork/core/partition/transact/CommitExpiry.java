package io.brickwork.core.partition.transact;

import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.execute.Sequencer;
import io.brickwork.core.partition.execute.SessionTable;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Vote;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Forgets the commits of sessions that are over, at the primary of an open view, once all other participants are known
 * to have their outcome. A participant that still holds its yes takes the absence of a record for a no.
 *
 * <p>A session whose client lives needs none of this: its low-water mark passes a transaction when all participants
 * have acknowledged the outcome.
 */
public final class CommitExpiry {
    /** How often the other participants are asked. */
    static final long ASK_NANOS = 1_000_000_000;
    /** How many commits are asked about at a time. */
    static final int AT_ONCE = 64;

    private final PartitionId partition;
    private final Sequencer sequencer;
    private final SessionTable sessions;
    private final CommitPoint commitPoint;
    private final Ports ports;
    private final LinkedHashMap<Vote, Inquiry> inquiries = new LinkedHashMap<>();
    private long askedNanos;
    /**
     * How many of the commits have had their turn since all had: one that nobody can answer for must not hold up the
     * others.
     */
    private int asked;

    public CommitExpiry(
            PartitionId partition, Sequencer sequencer, SessionTable sessions, CommitPoint commitPoint, Ports ports) {
        this.partition = partition;
        this.sequencer = sequencer;
        this.sessions = sessions;
        this.commitPoint = commitPoint;
        this.ports = ports;
    }

    /** Asks about some commits of sessions that are over, from time to time. */
    public void onTick(long nowNanos) {
        if (nowNanos - askedNanos < ASK_NANOS || !sequencer.commits() || !sequencer.isInNewestView()) {
            return;
        }
        askedNanos = nowNanos;
        List<SessionRow.Stand> some = sessions.leftBehind(asked, AT_ONCE);
        asked = some.size() < AT_ONCE ? 0 : asked + AT_ONCE;
        for (SessionRow.Stand stand : some) {
            if (stand.isCommitted(commitPoint.seq())) {
                ports.cluster().reached(Situation.COMMIT_LEFT_BEHIND);
                TransactionRecord record = stand.record();
                Inquiry inquiry = inquiries.computeIfAbsent(Vote.of(record), vote -> new Inquiry(record));
                inquiry.forgetPrepared();
                inquiry.ask(record, partition, sequencer.view().epoch(), ports);
            }
        }
    }

    /** Another participant has said where it stands. */
    public void onTold(ReplicaMessage.TellStand told, long nowNanos) {
        for (Vote vote : List.copyOf(inquiries.keySet())) {
            Inquiry inquiry = inquiries.get(vote);
            SessionRow.Stand own = sessions.stand(vote.transaction(), vote.participant());
            if (inquiry == null || own == null || !vote.transaction().equals(told.transaction())) {
                continue;
            }
            inquiry.onTold(told);
            if (own.record().state() == State.COMMITTED && isKnownToAll(own.record(), inquiry.told())) {
                inquiries.remove(vote);
                forget(own.record(), nowNanos);
            }
        }
    }

    private void forget(TransactionRecord committed, long nowNanos) {
        sequencer.store(
                version -> EntryCodec.encodeTransaction(
                        partition,
                        version,
                        committed.become(State.FORGOTTEN),
                        sessions.lowWater(committed.session()),
                        List.of()),
                nowNanos);
    }

    /**
     * Whether no other participant waits for the outcome any more. One without a record has forgotten the commit
     * already.
     */
    static boolean isKnownToAll(TransactionRecord committed, Map<PartitionId, Inquiry.Told> told) {
        return Inquiry.othersOf(committed).stream()
                .map(Participant::partition)
                .map(told::get)
                .allMatch(answer -> answer != null && answer.state() != State.PREPARED);
    }
}
