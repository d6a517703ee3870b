package io.brickwork.core.partition.reshape;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static io.brickwork.core.partition.OneReplica.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.partition.replicate.Replicator;
import io.brickwork.core.partition.replicate.twophase.TwoPhasePrimary;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitDriverTest {
    private static final PartitionId CHILD = new PartitionId(1, 1);
    private static final long TOLD_AGAIN_NANOS = 250_000_000;

    private final OnePrimary primary = new OnePrimary();
    private final SplitDriver driver = driver(primary.replicator);

    private SplitDriver driver(Replicator replicator) {
        return new SplitDriver(
                primary.sequencer,
                replicator,
                primary.drain,
                primary.replica.tenure,
                primary.replica.log,
                primary.replica.ports);
    }

    private void decideSplit() {
        primary.decide(new MetadataCommand.SplitPartition(PARTITION, Bytes.utf8("m"), false));
        primary.learn();
    }

    @Test
    void nothingIsSplitThatIsNotDecided() {
        driver.onTick(0);
        assertThat(primary.lastSeq()).isZero();
    }

    @Test
    void aDecidedSplitIsStoredOnceAsAnEntry() {
        decideSplit();
        driver.onTick(0);
        assertThat(primary.last().kind()).isEqualTo(Entry.Kind.SPLIT);
        driver.onTick(1);
        assertThat(primary.lastSeq()).isEqualTo(1);
    }

    @Test
    void aSplitWaitsForTheOutcomeOfTransactions() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        decideSplit();
        driver.onTick(0);
        assertThat(primary.lastSeq()).isEqualTo(1);
        primary.request(primary.decide(2, 1, true));
        driver.onTick(1);
        assertThat(primary.last().kind()).isEqualTo(Entry.Kind.SPLIT);
    }

    /** A learner's copy would begin before the split and end after it. */
    @Test
    void aSplitWaitsUntilNobodyLearns() {
        GroupView learning = new GroupView(1, A, List.of(member(A), member(B)), List.of(member(C)), 0);
        OneReplica other = new OneReplica(Durability.REPLICATED).opened(learning);
        Replicator replicator = new TwoPhasePrimary(
                other.tenure,
                other.log,
                other.extent,
                other.commitPoint,
                other.storage,
                other.repairs,
                other.ports,
                0,
                true);
        decideSplit();
        driver(replicator).onTick(0);
        assertThat(primary.lastSeq()).isZero();
        driver(primary.replicator).onTick(0);
        assertThat(primary.lastSeq()).isEqualTo(1);
    }

    @Test
    void theMetadataLogHearsOfItOnceItIsInTheTable() {
        decideSplit();
        driver.onTick(0);
        primary.commit();
        driver.onTick(1);
        assertThat(primary.replica.proposed).isEmpty();
        primary.apply();
        driver.onTick(2);
        assertThat(primary.replica.proposed)
                .containsExactly(new MetadataCommand.FinishSplit(PARTITION, CHILD, new Version(1, 1)));
    }

    @Test
    void theMetadataLogIsToldAgainUntilItHasRecordedTheSplit() {
        decideSplit();
        driver.onTick(0);
        primary.commit();
        primary.apply();
        driver.onTick(1);
        driver.onTick(TOLD_AGAIN_NANOS);
        assertThat(primary.replica.proposed).hasSize(1);
        driver.onTick(1 + TOLD_AGAIN_NANOS);
        assertThat(primary.replica.proposed).hasSize(2);

        primary.decide(new MetadataCommand.FinishSplit(PARTITION, CHILD, new Version(1, 1)));
        primary.learn();
        driver.onTick(1 + 2 * TOLD_AGAIN_NANOS);
        assertThat(primary.replica.proposed).hasSize(2);
    }
}
