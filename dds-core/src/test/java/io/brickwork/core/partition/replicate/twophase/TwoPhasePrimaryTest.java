package io.brickwork.core.partition.replicate.twophase;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static io.brickwork.core.partition.OneReplica.member;
import static io.brickwork.core.partition.OneReplica.stored;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Durability;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OneReplica;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoPhasePrimaryTest {
    private static final long SECOND = 1_000_000_000;

    private final OneReplica replica = new OneReplica(Durability.REPLICATED);

    private TwoPhasePrimary primaryOf(GroupView view, boolean commits) {
        replica.opened(view);
        TwoPhasePrimary primary = new TwoPhasePrimary(
                replica.tenure,
                replica.log,
                replica.extent,
                replica.commitPoint,
                replica.storage,
                replica.repairs,
                replica.ports,
                0,
                commits);
        primary.begin(0);
        replica.sent.clear();
        return primary;
    }

    private Entry put(TwoPhasePrimary primary) {
        Entry entry = replica.store(5);
        primary.replicate(entry, 0);
        return entry;
    }

    @Test
    void anEntryIsCommittedWhenAllHaveStoredIt() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B, C), true);
        put(primary);
        replica.write();
        primary.onStored(0);
        primary.onMessage(B, stored(5, 1), 0);
        assertThat(replica.commitPoint.seq()).as("C has not answered").isZero();

        primary.onMessage(C, stored(5, 1), 0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
        assertThat(primary.uncommittedBytes()).isZero();
    }

    @Test
    void thePrimaryIsOneOfAll() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B), true);
        put(primary);
        primary.onMessage(B, stored(5, 1), 0);
        assertThat(replica.commitPoint.seq()).as("not written here").isZero();

        replica.write();
        primary.onStored(0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
    }

    @Test
    void withoutTheRuleItWouldNotWaitForOthers() {
        replica.defences = Defences.without(Defence.COMMIT_WHEN_ALL_HAVE_STORED);
        TwoPhasePrimary primary = primaryOf(view(5, A, B, C), true);
        put(primary);
        replica.write();
        primary.onStored(0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
    }

    @Test
    void anAcknowledgementIsForAllUpToIt() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B), true);
        put(primary);
        put(primary);
        put(primary);
        replica.write();
        primary.onMessage(B, stored(5, 3), 0);
        assertThat(replica.commitPoint.seq()).isEqualTo(3);
    }

    @Test
    void whatAMemberCannotHaveIsNotCounted() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B), true);
        put(primary);
        primary.onMessage(B, stored(5, 99), 0);
        put(primary);
        replica.write();
        primary.onStored(0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
    }

    @Test
    void aViewWithTooFewMembersCommitsNothing() {
        TwoPhasePrimary primary = primaryOf(view(5, A), false);
        put(primary);
        replica.sync();
        primary.onStored(0);
        assertThat(replica.commitPoint.seq()).isZero();
    }

    @Test
    void theNextEntrySaysHowFarItIsCommitted() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B), true);
        put(primary);
        replica.write();
        primary.onMessage(B, stored(5, 1), 0);
        replica.sent.clear();

        Entry second = put(primary);
        assertThat(replica.takeSentTo(B)).containsExactly(new ReplicaMessage.Store(1, 0, second));
    }

    @Test
    void aMemberThatSaysNothingIsSentAllOfItAgain() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B), true);
        primary.onTick(0);
        Entry entry = put(primary);
        replica.sent.clear();

        primary.onTick(SECOND);
        assertThat(replica.takeSentTo(B))
                .contains(new ReplicaMessage.Store(0, 0, entry))
                .anySatisfy(message -> assertThat(message).isInstanceOf(ReplicaMessage.Commit.class));
    }

    @Test
    void aMemberThatGetsNowhereIsLeftOutIfEnoughStay() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B, C), true);
        primary.onTick(0);
        put(primary);
        for (int tick = 1; tick <= 50; tick++) {
            primary.onMessage(B, stored(5, 1), tick * SECOND / 10);
            primary.onTick(tick * SECOND / 10);
        }
        assertThat(replica.proposed)
                .contains(new MetadataCommand.ChangeView(PARTITION, 5, 5, A, List.of(member(A), member(B)), List.of()));
    }

    @Test
    void ifTooFewStayAnotherIsToLead() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B, C), true);
        primary.onTick(0);
        put(primary);
        for (int tick = 1; tick <= 50; tick++) {
            primary.onTick(tick * SECOND / 10);
        }
        assertThat(replica.proposed)
                .contains(new MetadataCommand.ChangeView(
                        PARTITION, 5, 5, B, List.of(member(A), member(B), member(C)), List.of()));
    }

    @Test
    void theLogIsKeptForWhoHasNotSynced() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B), true);
        put(primary);
        replica.sync();
        primary.onMessage(B, new ReplicaMessage.Stored(PARTITION, 5, 1, 0, 0, 0), 0);
        assertThat(primary.syncedEverywhereSeq()).isZero();
        primary.onMessage(B, new ReplicaMessage.Stored(PARTITION, 5, 1, 1, 0, 0), 0);
        assertThat(primary.syncedEverywhereSeq()).isEqualTo(1);
    }

    @Test
    void theFullestMembersDiskIsKnown() {
        TwoPhasePrimary primary = primaryOf(view(5, A, B, C), true);
        primary.onMessage(B, new ReplicaMessage.Stored(PARTITION, 5, 0, 0, 0, 970), 0);
        primary.onMessage(C, new ReplicaMessage.Stored(PARTITION, 5, 0, 0, 0, 120), 0);
        assertThat(primary.fullestPermille()).isEqualTo(970);
    }
}
