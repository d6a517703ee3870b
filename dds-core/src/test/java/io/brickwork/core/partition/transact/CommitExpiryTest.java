package io.brickwork.core.partition.transact;

import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.transaction.TransactionRecord.State;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitExpiryTest {
    private static final long NOW = CommitExpiry.ASK_NANOS;

    private final OnePrimary primary = new OnePrimary();
    private final OneReplica replica = primary.replica;
    private final CommitExpiry expiry =
            new CommitExpiry(PARTITION, primary.sequencer, primary.sessions, replica.commitPoint, replica.ports);

    /** A transaction is committed here, and its client's session is over. */
    @BeforeEach
    void commitInASessionThatIsOver() {
        commitInASessionThatIsOver(1);
    }

    private void commitInASessionThatIsOver(int transactions) {
        for (int number = 1; number <= transactions; number++) {
            primary.request(primary.prepare(1, number, 0, "a" + number));
            primary.request(primary.decide(2, number, true));
        }
        primary.decide(new MetadataCommand.ExpireSession(primary.session));
        primary.sequencer.store(version -> EntryCodec.encodeExpiry(PARTITION, version, primary.session), 0);
        primary.commit();
        replica.sent.clear();
    }

    private void tell(@Nullable State state) {
        expiry.onTold(new ReplicaMessage.TellStand(PARTITION, 1, primary.operation(1), OnePrimary.OTHER, state), NOW);
    }

    private boolean isOnRecord() {
        return primary.sessions.stand(primary.operation(1), PARTITION) != null;
    }

    @Test
    void aCommitOutlivesItsSession() {
        assertThat(isOnRecord()).isTrue();
    }

    @Test
    void theOthersAreAskedAboutIt() {
        expiry.onTick(NOW);
        assertThat(replica.sent)
                .extracting(OneReplica.Sent::message)
                .containsExactly(new ReplicaMessage.AskStand(
                        OnePrimary.OTHER, 1, primary.operation(1), OnePrimary.OTHER, PARTITION));
    }

    @Test
    void itIsForgottenWhenAllOthersHaveIt() {
        expiry.onTick(NOW);
        tell(State.COMMITTED);
        assertThat(isOnRecord()).isFalse();
    }

    @Test
    void anotherWithoutARecordHasForgottenItAlready() {
        expiry.onTick(NOW);
        tell(null);
        assertThat(isOnRecord()).isFalse();
    }

    @Test
    void itIsKeptForAParticipantThatStillHoldsItsYes() {
        expiry.onTick(NOW);
        tell(State.PREPARED);
        assertThat(isOnRecord()).isTrue();

        replica.sent.clear();
        expiry.onTick(2 * NOW);
        assertThat(replica.sent).as("it is asked again").hasSize(1);
        tell(State.COMMITTED);
        assertThat(isOnRecord()).isFalse();
    }

    /** A participant that cannot be reached answers for none of the commits that are asked about first. */
    @Test
    void manyThatNobodyAnswersForDoNotHoldUpTheOthers() {
        primary.session = primary.openSession();
        commitInASessionThatIsOver(CommitExpiry.AT_ONCE);

        expiry.onTick(NOW);
        expiry.onTick(2 * NOW);

        assertThat(replica.sent)
                .extracting(OneReplica.Sent::message)
                .doesNotHaveDuplicates()
                .hasSize(1 + CommitExpiry.AT_ONCE);
    }

    @Test
    void nothingIsForgottenInAViewThatIsNotTheNewest() {
        primary.decideNextView();
        expiry.onTick(NOW);
        assertThat(replica.sent).isEmpty();
    }
}
