package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.ballot.Membership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * When a leader sent which heartbeat, and who answered which. What counts is when a round was <em>sent</em>: an answer
 * may have lain in a buffer for as long as it likes.
 */
final class HeartbeatRounds {
    /** Rounds that are remembered; answers to older ones count for nothing. */
    private static final int KEPT_ROUNDS = 256;

    private final TreeMap<Long, Long> sentNanos = new TreeMap<>();
    private final TreeMap<BrickId, Long> answered = new TreeMap<>();
    private long round;
    /** Answers to rounds up to this one count for nothing: others voted then. */
    private long ignoredRound;

    private long quorumNanos;

    /** @param electedNanos when the question was sent that a majority answered with its promise */
    HeartbeatRounds(long electedNanos) {
        this.quorumNanos = electedNanos;
    }

    boolean isDue(long nowNanos, long periodNanos) {
        return nowNanos - sentNanos.lastEntry().getValue() >= periodNanos;
    }

    long next(long nowNanos) {
        sentNanos.put(++round, nowNanos);
        if (sentNanos.size() > KEPT_ROUNDS) {
            sentNanos.pollFirstEntry();
        }
        return round;
    }

    void answered(BrickId brick, long answeredRound) {
        if (answeredRound > ignoredRound && answeredRound <= round) {
            answered.merge(brick, answeredRound, Math::max);
        }
    }

    /** Who votes has changed. */
    void restart() {
        ignoredRound = round;
        answered.clear();
    }

    long quorumNanos(Membership members, BrickId self) {
        List<Long> rounds = new ArrayList<>();
        for (BrickId member : members.bricks()) {
            rounds.add(member.equals(self) ? round : answered.getOrDefault(member, 0L));
        }
        rounds.sort(Comparator.reverseOrder());
        Long sent = sentNanos.get(rounds.get(members.quorum() - 1));
        if (sent != null && sent - quorumNanos > 0) {
            quorumNanos = sent;
        }
        return quorumNanos;
    }
}
