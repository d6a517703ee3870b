package io.brickwork.core.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Drift;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One node, told by hand what others say. */
class PaxosNodeTest {
    private static final long SECOND = 1_000_000_000;
    private static final BrickId A = new BrickId("a");
    private static final BrickId B = new BrickId("b");
    private static final BrickId C = new BrickId("c");
    private static final PaxosMember SELF = member(A);
    private static final Membership THREE = new Membership(List.of(SELF, member(B), member(C)));
    private static final PaxosValue NO_OP = new PaxosValue.NoOp();

    private final List<PaxosEffect> effects = new ArrayList<>();
    private final List<String> carriedOut = new ArrayList<>();
    private PaxosNode node = node(SELF);
    private long now;

    private static PaxosMember member(BrickId brick) {
        return new PaxosMember(brick, new DiskId(brick.name().charAt(0), 1));
    }

    private static Ballot ballot(long round, BrickId leader) {
        return new Ballot(round, member(leader));
    }

    private static PaxosValue value(String text) {
        return new PaxosValue.Commands(List.of(Bytes.utf8(text)));
    }

    private PaxosNode node(PaxosMember self) {
        Replicated state = new Replicated() {
            @Override
            public Bytes apply(long slot, Bytes command) {
                carriedOut.add(slot + command.toUtf8());
                return Bytes.utf8("done " + command.toUtf8());
            }

            @Override
            public Bytes snapshot() {
                return Bytes.utf8(String.join(",", carriedOut));
            }

            @Override
            public void restore(Bytes snapshot) {
                carriedOut.clear();
                if (!snapshot.isEmpty()) {
                    carriedOut.addAll(List.of(snapshot.toUtf8().split(",")));
                }
            }
        };
        PaxosConfig config =
                PaxosConfig.of(List.of(A, B, C), List.of(A, B, C), PaxosConfig.ELECTION_NANOS, Defences.ALL);
        return new PaxosNode(
                config, self, new Random(1), state, (command, at) -> !command.equals(Bytes.utf8("no")), effects::add);
    }

    private void founded() {
        founded(THREE);
    }

    private void founded(Membership members) {
        node.replay(new PaxosRecord.SnapshotPart(0, members, 0, 1, Bytes.EMPTY));
        node.begin(now);
        effects.clear();
    }

    private void receive(BrickId from, PaxosMessage message) {
        node.step(new PaxosInput.Received(from, message), now);
    }

    private void pass(long nanos) {
        now += nanos;
        node.step(new PaxosInput.Tick(), now);
    }

    private void persistAll() {
        node.step(new PaxosInput.Persisted(Long.MAX_VALUE), now);
    }

    private List<PaxosMessage> sentTo(BrickId brick) {
        List<PaxosMessage> messages = new ArrayList<>();
        for (PaxosEffect effect : effects) {
            if (effect instanceof PaxosEffect.Send send && send.to().equals(brick)) {
                messages.add(send.message());
            }
        }
        return messages;
    }

    private <T extends PaxosMessage> @Nullable T lastTo(BrickId brick, Class<T> type) {
        T last = null;
        for (PaxosMessage message : sentTo(brick)) {
            last = type.isInstance(message) ? type.cast(message) : last;
        }
        return last;
    }

    /** Stands, and is promised by the other brick whatever that has accepted. */
    private Ballot elect(List<PaxosMessage.Vote> votes) {
        pass(2 * SECOND);
        PaxosMessage.PreVote asked = lastTo(B, PaxosMessage.PreVote.class);
        assertThat(asked).isNotNull();
        receive(B, new PaxosMessage.PreVoted(asked.ballot(), true, 0));
        persistAll();
        receive(B, new PaxosMessage.Promise(asked.ballot(), 2 * SECOND, votes));
        return asked.ballot();
    }

