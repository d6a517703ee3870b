package io.brickwork.core.partition.transact;

import static io.brickwork.core.partition.OnePrimary.OTHER;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParticipationTest {
    private final OnePrimary primary = new OnePrimary();

    private @Nullable State state(long number) {
        SessionRow.Stand stand = primary.sessions.stand(primary.operation(number), PARTITION);
        return stand == null ? null : stand.record().state();
    }

    private String stored(String key) {
        return Objects.requireNonNull(
                        primary.replica.extent.records(primary.lastSeq()).get(Bytes.utf8(key)))
                .toUtf8();
    }

    private void ask(OperationId transaction) {
        primary.participation.onAsk(B, new ReplicaMessage.AskStand(PARTITION, 7, transaction, PARTITION, OTHER), 0);
    }

    private List<ReplicaMessage> toldTo() {
        return primary.replica.takeSentTo(B).stream()
                .filter(ReplicaMessage.TellStand.class::isInstance)
                .toList();
    }

    private ReplicaMessage.TellStand tell(OperationId transaction, @Nullable State state) {
        return new ReplicaMessage.TellStand(OTHER, 7, transaction, PARTITION, state);
    }

    // ---- the vote

    @Test
    void aVoteIsToldOnceItIsCommitted() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        assertThat(primary.takeAnswers()).isEmpty();
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE");
        assertThat(state(1)).isEqualTo(State.PREPARED);
    }

    @Test
    void aRepeatedRequestFindsTheVoteAndMakesNoOther() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.prepare(2, 1, 0, "a"));
        primary.commit();
        primary.request(primary.prepare(3, 1, 0, "a"));
        assertThat(primary.takeAnswers()).containsExactly("1 DONE", "2 DONE", "3 DONE");
        assertThat(primary.lastSeq()).isEqualTo(1);
    }

    @Test
    void aCompareThatDoesNotHoldIsAConflictAndNothingIsStored() {
        List<Compare> compares = List.of(new Compare.HasValue(Bytes.utf8("a"), Bytes.utf8("old")));
        primary.request(primary.prepare(1, 1, 0, compares, "b"));
        assertThat(primary.takeAnswers()).containsExactly("1 CONFLICT");
        assertThat(primary.lastSeq()).isZero();
    }

    @Test
    void aYoungerTransactionIsRefusedWhatAnOlderOneHasLocked() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.prepare(2, 2, 0, "a"));
        assertThat(primary.takeAnswers()).containsExactly("2 CONFLICT");
    }

    @Test
    void anOlderTransactionWaitsForAYoungerOneAndThenHasItsVote() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.prepare(2, 2, 1, "a"));
        assertThat(primary.takeAnswers()).isEmpty();
        assertThat(state(2)).isNull();
        primary.request(primary.decide(3, 1, false));
        assertThat(state(2)).isEqualTo(State.PREPARED);
    }

    @Test
    void aTransactionDoesNotOvertakeAnOlderOneThatWaits() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.prepare(2, 2, 2, "a", "b"));
        primary.request(primary.prepare(3, 3, 1, "b"));
        assertThat(primary.takeAnswers())
                .as("b is free, and the older one needs it")
                .containsExactly("3 CONFLICT");
    }

    @Test
    void withoutTheRuleAYoungerOneWouldWaitToo() {
        primary.leaveOut(Defence.WAIT_FOR_YOUNGER_ALONE);
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.prepare(2, 2, 0, "a"));
        assertThat(primary.takeAnswers()).isEmpty();
    }

    @Test
    void noVoteIsGivenWhileASplitWaits() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.drain.isDrained(1);
        primary.request(primary.prepare(2, 2, 0, "b"));
        assertThat(primary.takeAnswers()).containsExactly("2 SPLITTING");
        primary.drain.reopen();
        primary.request(primary.prepare(3, 2, 0, "b"));
        assertThat(state(2)).isEqualTo(State.PREPARED);
    }

    // ---- the outcome

    @Test
    void nothingIsWrittenBeforeTheOutcome() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        assertThat(primary.last().effects()).isEmpty();
        primary.request(primary.decide(2, 1, true));
        assertThat(stored("a")).isEqualTo("new");
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE", "2 DONE");
    }

    @Test
    void anAbortWritesNothingAndUnlocks() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.decide(2, 1, false));
        assertThat(primary.last().effects()).isEmpty();
        assertThat(state(1)).isEqualTo(State.ABORTED);
        assertThat(primary.replica.log.locks().hasUndecided()).isFalse();
    }

    @Test
    void theOutcomeIsCarriedOutOnce() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.decide(2, 1, true));
        primary.request(primary.decide(3, 1, true));
        assertThat(primary.lastSeq()).isEqualTo(2);
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE", "2 DONE", "3 DONE");
    }

    @Test
    void whatWasNeverVotedForCannotBeCommitted() {
        primary.request(primary.decide(1, 1, true));
        assertThat(primary.takeAnswers()).containsExactly("1 MALFORMED");
        assertThat(primary.lastSeq()).isZero();
    }

    @Test
    void anAbortBeforeTheVoteForbidsTheVote() {
        primary.request(primary.decide(1, 1, false));
        primary.request(primary.prepare(2, 1, 0, "a"));
        primary.commit();
        assertThat(primary.takeAnswers())
                .as("the late request is told of the no")
                .containsExactly("1 REJECTED", "2 REJECTED");
        assertThat(state(1)).isEqualTo(State.REFUSED);
    }

    @Test
    void anAbortedTransactionWaitsForNoLockAnyMore() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.prepare(2, 2, 1, "a"));
        primary.request(primary.decide(3, 2, false));
        assertThat(primary.takeAnswers()).containsExactly("2 CONFLICT");
        primary.request(primary.decide(4, 1, false));
        assertThat(state(2)).isEqualTo(State.REFUSED);
    }

    // ---- where the partition stands

    @Test
    void whoeverResolvesATransactionWithoutAVoteHasANoPutOnRecord() {
        primary.request(primary.resolve(1, 1));
        assertThat(primary.takeAnswers()).isEmpty();
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 REJECTED");
        assertThat(state(1)).isEqualTo(State.REFUSED);
    }

    @Test
    void anotherParticipantIsToldOfAVoteOnceItIsCommitted() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        ask(primary.operation(1));
        assertThat(toldTo()).isEmpty();
        primary.commit();
        ask(primary.operation(1));
        assertThat(toldTo()).containsExactly(tell(primary.operation(1), State.PREPARED));
    }

    @Test
    void whoIsAskedForAVoteThatItHasNotGivenNeverGivesIt() {
        ask(primary.operation(1));
        assertThat(toldTo()).as("a no counts when it is committed").isEmpty();
        primary.commit();
        ask(primary.operation(1));
        assertThat(toldTo()).containsExactly(tell(primary.operation(1), State.REFUSED));
        primary.request(primary.prepare(1, 1, 0, "a"));
        assertThat(primary.takeAnswers()).containsExactly("1 REJECTED");
    }

    @Test
    void aSessionThatIsOverHasNoVoteAndNothingIsStored() {
        primary.decide(new MetadataCommand.ExpireSession(primary.session));
        ask(primary.operation(1));
        assertThat(toldTo()).containsExactly(tell(primary.operation(1), null));
        primary.request(primary.resolve(1, 1));
        assertThat(primary.takeAnswers()).containsExactly("1 FORGOTTEN");
        assertThat(primary.lastSeq()).isZero();
    }

    @Test
    void ofASessionThatIsNotKnownHereNothingIsSaid() {
        OperationId later = new OperationId(new SessionId(1 << 20, 1), 1);
        ask(later);
        assertThat(toldTo()).isEmpty();
        assertThat(primary.lastSeq()).isZero();
    }

    @Test
    void aPrimaryOfAnOlderViewAnswersNoOtherParticipant() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.commit();
        primary.decideNextView();
        ask(primary.operation(1));
        assertThat(toldTo()).isEmpty();
    }
}
