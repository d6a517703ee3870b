package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.Drift;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.message.PaxosMessage;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * How a member becomes the leader: it asks a majority whether it would win (PreVote, Ongaro 2014 §9.6: so one that was
 * cut off deposes nobody), then has a majority promise its ballot (phase one). Its own promise is synced before anybody
 * else hears of the ballot, so a restarted member never uses one twice.
 */
final class Election {
    private enum Phase {
        IDLE,
        ASKING,
        PREPARING
    }

    private final PaxosNode node;
    private final PaxosOutbox outbox;
    private final SlotLog log;
    private final RandomGenerator random;
    private Phase phase = Phase.IDLE;
    /** When to stand, unless a leader is heard of before. */
    private long standNanos;

    private long startedNanos;
    private long sentNanos;
    /** What this node knew to be chosen when it stood, and who voted then. */
    private long chosen;

    private Ballot ballot = Ballot.NONE;
    private final TreeSet<BrickId> granted = new TreeSet<>();
    private final TreeMap<BrickId, PaxosMessage.Promise> promises = new TreeMap<>();
    /** Until when any of them may have answered a leader, on this node's clock. */
    private long quietNanos;

    Election(PaxosNode node, PaxosOutbox outbox, SlotLog log, RandomGenerator random) {
        this.node = node;
        this.outbox = outbox;
        this.log = log;
        this.random = random;
    }

    /** Gives up standing, and waits as long as it takes to hear of a leader. */
    void rest(long nowNanos) {
        phase = Phase.IDLE;
        granted.clear();
        promises.clear();
        long election = node.config().electionNanos();
        standNanos = nowNanos + election + random.nextLong(election);
    }

    /** Lets a node stand at once that has nobody to wait for. */
    void standSoon(long nowNanos) {
        standNanos = nowNanos;
    }

    void onTick(long nowNanos) {
        if (phase == Phase.IDLE) {
            if (nowNanos >= standNanos && node.isVoter()) {
                ask(nowNanos);
            }
        } else if (nowNanos - startedNanos >= node.config().electionNanos()) {
            rest(nowNanos);
        } else if (nowNanos - sentNanos >= node.config().retryNanos()) {
            send(nowNanos);
        }
    }

    /** Those who vote have changed: promises of the former ones are worth nothing. */
    void onMembersChanged(long nowNanos) {
        if (phase != Phase.IDLE) {
            rest(nowNanos);
        }
    }

    private void ask(long nowNanos) {
        stand(Phase.ASKING, nowNanos);
    }

    /** Phase one at once, without asking first: for a leader that needs a new ballot. */
    void prepare(long nowNanos) {
        stand(Phase.PREPARING, nowNanos);
    }

    private void stand(Phase next, long nowNanos) {
        if (node.greatestRound() >= Claims.MAX_ROUND) {
            rest(nowNanos);
            outbox.emit(new PaxosEffect.Disbelieved(
                    node.self().brick(),
                    "all ballot rounds are used up, which no number of elections does: nobody can be elected"));
            return;
        }
        begin(next, nowNanos);
        send(nowNanos);
    }

    private void begin(Phase next, long nowNanos) {
        phase = next;
        granted.clear();
        promises.clear();
        startedNanos = nowNanos;
        chosen = log.chosen();
        ballot = new Ballot(node.greatestRound() + 1, node.self());
    }

    private void send(long nowNanos) {
        sentNanos = nowNanos;
        Membership members = Check.present(log.members(), "an election without members");
        BrickId self = node.self().brick();
        for (BrickId member : members.bricks()) {
            if (phase == Phase.ASKING && !granted.contains(member)) {
                outbox.send(member, new PaxosMessage.PreVote(ballot, chosen));
            } else if (phase == Phase.PREPARING
                    && !promises.containsKey(member)
                    && (member.equals(self) || promises.containsKey(self))) {
                outbox.send(member, new PaxosMessage.Prepare(ballot, chosen));
            }
        }
    }

    void onPreVoted(BrickId from, PaxosMessage.PreVoted vote, long nowNanos) {
        if (phase != Phase.ASKING || !vote.ballot().equals(ballot)) {
            return;
        }
        if (vote.isGranted()) {
            granted.add(from);
            if (Check.present(log.members(), "no members").isQuorum(granted)) {
                prepare(nowNanos);
            }
        } else if (vote.chosen() > log.chosen()) {
            node.askFrom(from, nowNanos);
        }
    }

    void onPromise(BrickId from, PaxosMessage.Promise promise, long nowNanos) {
        if (phase != Phase.PREPARING || !promise.ballot().equals(ballot)) {
            return;
        }
        if (promises.put(from, promise) == null) {
            long silent = promise.silentNanos();
            long answered = nowNanos - Math.max(0, silent - Drift.bound(silent));
            quietNanos = promises.size() == 1 ? answered : Math.max(quietNanos, answered);
        }
        if (from.equals(node.self().brick())) {
            send(nowNanos); // the others hear of the ballot now that it cannot be used again
        }
        if (Check.present(log.members(), "no members").isQuorum(promises.keySet())) {
            TreeMap<Long, PaxosMessage.Vote> recovered = recovered();
            long preparedNanos = startedNanos;
            Ballot won = ballot;
            rest(nowNanos);
            node.lead(won, preparedNanos, quietNanos, recovered, nowNanos);
        }
    }

    /** Of each slot that is not known to be chosen, the vote of the highest ballot (Lamport 2001 §2.2, phase 2a). */
    private TreeMap<Long, PaxosMessage.Vote> recovered() {
        TreeMap<Long, PaxosMessage.Vote> recovered = new TreeMap<>();
        for (PaxosMessage.Promise promise : promises.values()) {
            for (PaxosMessage.Vote vote : promise.votes()) {
                if (vote.slot() > log.chosen()) {
                    recovered.merge(vote.slot(), vote, this::higher);
                }
            }
        }
        return recovered;
    }

    private PaxosMessage.Vote higher(PaxosMessage.Vote one, PaxosMessage.Vote other) {
        if (!one.value().equals(other.value())) {
            node.config().defences().reached(Situation.TWO_VALUES_FOR_SLOT);
        }
        boolean isFirstHigher = one.ballot().isAbove(other.ballot());
        return isFirstHigher || !node.config().defences().has(Defence.TAKE_HIGHEST_BALLOT) ? one : other;
    }

    /** Somebody has promised a higher ballot, or knows more. */
    void onRefused(Ballot promised, long nowNanos) {
        if (phase != Phase.IDLE && promised.isAbove(ballot)) {
            rest(nowNanos);
        }
    }
}