    @Test
    void promiseIsNotToldBeforeItIsSynced() {
        founded();
        receive(B, new PaxosMessage.Prepare(ballot(1, B), 0));
        assertThat(sentTo(B)).isEmpty();
        persistAll();
        assertThat(sentTo(B)).containsExactly(new PaxosMessage.Promise(ballot(1, B), 0, List.of()));
    }

    @Test
    void promiseTellsForHowLongNoLeaderWasAnswered() {
        founded();
        receive(B, new PaxosMessage.Heartbeat(ballot(1, B), 1, 0));
        persistAll();
        pass(SECOND);
        receive(C, new PaxosMessage.Prepare(ballot(2, C), 0));
        persistAll();
        assertThat(lastTo(C, PaxosMessage.Promise.class))
                .isEqualTo(new PaxosMessage.Promise(ballot(2, C), SECOND, List.of()));
    }

    /**
     * Leases that the leader before may have given count from the last answer that any of this one's voters gave, less
     * what clocks may differ.
     */
    @Test
    void leaderKnowsSinceWhenThereWasNoneBeforeIt() {
        founded();
        elect(List.of());
        // B was silent for 2 s, and so was this node.
        assertThat(effects)
                .filteredOn(PaxosEffect.Elected.class::isInstance)
                .singleElement()
                .satisfies(effect -> assertThat(((PaxosEffect.Elected) effect).quietNanos())
                        .isEqualTo(now - 2 * SECOND + Drift.bound(2 * SECOND)));
    }

    @Test
    void acceptanceIsNotToldBeforeItIsSyncedAndNothingLowerIsTaken() {
        founded();
        receive(B, new PaxosMessage.Accept(ballot(2, B), 0, 1, List.of(value("x"))));
        assertThat(sentTo(B)).isEmpty();
        persistAll();
        assertThat(sentTo(B)).containsExactly(new PaxosMessage.Accepted(ballot(2, B), 1, 1));
        receive(C, new PaxosMessage.Accept(ballot(1, C), 0, 1, List.of(value("y"))));
        receive(C, new PaxosMessage.Prepare(ballot(1, C), 0));
        PaxosMessage refused = new PaxosMessage.Refused(ballot(2, B), 0);
        assertThat(sentTo(C)).containsExactly(refused, refused);
    }

    @Test
    void promiseTellsAllThatWasAccepted() {
        founded();
        receive(B, new PaxosMessage.Accept(ballot(1, B), 0, 1, List.of(value("x"), NO_OP)));
        receive(C, new PaxosMessage.Prepare(ballot(2, C), 0));
        persistAll();
        assertThat(sentTo(C))
                .containsExactly(new PaxosMessage.Promise(
                        ballot(2, C),
                        0,
                        List.of(
                                new PaxosMessage.Vote(1, ballot(1, B), value("x")),
                                new PaxosMessage.Vote(2, ballot(1, B), NO_OP))));
    }

    @Test
    void othersHearOfABallotOnlyOnceItsOwnPromiseIsSynced() {
        founded();
        pass(2 * SECOND);
        PaxosMessage.PreVote asked = lastTo(B, PaxosMessage.PreVote.class);
        assertThat(asked).isNotNull();
        receive(B, new PaxosMessage.PreVoted(asked.ballot(), true, 0));
        assertThat(lastTo(B, PaxosMessage.Prepare.class)).isNull();
        persistAll();
        assertThat(lastTo(B, PaxosMessage.Prepare.class)).isEqualTo(new PaxosMessage.Prepare(asked.ballot(), 0));
    }

    @Test
    void newLeaderProposesWhatItFoundThenANoOpThenWhatIsNew() {
        founded();
        Ballot ballot = elect(List.of(
                new PaxosMessage.Vote(1, ballot(0, C), value("old")),
                new PaxosMessage.Vote(3, ballot(0, B), value("older"))));
        assertThat(lastTo(B, PaxosMessage.Accept.class))
                .isEqualTo(new PaxosMessage.Accept(ballot, 0, 1, List.of(value("old"), NO_OP, value("older"), NO_OP)));
        receive(B, new PaxosMessage.Accepted(ballot, 1, 4));
        assertThat(carriedOut).as("one of three is no majority").isEmpty();
        persistAll();
        assertThat(carriedOut).containsExactly("1old", "3older");
        assertThat(node.isEstablishedLeader()).isTrue();
    }

