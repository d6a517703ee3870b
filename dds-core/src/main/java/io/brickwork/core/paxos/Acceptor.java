package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The voting half of a node (Lamport 2001 §2.2): it promises and accepts, and tells nothing of either before it is synced. Votes only if the membership names it with the disk it has: an empty disk
 * has forgotten what it promised.
 */
final class Acceptor {
    private final PaxosNode node;
    private final SlotLog log;
    private Ballot promised = Ballot.NONE;
    /** When it last answered a heartbeat, or may have: it counts for as much, if it leads itself. */
    private long answeredNanos;

    Acceptor(PaxosNode node, SlotLog log) {
        this.node = node;
        this.log = log;
    }

    /** It may have answered a leader, or been one, until this moment. */
    void onAnswered(long nowNanos) {
        answeredNanos = nowNanos;
    }

    Ballot promised() {
        return promised;
    }

    void replay(Ballot ballot) {
        if (ballot.isAbove(promised)) {
            promised = ballot;
        }
    }

    void onPreVote(BrickId from, PaxosMessage.PreVote vote, long nowNanos) {
        if (node.isVoter()) {
            boolean isGranted =
                    vote.ballot().isAbove(promised) && vote.chosen() >= log.chosen() && !node.hasLeader(nowNanos);
            node.send(from, new PaxosMessage.PreVoted(vote.ballot(), isGranted, log.chosen()));
        }
    }

    void onPrepare(BrickId from, PaxosMessage.Prepare prepare, long nowNanos) {
        if (!node.isVoter()) {
            return;
        }
        // One who knows less than a voter would have to be sent what is chosen; it learns that first, so a promise
        // stays small.
        if (prepare.ballot().isBelow(promised) || prepare.chosen() < log.chosen()) {
            node.send(from, new PaxosMessage.Refused(promised, log.chosen()));
            return;
        }
        promised = prepare.ballot();
        node.onPromised(promised, nowNanos);
        node.persist(
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
            node.send(from, new PaxosMessage.Refused(promised, log.chosen()));
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
            node.persist(records, from, new PaxosMessage.Accepted(accept.ballot(), accept.firstSlot(), last));
            node.onLeader(from, accept.ballot(), accept.chosen(), nowNanos); // some of it may be chosen already
        } else if (!records.isEmpty()) {
            node.append(records);
        }
    }

    void onHeartbeat(BrickId from, PaxosMessage.Heartbeat beat, long nowNanos) {
        if (beat.ballot().isBelow(promised)) {
            node.send(from, new PaxosMessage.Refused(promised, Math.max(log.chosen(), 0)));
            return;
        }
        if (node.isVoter()) {
            List<PaxosRecord> records = new ArrayList<>();
            promise(beat.ballot(), records, nowNanos);
            onAnswered(nowNanos);
            PaxosMessage answer = new PaxosMessage.HeartbeatAnswer(beat.ballot(), beat.round());
            if (records.isEmpty()) {
                node.send(from, answer);
            } else {
                node.persist(records, from, answer);
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
