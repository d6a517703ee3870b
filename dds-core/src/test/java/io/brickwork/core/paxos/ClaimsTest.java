package io.brickwork.core.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.ballot.Replicated;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.message.PaxosMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What a node is told that cannot be true does nothing, and is told with who said it; what such a message has left on a
 * disk is put right.
 */
class ClaimsTest {
    private static final BrickId A = new BrickId("a");
    private static final BrickId B = new BrickId("b");
    private static final BrickId C = new BrickId("c");
    private static final BrickId STRANGER = new BrickId("stranger");
    private static final PaxosMember SELF = member(A);
    private static final Membership THREE = new Membership(List.of(SELF, member(B), member(C)));
    private static final Membership ONE = new Membership(List.of(SELF));
    private static final List<PaxosValue> VALUES = List.of(new PaxosValue.NoOp());
    private static final long MAX = Long.MAX_VALUE;

    private final List<PaxosEffect> effects = new ArrayList<>();
    private final List<String> carriedOut = new ArrayList<>();
    private PaxosNode node = node();
    private long now;

    private static PaxosMember member(BrickId brick) {
        return new PaxosMember(brick, new DiskId(brick.name().charAt(0), 1));
    }

    private static Ballot ballot(long round, BrickId leader) {
        return new Ballot(round, member(leader));
    }

    private PaxosNode node() {
        Replicated state = new Replicated() {
            @Override
            public Bytes apply(long slot, Bytes command) {
                carriedOut.add(slot + command.toUtf8());
                return command;
            }

            @Override
            public Bytes snapshot() {
                return Bytes.EMPTY;
            }

            @Override
            public void restore(Bytes snapshot) {}
        };
        PaxosConfig config =
                PaxosConfig.of(List.of(A, B, C), List.of(A, B, C), PaxosConfig.ELECTION_NANOS, Defences.ALL);
        return new PaxosNode(config, SELF, new Random(1), state, (command, at) -> true, effects::add);
    }

    private void founded(Membership members) {
        node.replay(new PaxosRecord.SnapshotPart(0, members, 0, 1, Bytes.EMPTY));
    }

    private void begin() {
        node.begin(now);
        persistAll();
        effects.clear();
    }

