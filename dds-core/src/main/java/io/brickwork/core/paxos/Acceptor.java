package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The voting half of a node (Lamport 2001 §2.2): it promises and accepts, and tells nothing of either before it is
 * synced. Votes only if the membership names it with the disk it has: an empty disk has forgotten what it promised.
 */
final class Acceptor {
    private final PaxosNode node;
    private final PaxosOutbox outbox;
    private final SlotLog log;
    /** How many rounds a promise that is not on the disk any more may lie above those that are. */
    private static final long LOST_ROUNDS = 1L << 24;

    private Ballot promised = Ballot.NONE;
    /** Only while records are replayed: the newest promise, if it cannot be meant. */
    private @Nullable Ballot impossible;
    /** The highest round of a replayed vote. */
    private long votedRound;

    /** When it last answered a heartbeat, or may have: it counts for as much, if it leads itself. */
    private long answeredNanos;

    Acceptor(PaxosNode node, PaxosOutbox outbox, SlotLog log) {
        this.node = node;
        this.outbox = outbox;
        this.log = log;
    }

    /** It may have answered a leader, or been one, until this moment. */
    void onAnswered(long nowNanos) {
        answeredNanos = nowNanos;
    }

    Ballot promised() {
        return promised;
    }

    /** Takes in what an earlier life has promised. */
    void replay(Ballot ballot) {
        if (!Claims.isPossible(ballot)) {
            impossible = ballot;
            return;
        }
        impossible = null; // one that comes after it was made when it had been put right, and is above what that left
        if (ballot.isAbove(promised)) {
            promised = ballot;
        }
    }

    /** Takes in the ballot of a vote of an earlier life. */
    void replayVote(Ballot ballot) {
        if (Claims.isPossible(ballot)) {
            votedRound = Math.max(votedRound, ballot.round());
        }
    }

    /**
     * Puts a promise right that cannot be meant: some version of this software has taken any round that it was sent,
     * and with the highest there is, nobody can ever be elected again.
     *
     * <p>A promise is a lower bound, and may be lowered as long as it stays above every ballot in which somebody may
     * have led: then this voter takes nothing that it has promised to refuse. Nobody can have led in the impossible
     * one, since that takes a majority that promises, and whoever stood after it took a higher round. What was promised
     * before it may not be on the disk any more. But rounds rise by one with each election, so it was little above the
     * highest that the disk still knows of: no more than {@link #LOST_ROUNDS}, which is an election every second for
     * half a year.
     *
     * @return what was done; null if nothing had to be
     */
    PaxosRecord.@Nullable Promised mend() {
        if (impossible == null) {
            return null;
        }
        promised = new Ballot(Math.max(promised.round(), votedRound) + LOST_ROUNDS, node.self());
        impossible = null;
        return new PaxosRecord.Promised(promised);
    }

    void onPreVote(BrickId from, PaxosMessage.PreVote vote, long nowNanos) {
        if (node.isVoter()) {
            boolean isGranted =
                    vote.ballot().isAbove(promised) && vote.chosen() >= log.chosen() && !node.hasLeader(nowNanos);
            outbox.send(from, new PaxosMessage.PreVoted(vote.ballot(), isGranted, log.chosen()));
        }
    }

    void onPrepare(BrickId from, PaxosMessage.Prepare prepare, long nowNanos) {
        if (!node.isVoter()) {
            return;
        }
        // One who knows less than a voter would have to be sent what is chosen; it learns that first, so a promise
        // stays small.
        if (prepare.ballot().isBelow(promised) || prepare.chosen() < log.chosen()) {
            outbox.send(from, new PaxosMessage.Refused(promised, log.chosen()));
            return;
        }
        promised = prepare.ballot();
        node.onPromised(promised, nowNanos);
        outbox.persist(
                List.of(new PaxosRecord.Promised(promised)),
                from,
                new PaxosMessage.Promise(
                        promised, Math.max(0, nowNanos - answeredNanos), log.votesAbove(prepare.chosen())));
    }

    void onAccept(BrickId from, PaxosMessage.Accept accept, long nowNanos) {
        if (!node.isVoter()) {
            return;
        }
        if (accept.ballot().isBelow(promised)) {
            outbox.send(from, new PaxosMessage.Refused(promised, log.chosen()));
            return;
        }
        long last = accept.firstSlot() + accept.values().size() - 1;
        List<PaxosRecord> records = new ArrayList<>();
        promise(accept.ballot(), records, nowNanos);
        node.onLeader(from, accept.ballot(), accept.chosen(), nowNanos);
        if (last <= log.chosen() + node.config().windowSlots()) {
            long slot = accept.firstSlot();
            for (PaxosValue value : accept.values()) {
                // What is chosen already is this very value, or nothing ever was safe.
                if (slot > log.chosen()) {
                    log.accept(slot, accept.ballot(), value);
                    records.add(new PaxosRecord.Accepted(slot, accept.ballot(), value));
                }
                slot++;
            }
            outbox.persist(records, from, new PaxosMessage.Accepted(accept.ballot(), accept.firstSlot(), last));
            node.onLeader(from, accept.ballot(), accept.chosen(), nowNanos); // some of it may be chosen already
        } else if (!records.isEmpty()) {
            outbox.append(records);
        }
    }

    void onHeartbeat(BrickId from, PaxosMessage.Heartbeat beat, long nowNanos) {
        if (beat.ballot().isBelow(promised)) {
            outbox.send(from, new PaxosMessage.Refused(promised, Math.max(log.chosen(), 0)));
            return;
        }
        if (node.isVoter()) {
            List<PaxosRecord> records = new ArrayList<>();
            promise(beat.ballot(), records, nowNanos);
            onAnswered(nowNanos);
            PaxosMessage answer = new PaxosMessage.HeartbeatAnswer(beat.ballot(), beat.round());
            if (records.isEmpty()) {
                outbox.send(from, answer);
            } else {
                outbox.persist(records, from, answer);
            }
        }
        node.onLeader(from, beat.ballot(), beat.chosen(), nowNanos);
    }

    private void promise(Ballot ballot, List<PaxosRecord> records, long nowNanos) {
        if (ballot.isAbove(promised)) {
            promised = ballot;
            records.add(new PaxosRecord.Promised(ballot));
            node.onPromised(ballot, nowNanos);
        }
    }
}