    @Test
    void newLeaderTakesTheVoteOfTheHighestBallot() {
        founded();
        receive(C, new PaxosMessage.Accept(ballot(1, C), 0, 1, List.of(value("low"), value("high"))));
        receive(C, new PaxosMessage.Accept(ballot(5, C), 0, 2, List.of(value("highest"))));
        persistAll();
        Ballot ballot = elect(List.of(
                new PaxosMessage.Vote(1, ballot(3, B), value("higher")),
                new PaxosMessage.Vote(2, ballot(3, B), value("middle"))));
        assertThat(lastTo(B, PaxosMessage.Accept.class))
                .isEqualTo(new PaxosMessage.Accept(ballot, 0, 1, List.of(value("higher"), value("highest"), NO_OP)));
    }

    @Test
    void proposalIsAnsweredOnceItIsChosen() {
        founded();
        Ballot ballot = elect(List.of());
        node.step(new PaxosInput.Propose(7, Bytes.utf8("new")), now);
        receive(C, new PaxosMessage.Propose(70, Bytes.utf8("theirs")));
        receive(B, new PaxosMessage.Accepted(ballot, 1, 3));
        assertThat(effects).noneMatch(effect -> effect instanceof PaxosEffect.Answered);
        persistAll();
        assertThat(effects).contains(new PaxosEffect.Answered(7, 2, Bytes.utf8("done new")));
        assertThat(lastTo(C, PaxosMessage.Proposed.class))
                .isEqualTo(new PaxosMessage.Proposed(70, 3, Bytes.utf8("done theirs")));
    }

    @Test
    void commandThatTheGateHoldsBackIsDropped() {
        founded();
        Ballot ballot = elect(List.of());
        receive(B, new PaxosMessage.Accepted(ballot, 1, 1));
        persistAll();
        effects.clear();
        receive(C, new PaxosMessage.Propose(70, Bytes.utf8("no")));
        assertThat(sentTo(B)).isEmpty();
    }

    /** The promises of a ballot may not cover those who vote behind a change of members that it only found. */
    @Test
    void leaderPreparesAnewBehindAChangeOfMembersThatItFound() {
        founded();
        Membership two = THREE.without(member(C));
        Ballot ballot = elect(List.of(
                new PaxosMessage.Vote(1, ballot(0, C), new PaxosValue.ChangeMembers(two)),
                new PaxosMessage.Vote(2, ballot(0, C), value("behind"))));
        assertThat(lastTo(B, PaxosMessage.Accept.class))
                .isEqualTo(new PaxosMessage.Accept(ballot, 0, 1, List.of(new PaxosValue.ChangeMembers(two))));
        receive(B, new PaxosMessage.Accepted(ballot, 1, 1));
        persistAll();
        persistAll();
        assertThat(lastTo(B, PaxosMessage.Prepare.class))
                .isEqualTo(new PaxosMessage.Prepare(new Ballot(ballot.round() + 1, SELF), 1));
    }

    @Test
    void changeOfMembersIsProposedAlone() {
        founded();
        Ballot ballot = elect(List.of());
        receive(B, new PaxosMessage.Accepted(ballot, 1, 1));
        persistAll();
        Membership two = THREE.without(member(C));
        node.step(new PaxosInput.ChangeMembers(two), now);
        assertThat(lastTo(B, PaxosMessage.Accept.class))
                .isEqualTo(new PaxosMessage.Accept(ballot, 1, 2, List.of(new PaxosValue.ChangeMembers(two))));
        effects.clear();
        receive(B, new PaxosMessage.Propose(70, Bytes.utf8("later")));
        assertThat(lastTo(B, PaxosMessage.Accept.class)).isNull();
        receive(B, new PaxosMessage.Accepted(ballot, 2, 2));
        persistAll();
        assertThat(node.members()).isEqualTo(two);
        assertThat(lastTo(B, PaxosMessage.Accept.class))
                .isEqualTo(new PaxosMessage.Accept(ballot, 2, 3, List.of(value("later"))));
        assertThat(lastTo(C, PaxosMessage.Accept.class)).isNull();
    }

