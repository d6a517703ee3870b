package io.brickwork.core.partition.tenure;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.group;
import static io.brickwork.core.partition.OneReplica.member;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.OneReplica;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenureTest {
    private final OneReplica replica = new OneReplica(Durability.REPLICATED);
    private final Tenure tenure = replica.tenure;

    @Test
    void aPromiseCountsOnceItsOwnRecordIsSynced() {
        tenure.promise(view(5, B, A), 700);

        assertThat(tenure.synced(600)).isFalse();
        assertThat(tenure.isPromiseSynced()).isFalse();
        assertThat(tenure.synced(700)).isTrue();
        assertThat(tenure.isPromiseSynced()).isTrue();
        assertThat(tenure.synced(700)).as("a second time").isFalse();
    }

    @Test
    void aPromiseThatWasWrittenAgainCountsWhenThatRecordIsSynced() {
        tenure.promise(view(5, B, A), 700);
        tenure.promiseMoved(900);

        assertThat(tenure.synced(700)).isFalse();
        assertThat(tenure.synced(900)).isTrue();
    }

    @Test
    void whatIsClosedIsClosedForGood() {
        replica.opened(view(5, B, A));
        tenure.close();

        assertThat(tenure.isOpen()).isFalse();
        assertThat(tenure.isServing()).isFalse();
        assertThat(tenure.isClosedForGood(5)).isTrue();
        assertThat(tenure.isClosedForGood(6)).isFalse();
    }

    @Test
    void closingWhatIsNotOpenForgetsNoEpochThatWas() {
        replica.opened(view(5, B, A));
        tenure.close();
        tenure.close();

        assertThat(tenure.isClosedForGood(5)).isTrue();
    }

    @Test
    void itsRoleIsThatOfThisLifeOfTheBrick() {
        Member later = new Member(A, new Incarnation(new DiskId('a', 0), 2));

        assertThat(tenure.roleIn(view(1, B, A))).isEqualTo(Role.MEMBER);
        assertThat(tenure.roleIn(view(1, B, C))).isEqualTo(Role.LEFT_OUT);
        assertThat(tenure.roleIn(new GroupView(1, B, List.of(member(B)), List.of(member(A)), 0)))
                .isEqualTo(Role.LEARNER);
        assertThat(tenure.roleIn(new GroupView(1, B, List.of(member(B), later), List.of(), 0)))
                .isEqualTo(Role.OTHER_LIFE);
    }

    @Test
    void aReplicaThatTakesAnothersPlaceKeepsThePromiseAndNothingOpen() {
        replica.opened(view(5, B, A));

        Tenure after = new Tenure(tenure);
        assertThat(after.viewEpoch()).isEqualTo(5);
        assertThat(after.isPromiseSynced()).isTrue();
        assertThat(after.isOpen()).isFalse();
    }

    @Test
    void aViewIsProposedOnlyInPlaceOfTheNewestOne() {
        replica.opened(view(5, A, B, C));
        tenure.propose(A, List.of(member(A), member(B)), List.of());
        assertThat(replica.proposed)
                .containsExactly(new MetadataCommand.ChangeView(
                        OneReplica.PARTITION, 5, 5, A, List.of(member(A), member(B)), List.of()));

        tenure.decided(group(view(6, B, A)));
        tenure.propose(A, List.of(member(A)), List.of());
        assertThat(replica.proposed).hasSize(1);
    }

    @Test
    void clientsAreToldOfTheNewestViewThatIsKnown() {
        replica.opened(view(5, A, B, C));
        assertThat(tenure.knownView()).isEqualTo(view(5, A, B, C).toView());

        tenure.decided(group(view(6, B, A)));
        assertThat(tenure.knownView()).isEqualTo(view(6, B, A).toView());
    }

    @Test
    void aViewWithTooFewMembersCommitsNothing() {
        tenure.decided(group(view(5, A, B, C)));

        assertThat(tenure.commits(view(6, A, B))).isTrue();
        assertThat(tenure.commits(view(6, A))).isFalse();
    }
}
