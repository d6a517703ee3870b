package io.brickwork.core.paxos;

import io.brickwork.core.BrickId;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.message.PaxosMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what others say before anything of it counts: whether a number can be one, and whether the speaker is the
 * one who can say so. What fails here was made up, or garbled: a node of ours never says it.
 *
 * <p>The bounds are far above what any cluster reaches, and far below where arithmetic overflows. A round is used up by
 * each election and a slot by each batch of commands: at a thousand a second, 2⁴⁸ slots last for nine thousand years.
 */
final class Claims {
    /**
     * No ballot has a higher round: none is stood in, promised or voted in. What a disk holds above it is put right
     * when it is read, so nothing may ever be done there.
     */
    static final long MAX_ROUND = 1L << 60;
    /**
     * Nobody is believed to have promised a ballot of a higher round when he refuses a lower one: whatever is believed,
     * rounds are left for 2⁴⁰ elections.
     */
    static final long MAX_REFUSING_ROUND = MAX_ROUND - (1L << 40);
    /** Nobody stands in a ballot so many rounds above all that a voter has heard of: each election takes one. */
    private static final long ROUNDS_AHEAD = 1L << 32;

    static final long MAX_SLOT = 1L << 48;
    /** A snapshot is no longer, in bytes. */
    private static final long SNAPSHOT_BYTES = 1L << 30;
    /** 18 years: nobody has been running, and silent, for longer. */
    private static final long MAX_SILENT_NANOS = 1L << 59;

    private final PaxosNode node;
    private final SlotLog log;

    Claims(PaxosNode node, SlotLog log) {
        this.node = node;
        this.log = log;
    }

    /** Whether a disk can have promised the ballot, or voted in it. */
    static boolean isPossible(Ballot ballot) {
        return ballot.round() <= MAX_ROUND;
    }

    /** What cannot be true of the message; null if all of it can. */
    @Nullable
    String objection(BrickId from, PaxosMessage message) {
        return switch (message) {
            case PaxosMessage.PreVote vote -> first(proposer(from, vote.ballot()), slot(vote.chosen()));
            case PaxosMessage.PreVoted voted -> slot(voted.chosen());
            case PaxosMessage.Prepare prepare -> first(proposer(from, prepare.ballot()), slot(prepare.chosen()));
            case PaxosMessage.Promise promise -> promise(promise);
            case PaxosMessage.Accept accept ->
                first(
                        first(proposer(from, accept.ballot()), slot(accept.chosen())),
                        first(slot(accept.firstSlot()), contradiction(accept)));
            case PaxosMessage.Accepted accepted -> slot(accepted.lastSlot());
            case PaxosMessage.Heartbeat beat -> first(proposer(from, beat.ballot()), slot(beat.chosen()));
            case PaxosMessage.HeartbeatAnswer answer -> null; // counts only if it is about a round of this leader
            case PaxosMessage.Refused refused ->
                // A voter may have promised more than anybody else has heard of, and then it must be caught up with.
                first(
                        refused.promised().round() > MAX_REFUSING_ROUND
                                ? "a promise of ballot round %d cannot be: none is above %d"
                                        .formatted(refused.promised().round(), MAX_REFUSING_ROUND)
                                : null,
                        slot(refused.chosen()));
            case PaxosMessage.Ask ask -> first(slot(ask.nextSlot()), slot(ask.snapshotSlot()));
            case PaxosMessage.Learn learn ->
                first(heard(learn.leading()), first(slot(learn.chosen()), slot(learn.firstSlot())));
            case PaxosMessage.LearnSnapshot part ->
                first(heard(part.leading()), first(slot(part.slot()), bytes(part.totalBytes())));
            case PaxosMessage.Propose propose -> null; // what it proposes is for the state to judge
            case PaxosMessage.Proposed proposed -> slot(proposed.slot());
            case PaxosMessage.FoundAsk ask -> null;
            case PaxosMessage.FoundAnswer answer -> null;
        };
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other) {
        return one != null ? one : other;
    }

    private static @Nullable String slot(long slot) {
        return slot <= MAX_SLOT ? null : "slot %d cannot be: none is above %d".formatted(slot, MAX_SLOT);
    }

    private static @Nullable String bytes(long bytes) {
        return bytes <= SNAPSHOT_BYTES
                ? null
                : "a snapshot of %d bytes cannot be: none has more than %d".formatted(bytes, SNAPSHOT_BYTES);
    }

    private static String round(Ballot ballot) {
        return "ballot round %d cannot be: none is above %d".formatted(ballot.round(), MAX_ROUND);
    }

    /** Only who leads in a ballot, or wants to, speaks in it. */
    private @Nullable String proposer(BrickId from, Ballot ballot) {
        if (!ballot.leader().brick().equals(from)) {
            return "it speaks in ballot " + ballot + ", which is another brick's";
        }
        return ballot.round() < 1 ? "ballot round " + ballot.round() + " is nobody's" : heard(ballot);
    }

    /** An empty node has heard of no ballot, so none is far ahead for it; but it votes for none either. */
    private @Nullable String heard(Ballot ballot) {
        if (ballot.round() > MAX_ROUND) {
            return round(ballot);
        }
        if (!node.isEmpty() && ballot.round() - node.greatestRound() > ROUNDS_AHEAD) {
            return "ballot round %d cannot be: the highest that this brick has heard of is %d, and each election takes one"
                    .formatted(ballot.round(), node.greatestRound());
        }
        return null;
    }

    private @Nullable String promise(PaxosMessage.Promise promise) {
        if (promise.silentNanos() > MAX_SILENT_NANOS) {
            return "%d ns of silence cannot be".formatted(promise.silentNanos());
        }
        for (PaxosMessage.Vote vote : promise.votes()) {
            // A voter accepts only so far above what it knows to be chosen, and promises only to one who knows as much.
            if (vote.slot() > log.chosen() + node.config().windowSlots()) {
                return "a vote for slot %d cannot be: up to %d is chosen".formatted(vote.slot(), log.chosen());
            }
            if (vote.ballot().isAbove(promise.ballot())) {
                return "a vote in ballot %s, above the promise of %s".formatted(vote.ballot(), promise.ballot());
            }
        }
        return null;
    }

    /** In one ballot a slot has one value. */
    private @Nullable String contradiction(PaxosMessage.Accept accept) {
        List<PaxosValue> values = accept.values();
        for (int i = 0; i < values.size() && accept.firstSlot() <= MAX_SLOT; i++) {
            if (log.contradicts(accept.firstSlot() + i, accept.ballot(), values.get(i))) {
                return "it proposes two values for slot %d in ballot %s"
                        .formatted(accept.firstSlot() + i, accept.ballot());
            }
        }
        return null;
    }
}