    @Test
    void twoStepsAtATimeAndStrangersToTheLogAreNotTaken() {
        founded();
        Ballot ballot = elect(List.of());
        receive(B, new PaxosMessage.Accepted(ballot, 1, 1));
        persistAll();
        effects.clear();
        node.step(new PaxosInput.ChangeMembers(new Membership(List.of(SELF))), now);
        node.step(new PaxosInput.ChangeMembers(THREE.with(member(new BrickId("d")))), now);
        assertThat(sentTo(B)).isEmpty();
    }

    /** An empty disk has forgotten what it promised: the same brick with another one is nobody. */
    @Test
    void brickWithAnotherDiskThanTheMemberDoesNotVote() {
        node = node(new PaxosMember(A, new DiskId(99, 99)));
        founded();
        receive(B, new PaxosMessage.Prepare(ballot(1, B), 0));
        receive(B, new PaxosMessage.Accept(ballot(1, B), 0, 1, List.of(value("x"))));
        receive(B, new PaxosMessage.PreVote(ballot(1, B), 0));
        persistAll();
        pass(5 * SECOND);
        assertThat(sentTo(B)).allSatisfy(message -> assertThat(message).isInstanceOf(PaxosMessage.Ask.class));
    }

    @Test
    void emptyNodeDoesNotVoteAndFoundsOnlyWhenAllAreEmpty() {
        node.begin(now);
        receive(B, new PaxosMessage.Prepare(ballot(1, B), 0));
        pass(SECOND);
        receive(B, new PaxosMessage.FoundAnswer(SELF.disk(), member(B).disk(), true));
        receive(C, new PaxosMessage.FoundAnswer(SELF.disk(), member(C).disk(), false));
        pass(SECOND);
        assertThat(node.members()).isNull();
        receive(C, new PaxosMessage.FoundAnswer(SELF.disk(), member(C).disk(), true));
        pass(SECOND);
        assertThat(node.members()).isEqualTo(THREE);
        assertThat(lastTo(B, PaxosMessage.Promise.class)).isNull();
    }

    @Test
    void leaderWhomNoMajorityAnswersStepsDown() {
        founded();
        elect(List.of());
        pass(300_000_000);
        assertThat(effects).noneMatch(effect -> effect instanceof PaxosEffect.Deposed);
        pass(SECOND);
        assertThat(effects).anyMatch(effect -> effect instanceof PaxosEffect.Deposed);
    }

    /** T63 */
    @Test
    void quorumCountsFromWhenTheAnsweredRoundWasSent() {
        founded();
        Ballot ballot = elect(List.of());
        pass(200_000_000);
        PaxosMessage.Heartbeat beat = lastTo(B, PaxosMessage.Heartbeat.class);
        assertThat(beat).isNotNull();
        long sentNanos = now;
        pass(50_000_000);
        receive(B, new PaxosMessage.Accepted(ballot, 1, 1));
        persistAll();
        receive(B, new PaxosMessage.HeartbeatAnswer(ballot, beat.round()));
        assertThat(node.quorumNanos()).isEqualTo(sentNanos);
    }

    @Test
    void memberThatHearsItsLeaderLetsNobodyElseStand() {
        founded();
        now += SECOND;
        receive(B, new PaxosMessage.Heartbeat(ballot(1, B), 1, 0));
        persistAll();
        receive(C, new PaxosMessage.PreVote(ballot(2, C), 0));
        assertThat(sentTo(C)).containsExactly(new PaxosMessage.PreVoted(ballot(2, C), false, 0));
        now += SECOND;
        receive(C, new PaxosMessage.PreVote(ballot(2, C), 0));
        assertThat(lastTo(C, PaxosMessage.PreVoted.class)).isEqualTo(new PaxosMessage.PreVoted(ballot(2, C), true, 0));
    }

