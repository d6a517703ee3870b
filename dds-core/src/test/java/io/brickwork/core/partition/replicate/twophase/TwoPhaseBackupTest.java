package io.brickwork.core.partition.replicate.twophase;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static io.brickwork.core.partition.OneReplica.entry;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Durability;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.partition.view.FencedMember;
import io.brickwork.core.partition.view.ViewSteps;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A member that is brought into the view of brick B, and stores what that sends. */
class TwoPhaseBackupTest {
    private final OneReplica replica = new OneReplica(Durability.REPLICATED);
    private final FencedMember member = new FencedMember(
            replica.tenure,
            replica.log,
            replica.extent,
            replica.commitPoint,
            replica.storage,
            replica.refusals,
            replica.ports,
            new ViewSteps() {
                @Override
                public void promise(GroupView view) {
                    replica.promised(view);
                }

                @Override
                public void open(long levelSeq) {
                    replica.tenure.open(true);
                    replica.commitPoint.advance(levelSeq);
                }
            });
    private final TwoPhaseBackup backup = new TwoPhaseBackup(
            replica.tenure, replica.log, replica.commitPoint, replica.storage, member, replica.ports);

    /** Levelled at an empty log, and not open. */
    private void levelled() {
        member.onFence(B, view(5, B, A, C));
        member.onLevel(new ReplicaMessage.Level(PARTITION, 5, 0, false, 0, List.of()));
        backup.acknowledge(0);
        assertThat(replica.takeSentTo(B)).containsExactly(new ReplicaMessage.Levelled(PARTITION, 5, 0));
    }

    private void opened() {
        levelled();
        member.onOpen(B, new ReplicaMessage.Open(PARTITION, 5, 0));
        backup.acknowledge(0);
        replica.sent.clear();
    }

    @Test
    void itTakesEntriesOfItsViewInOrderOnly() {
        opened();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 2)), 0);
        assertThat(replica.log.lastSeq()).as("the first is missing").isZero();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 2)), 0);
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        assertThat(replica.log.lastSeq()).isEqualTo(2);
    }

    @Test
    void itAnswersOnceATurnForAllThatIsWritten() {
        opened();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 2)), 0);
        replica.write();
        backup.acknowledge(0);
        backup.acknowledge(0);
        assertThat(replica.takeSentTo(B)).containsExactly(new ReplicaMessage.Stored(PARTITION, 5, 2, 0, 0, 0));
    }

    @Test
    void whatIsNotWrittenIsNotAcknowledged() {
        opened();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        backup.acknowledge(0);
        assertThat(replica.takeSentTo(B)).isEmpty();
    }

    @Test
    void withoutTheRuleItWouldBe() {
        replica.defences = Defences.without(Defence.ACKNOWLEDGE_ONLY_STORED);
        opened();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        backup.acknowledge(0);
        assertThat(replica.takeSentTo(B)).containsExactly(new ReplicaMessage.Stored(PARTITION, 5, 1, 0, 0, 0));
    }

    @Test
    void anEntryOpensTheViewIfTheWordOfThatWasLost() {
        levelled();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        assertThat(replica.tenure.openEpoch()).isEqualTo(5);
    }

    @Test
    void whoHasNotBeenLevelledTakesNothing() {
        member.onFence(B, view(5, B, A, C));
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        assertThat(replica.log.lastSeq()).isZero();
        assertThat(replica.tenure.isOpen()).isFalse();
    }

    @Test
    void anOlderPrimaryHearsThatItsEpochIsOver() {
        opened();
        member.onFence(C, view(6, C, A));
        replica.sent.clear();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        assertThat(replica.log.lastSeq()).isZero();
        assertThat(replica.takeSentTo(B)).containsExactly(new ReplicaMessage.WrongEpoch(PARTITION, 5, 6));
    }

    @Test
    void itKnowsOfCommitsWhatThePrimarySays() {
        opened();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        backup.onStore(B, new ReplicaMessage.Store(1, 0, entry(5, 2)), 0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
        backup.onCommit(B, new ReplicaMessage.Commit(PARTITION, 5, 2, 1));
        assertThat(replica.commitPoint.seq()).isEqualTo(2);
        assertThat(backup.syncedEverywhereSeq()).isEqualTo(1);
    }

    @Test
    void whoLagsBehindTakesNoMoreAndStillLearnsWhatIsCommitted() {
        opened();
        backup.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        replica.lags = true;
        backup.onStore(B, new ReplicaMessage.Store(1, 0, entry(5, 2)), 0);
        assertThat(replica.log.lastSeq()).isEqualTo(1);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
    }

    @Test
    void aDiskThatBecomesFullIsToldWithoutBeingAsked() {
        opened();
        replica.fillPermille = 960;
        backup.onTick(0);
        assertThat(replica.takeSentTo(B)).containsExactly(new ReplicaMessage.Stored(PARTITION, 5, 0, 0, 0, 960));
    }
}