    private void receive(BrickId from, PaxosMessage message) {
        node.step(new PaxosInput.Received(from, message), now);
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 10) {
            now += 10_000_000;
            node.step(new PaxosInput.Tick(), now);
            persistAll();
        }
    }

    private void persistAll() {
        node.step(new PaxosInput.Persisted(MAX), now);
    }

    private List<PaxosRecord> records() {
        List<PaxosRecord> records = new ArrayList<>();
        for (PaxosEffect effect : effects) {
            switch (effect) {
                case PaxosEffect.Persist persist -> records.addAll(persist.records());
                case PaxosEffect.Append append -> records.addAll(append.records());
                default -> {}
            }
        }
        return records;
    }

    private long disbelieved(BrickId who) {
        return effects.stream()
                .filter(effect -> effect instanceof PaxosEffect.Disbelieved said
                        && said.from().equals(who))
                .count();
    }

    @Test
    void anAbsurdNumberIsRefusedBeforeAnythingIsForced() {
        founded(THREE);
        begin();
        List<PaxosMessage> absurd = new ArrayList<>();
        for (long round : List.of(MAX, MAX - 1, MAX / 2, 1L << 61, 1L << 40, 0L)) {
            absurd.add(new PaxosMessage.PreVote(ballot(round, B), 0));
            absurd.add(new PaxosMessage.Prepare(ballot(round, B), 0));
            absurd.add(new PaxosMessage.Accept(ballot(round, B), 0, 1, VALUES));
            absurd.add(new PaxosMessage.Heartbeat(ballot(round, B), 1, 0));
            if (round > 0) {
                absurd.add(new PaxosMessage.Learn(ballot(round, B), 0, 1, List.of()));
                absurd.add(new PaxosMessage.LearnSnapshot(ballot(round, B), 5, THREE, 0, 0, Bytes.EMPTY));
            }
        }
        for (long round : List.of(MAX, 1L << 61, 1L << 60)) {
            absurd.add(new PaxosMessage.Refused(ballot(round, B), 0));
        }
        for (long slot : List.of(MAX, MAX - 1, MAX / 2)) {
            Ballot fine = ballot(1, B);
            absurd.add(new PaxosMessage.PreVote(fine, slot));
            absurd.add(new PaxosMessage.Prepare(fine, slot));
            absurd.add(new PaxosMessage.Accept(fine, slot, 1, VALUES));
            absurd.add(new PaxosMessage.Accept(fine, 0, slot, VALUES));
            absurd.add(new PaxosMessage.Heartbeat(fine, 1, slot));
            absurd.add(new PaxosMessage.Refused(fine, slot));
            absurd.add(new PaxosMessage.Ask(slot, -1, 0));
            absurd.add(new PaxosMessage.Learn(fine, slot, 1, List.of()));
            absurd.add(new PaxosMessage.LearnSnapshot(fine, slot, THREE, 0, 0, Bytes.EMPTY));
            absurd.add(new PaxosMessage.LearnSnapshot(fine, 5, THREE, 0, slot, Bytes.EMPTY));
            absurd.add(new PaxosMessage.Promise(fine, slot, List.of()));
            absurd.add(
                    new PaxosMessage.Promise(fine, 0, List.of(new PaxosMessage.Vote(slot, fine, VALUES.getFirst()))));
        }
        for (PaxosMessage message : absurd) {
            effects.clear();
            receive(B, message);
            assertThat(records()).as(message.toString()).isEmpty();
            assertThat(disbelieved(B)).as(message.toString()).isEqualTo(1);
        }
        assertThat(node.chosenSlot()).isZero();
        effects.clear();
        receive(B, new PaxosMessage.Prepare(ballot(1, B), 0));
        assertThat(records()).as("and an election goes on").containsExactly(new PaxosRecord.Promised(ballot(1, B)));
    }

    @Test
    void nobodySpeaksInAnothersBallot() {
        founded(THREE);
        begin();
        receive(C, new PaxosMessage.PreVote(ballot(1, B), 0));
        receive(C, new PaxosMessage.Prepare(ballot(1, B), 0));
        receive(C, new PaxosMessage.Accept(ballot(1, B), 0, 1, VALUES));
        receive(C, new PaxosMessage.Heartbeat(ballot(1, B), 1, 0));
        assertThat(records()).isEmpty();
        assertThat(disbelieved(C)).isEqualTo(4);
    }

    @Test
    void inOneBallotASlotHasOneValue() {
        founded(THREE);
        begin();
        receive(B, new PaxosMessage.Accept(ballot(1, B), 0, 1, VALUES));
        effects.clear();
        receive(
                B,
                new PaxosMessage.Accept(
                        ballot(1, B), 0, 1, List.of(new PaxosValue.Commands(List.of(Bytes.utf8("another"))))));
        assertThat(records()).isEmpty();
        assertThat(disbelieved(B)).isEqualTo(1);
    }

    @Test
    void whoWasNotAskedAndKeepsNoLogTeachesNothing() {
        founded(THREE);
        begin();
        receive(
                STRANGER,
                new PaxosMessage.Learn(
                        ballot(1, STRANGER), 1, 1, List.of(new PaxosValue.Commands(List.of(Bytes.utf8("drop"))))));
        receive(STRANGER, new PaxosMessage.LearnSnapshot(ballot(1, STRANGER), 5, ONE, 0, 0, Bytes.EMPTY));
        assertThat(carriedOut).isEmpty();
        assertThat(node.members()).isEqualTo(THREE);
        assertThat(node.leader()).isEqualTo(Ballot.NONE);
    }

    /** Votes of whoever does not vote are no votes: with them would come values that nobody proposed. */
    @Test
    void theVotesOfStrangersAreNotTakenUp() {
        founded(THREE);
        begin();
        pass(3000);
        PaxosMessage.PreVote asked = effects.stream()
                .filter(effect ->
                        effect instanceof PaxosEffect.Send send && send.message() instanceof PaxosMessage.PreVote)
                .map(effect -> (PaxosMessage.PreVote) ((PaxosEffect.Send) effect).message())
                .reduce((one, next) -> next)
                .orElseThrow();
        receive(B, new PaxosMessage.PreVoted(asked.ballot(), true, 0));
        persistAll();
        receive(
                STRANGER,
                new PaxosMessage.Promise(
                        asked.ballot(),
                        0,
                        List.of(new PaxosMessage.Vote(
                                1, asked.ballot(), new PaxosValue.Commands(List.of(Bytes.utf8("planted")))))));
        receive(B, new PaxosMessage.Promise(asked.ballot(), 0, List.of()));
        receive(B, new PaxosMessage.Accepted(asked.ballot(), 1, 1));
        persistAll();
        assertThat(node.isEstablishedLeader()).isTrue();
        assertThat(carriedOut).isEmpty();
    }

    /** An image of a disk that some version has written which took any round. */
    @Test
    void aDiskThatPromisedTheHighestRoundServesAgain() {
        for (long round : List.of(MAX, MAX - 1, MAX / 2 + 1)) {
            node = node();
            founded(ONE);
            node.replay(new PaxosRecord.Promised(ballot(7, A)));
            node.replay(new PaxosRecord.Accepted(1, ballot(7, A), VALUES.getFirst()));
            node.replay(new PaxosRecord.Promised(ballot(round, STRANGER)));
            node.replay(new PaxosRecord.Accepted(
                    2, ballot(round, STRANGER), new PaxosValue.Commands(List.of(Bytes.utf8("planted")))));
            node.begin(now);
            assertThat(effects)
                    .filteredOn(PaxosEffect.Mended.class::isInstance)
                    .singleElement()
                    .asString()
                    .contains("1 such votes are void");
            pass(3000);
            assertThat(node.isEstablishedLeader()).as("round %d", round).isTrue();
            assertThat(node.leader().round())
                    .as("above all that was promised in earnest")
                    .isGreaterThan(7)
                    .isLessThan(1L << 32);
            assertThat(carriedOut).isEmpty();
            // The next start finds the same records, and what was promised since.
            List<PaxosRecord> since = records();
            long led = node.leader().round();
            effects.clear();
            node = node();
            founded(ONE);
            node.replay(new PaxosRecord.Promised(ballot(round, STRANGER)));
            since.forEach(node::replay);
            node.begin(now);
            assertThat(effects).noneMatch(PaxosEffect.Mended.class::isInstance);
            pass(3000);
            assertThat(node.leader().round()).isEqualTo(led + 1);
            effects.clear();
        }
    }

    /** Others must catch up with a voter whose promise was lowered no further than is safe. */
    @Test
    void aVotersPromiseFarAheadIsCaughtUpWith() {
        founded(THREE);
        begin();
        receive(B, new PaxosMessage.Refused(ballot(1L << 24, B), 0));
        pass(3000);
        assertThat(effects)
                .filteredOn(effect -> effect instanceof PaxosEffect.Send send
                        && send.message() instanceof PaxosMessage.PreVote vote
                        && vote.ballot().round() == (1L << 24) + 1)
                .isNotEmpty();
    }

    /**
     * Votes above {@link Claims#MAX_ROUND} are void when the disk is read, so no brick may ever be led to give one,
     * whatever it is told of the promises of others.
     */
    @Test
    void noRefusalLeadsToABallotThatIsVoidWhenTheDiskIsRead() {
        founded(THREE);
        begin();
        for (long round = Claims.MAX_REFUSING_ROUND; round <= Claims.MAX_ROUND && round > 0; round += 1L << 38) {
            receive(B, new PaxosMessage.Refused(ballot(round, B), 0));
        }
        pass(3000);
        assertThat(effects)
                .filteredOn(effect -> effect instanceof PaxosEffect.Send send
                        && send.message() instanceof PaxosMessage.PreVote vote
                        && vote.ballot().round() == Claims.MAX_REFUSING_ROUND + 1)
                .isNotEmpty();
        assertThat(Claims.isPossible(ballot(Claims.MAX_REFUSING_ROUND + 1, B))).isTrue();
        assertThat(effects)
                .filteredOn(effect -> effect instanceof PaxosEffect.Send send
                        && send.message() instanceof PaxosMessage.PreVote vote
                        && !Claims.isPossible(vote.ballot()))
                .isEmpty();
    }

    /** Whoever waits for a slot that will never come keeps nobody else waiting. */
    @Test
    void anAskForASlotFarAheadStarvesNobody() {
        founded(ONE);
        node.begin(now);
        pass(3000);
        assertThat(node.isEstablishedLeader()).isTrue();
        receive(A.compareTo(B) < 0 ? B : A, new PaxosMessage.Ask(1L << 40, -1, 0));
        receive(C, new PaxosMessage.Ask(node.chosenSlot() + 1, -1, 0));
        effects.clear();
        node.step(new PaxosInput.Propose(1, Bytes.utf8("x")), now);
        persistAll();
        assertThat(effects)
                .anyMatch(effect -> effect instanceof PaxosEffect.Send send
                        && send.to().equals(C)
                        && send.message() instanceof PaxosMessage.Learn learn
                        && !learn.values().isEmpty());
    }
}