    @Test
    void whatAnotherBallotAcceptedIsNotTakenForChosen() {
        founded();
        receive(B, new PaxosMessage.Accept(ballot(1, B), 0, 1, List.of(value("x"))));
        receive(C, new PaxosMessage.Heartbeat(ballot(2, C), 1, 1));
        assertThat(carriedOut).isEmpty();
        assertThat(lastTo(C, PaxosMessage.Ask.class)).isEqualTo(new PaxosMessage.Ask(1, -1, 0));
        receive(C, new PaxosMessage.Learn(ballot(2, C), 1, 1, List.of(value("y"))));
        assertThat(carriedOut).containsExactly("1y");
    }

    /** T71: what the renewal writes is enough, alone. */
    @Test
    void renewalHoldsAllThatMustBeKept() {
        founded();
        receive(B, new PaxosMessage.Accept(ballot(3, B), 0, 1, List.of(value("x"), value("y"))));
        receive(B, new PaxosMessage.Heartbeat(ballot(3, B), 1, 1));
        node.step(new PaxosInput.Renew(), now);
        PaxosEffect.Renewal renewal = null;
        for (PaxosEffect effect : effects) {
            renewal = effect instanceof PaxosEffect.Renewal one ? one : renewal;
        }
        assertThat(renewal).isNotNull();
        effects.clear();
        carriedOut.clear();
        node = node(SELF);
        renewal.records().forEach(node::replay);
        node.begin(now);
        assertThat(carriedOut).containsExactly("1x");
        receive(C, new PaxosMessage.Prepare(ballot(2, C), 1));
        receive(C, new PaxosMessage.Prepare(ballot(4, C), 1));
        persistAll();
        assertThat(sentTo(C))
                .containsExactly(
                        new PaxosMessage.Refused(ballot(3, B), 1),
                        new PaxosMessage.Promise(
                                ballot(4, C), 0, List.of(new PaxosMessage.Vote(2, ballot(3, B), value("y")))));
    }

    /** It voted, was told that the value is chosen, and lost power before it had synced how far it knew. */
    @Test
    void whatItWasToldIsChosenIsNotForgottenAsAVote() {
        node.replay(new PaxosRecord.SnapshotPart(0, THREE, 0, 1, Bytes.EMPTY));
        node.replay(new PaxosRecord.Accepted(1, ballot(1, B), value("x")));
        node.replay(new PaxosRecord.Chosen(0));
        node.replay(new PaxosRecord.Learned(1, value("x")));
        node.begin(now);
        assertThat(carriedOut).containsExactly("1x");
        receive(C, new PaxosMessage.Prepare(ballot(2, C), 0));
        persistAll();
        assertThat(lastTo(C, PaxosMessage.Promise.class)).isNull();
        assertThat(lastTo(C, PaxosMessage.Refused.class)).isNotNull();
    }

    @Test
    void snapshotThatWasNotWrittenToItsEndIsForgotten() {
        node.replay(new PaxosRecord.SnapshotPart(0, THREE, 0, 1, Bytes.EMPTY));
        node.replay(new PaxosRecord.Learned(1, value("x")));
        node.replay(new PaxosRecord.Chosen(1));
        node.replay(new PaxosRecord.SnapshotPart(1, THREE, 0, 2, Bytes.utf8("half")));
        node.begin(now);
        assertThat(carriedOut).containsExactly("1x");
        assertThat(node.chosenSlot()).isEqualTo(1);
    }

    @Test
    void loneNodeLeadsAtOnce() {
        founded(new Membership(List.of(SELF)));
        pass(1);
        persistAll();
        persistAll();
        assertThat(node.isEstablishedLeader()).isTrue();
    }
}
