package io.brickwork.core.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.MajorityRules;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.metadata.Creations;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureSpec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Grantor and holder together, on clocks that a test sets. Times in milliseconds. */
class LeaseTest {
    private static final long MS = 1_000_000;
    private static final BrickId A = new BrickId("a");
    private static final BrickId B = new BrickId("b");
    private static final Incarnation LIFE_A = new Incarnation(new DiskId(1, 1), 1);
    private static final Incarnation LIFE_B = new Incarnation(new DiskId(2, 2), 1);
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    private final MetadataState state = new MetadataState(Bytes.EMPTY);
    private final LeaseHolder holder = new LeaseHolder(LIFE_B);
    private long slot;

    LeaseTest() {
        apply(new MetadataCommand.RegisterBrick(A, null, LIFE_A, "h", 1, true));
        apply(new MetadataCommand.RegisterBrick(B, null, LIFE_B, "h", 2, true));
        apply(Creations.create(
                "t", new StructureSpec("hashtable", "k", "v", 1, 2, Durability.SYNC, Replication.TWO_PHASE)));
        apply(new MetadataCommand.OpenView(PARTITION, 1, List.of()));
    }

    private void apply(MetadataCommand command) {
        state.apply(++slot, MetadataCodec.encode(command));
    }

    private Group group() {
        return Objects.requireNonNull(state.group(PARTITION));
    }

    private GroupRules rules() {
        return state.rules(PARTITION);
    }

    private void leaveOutB() {
        apply(new MetadataCommand.ChangeView(PARTITION, 1, 1, A, List.of(new Member(A, LIFE_A)), List.of()));
    }

    private LeaseMessage.Grant grant(LeaseGrantor grantor, LeaseMessage.Renew renew, long quorumMs, long nowMs) {
        return Objects.requireNonNull(grantor.onRenew(B, renew, state, quorumMs * MS, nowMs * MS));
    }

    private static LeaseGrantor oldGrantor() {
        return new LeaseGrantor(-1_000_000 * MS, MetadataState.LEASE_TERM_NANOS);
    }

    @Test
    void leaseCountsFromTheSendingOfItsRenewalLessTheDrift() {
        LeaseMessage.Renew renew = holder.renew(100 * MS);
        holder.onGrant(grant(oldGrantor(), renew, 500, 500));
        assertThat(holder.isValid(100 * MS, slot)).isTrue();
        // 2 s from 100 ms on, less 20 ms and 50 ms.
        assertThat(holder.isValid(2029 * MS, slot)).isTrue();
        assertThat(holder.isValid(2030 * MS, slot)).isFalse();
        assertThat(holder.endNanos(0)).isEqualTo(2030 * MS);
    }

    @Test
    void leaseIsVoidUntilTheNamedSlotIsCarriedOut() {
        holder.onGrant(grant(oldGrantor(), holder.renew(0), 0, 1));
        assertThat(holder.isValid(MS, slot - 1)).isFalse();
        assertThat(holder.isValid(MS, slot)).isTrue();
    }

    /** T25, T63: what a majority answered long ago is worth nothing, whenever its answer came. */
    @Test
    void grantEndsOneTermAfterTheSendingOfTheLastAnsweredRound() {
        LeaseGrantor grantor = oldGrantor();
        assertThat(grant(grantor, holder.renew(0), 1000, 2500).durationNanos()).isEqualTo(500 * MS);
        assertThat(grantor.onRenew(B, holder.renew(1), state, 1000 * MS, 3000 * MS))
                .isNull();
        assertThat(grantor.onRenew(B, holder.renew(2), state, 1000 * MS, 9000 * MS))
                .isNull();
    }

    @Test
    void grantOfAnUnknownRenewalIsIgnored() {
        holder.renew(0);
        holder.onGrant(new LeaseMessage.Grant(7, 1_000 * MS, 0));
        assertThat(holder.isValid(1, slot)).isFalse();
    }

    @Test
    void anEarlierLifeGetsNoLease() {
        LeaseMessage.Renew renew = holder.renew(0);
        apply(new MetadataCommand.RegisterBrick(B, LIFE_B, LIFE_B.next(), "h", 2, true));
        assertThat(oldGrantor().onRenew(B, renew, state, 0, 0)).isNull();
    }

    @Test
    void viewOpensOnceTheLeasesOfThoseItLeavesOutHaveEnded() {
        LeaseGrantor grantor = oldGrantor();
        grant(grantor, holder.renew(0), 0, 0);
        leaveOutB();
        assertThat(grantor.mayOpen(group(), rules(), List.of(), 1999 * MS)).isFalse();
        assertThat(grantor.mayOpen(group(), rules(), List.of(B), 1 * MS)).isTrue();
        assertThat(grantor.mayOpen(group(), rules(), List.of(), 2000 * MS)).isTrue();
    }

    /**
     * A brick that is cut off from its group alone goes on renewing: but it cannot use that here before it has heard
     * that it is out.
     */
    @Test
    void leasesThatNameTheChangeDoNotHoldItUp() {
        LeaseGrantor grantor = oldGrantor();
        leaveOutB();
        LeaseMessage.Grant grant = grant(grantor, holder.renew(0), 0, 0);
        assertThat(grant.neededSlot()).isEqualTo(group().newestSlot());
        assertThat(grantor.mayOpen(group(), rules(), List.of(), 1 * MS)).isTrue();
    }

    @Test
    void newLeaderWaitsOutAWholeTermAndTheDrift() {
        LeaseGrantor grantor = new LeaseGrantor(0, MetadataState.LEASE_TERM_NANOS);
        leaveOutB();
        assertThat(grantor.mayOpen(group(), rules(), List.of(), 2069 * MS)).isFalse();
        assertThat(grantor.mayOpen(group(), rules(), List.of(), 2070 * MS)).isTrue();
        assertThat(grantor.mayOpen(group(), rules(), List.of(B), 0)).isTrue();
    }

    /**
     * The lease of a brick that answers nobody holds up no view: in a log of majorities, that of each member but the
     * primary.
     */
    @Test
    void onlyLeasesOfReadersHoldUpAView() {
        LeaseGrantor grantor = oldGrantor();
        grant(grantor, holder.renew(0), 0, 0);
        leaveOutB();
        assertThat(grantor.mayOpen(group(), rules(), List.of(), 1 * MS)).isFalse();
        assertThat(grantor.mayOpen(group(), new MajorityRules(), List.of(), 1 * MS))
                .isTrue();
    }

    @Test
    void leaseOfThePrimaryHoldsUpAViewOfAnyRules() {
        apply(new MetadataCommand.ChangeView(PARTITION, 1, 1, B, List.of(new Member(B, LIFE_B)), List.of()));
        LeaseGrantor grantor = new LeaseGrantor(0, MetadataState.LEASE_TERM_NANOS);
        assertThat(grantor.mayOpen(group(), new MajorityRules(), List.of(), 2069 * MS))
                .isFalse();
        assertThat(grantor.mayOpen(group(), new MajorityRules(), List.of(A), 0)).isTrue();
        assertThat(grantor.mayOpen(group(), new MajorityRules(), List.of(), 2070 * MS))
                .isTrue();
    }

    @Test
    void viewThatLeavesNobodyOutOpensAtOnce() {
        apply(new MetadataCommand.ChangeView(
                PARTITION, 1, 1, B, List.of(new Member(A, LIFE_A), new Member(B, LIFE_B)), List.of()));
        assertThat(new LeaseGrantor(0, MetadataState.LEASE_TERM_NANOS).mayOpen(group(), rules(), List.of(), 0))
                .isTrue();
    }
}
