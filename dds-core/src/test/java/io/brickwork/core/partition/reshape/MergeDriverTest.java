package io.brickwork.core.partition.reshape;

import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.Merge;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.partition.execute.SessionExpiry;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergeDriverTest {
    private static final PartitionId NEIGHBOUR = new PartitionId(1, 1);

    private final OnePrimary primary = new OnePrimary();
    private final OneReplica replica = primary.replica;
    private final MergeDriver driver = new MergeDriver(
            primary.sequencer,
            new SessionExpiry(primary.sequencer, primary.sessions, primary.replicator, replica.tenure, replica.ports),
            primary.drain,
            replica.tenure,
            replica.log,
            replica.extent,
            replica.commitPoint,
            replica.repairs,
            replica.ports);

    /** It is decided that the partition becomes one with its neighbour. */
    private void decide(boolean absorbs) {
        replica.tenure.decided(primary.group().merging(new Merge(NEIGHBOUR, absorbs)));
    }

    private static ReplicaMessage.MergePart part(long epochOfContent) {
        TableChunk content = new TableChunk(new Version(epochOfContent, 9), List.of(), List.of(), null);
        return new ReplicaMessage.MergePart(
                PARTITION, 1, new Absorption(NEIGHBOUR, new KeyRange(Bytes.utf8("m"), null), content));
    }

    // ---- the one that goes

    @Test
    void theOneThatGoesGivesUpEverythingByAnEntry() {
        decide(false);
        driver.onTick(0);
        assertThat(primary.last().kind()).isEqualTo(Entry.Kind.CLOSE);
        driver.onTick(1);
        assertThat(primary.lastSeq()).as("once").isEqualTo(1);
    }

    @Test
    void itWaitsForTheOutcomeOfTransactions() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        decide(false);
        driver.onTick(0);
        assertThat(primary.lastSeq()).isEqualTo(1);
        primary.request(primary.decide(2, 1, false));
        driver.onTick(1);
        assertThat(primary.last().kind()).isEqualTo(Entry.Kind.CLOSE);
    }

    @Test
    void itTellsWhatItHadOnceThatIsInItsTable() {
        primary.request(primary.write(1, 1, "put a b"));
        decide(false);
        driver.onTick(0);
        replica.sent.clear();
        ReplicaMessage.MergeAsk ask = new ReplicaMessage.MergeAsk(PARTITION, 1, NEIGHBOUR);
        driver.onAsk(B, ask);
        assertThat(replica.sent).isEmpty();

        primary.commit();
        primary.apply();
        replica.sent.clear();
        driver.onAsk(B, ask);
        assertThat(replica.takeSentTo(B))
                .singleElement()
                .isInstanceOfSatisfying(
                        ReplicaMessage.MergePart.class,
                        part -> assertThat(part.absorption().content().records())
                                .extracting(TableChunk.Row::key)
                                .containsExactly(Bytes.utf8("a")));
    }

    @Test
    void itIsCancelledIfARecordCannotBeRead() {
        primary.request(primary.write(1, 1, "put a b"));
        primary.commit();
        primary.apply();
        replica.corrupt.add(Bytes.utf8("a"));
        decide(false);
        driver.onTick(0);
        assertThat(replica.proposed).containsExactly(new MetadataCommand.CancelMerge(NEIGHBOUR, PARTITION, 1));
        assertThat(primary.lastSeq()).as("nothing is given up").isEqualTo(1);
    }

    // ---- the one that stays

    @Test
    void theOneThatStaysTakesInWhatItIsTold() {
        decide(true);
        driver.onPart(part(0), 0);
        assertThat(primary.last().kind()).isEqualTo(Entry.Kind.ABSORB);
        driver.onPart(part(0), 1);
        assertThat(primary.lastSeq()).as("once").isEqualTo(1);
    }

    @Test
    void whatItWasNotToTakeInIsNotTaken() {
        decide(false);
        driver.onPart(part(0), 0);
        assertThat(primary.lastSeq()).isZero();
    }

    /** What is written from here on must be newer than all that comes. */
    @Test
    void itAsksForALaterViewIfItsOwnIsNotLaterThanWhatComes() {
        decide(true);
        driver.onPart(part(1), 0);
        assertThat(primary.lastSeq()).isZero();
        assertThat(replica.proposed).hasExactlyElementsOfTypes(MetadataCommand.ChangeView.class);
    }

    @Test
    void theMetadataLogHearsOfItOnceItIsCommitted() {
        decide(true);
        driver.onPart(part(0), 0);
        driver.onTick(1);
        assertThat(replica.proposed).isEmpty();
        primary.commit();
        driver.onTick(1_000_000_000);
        assertThat(replica.proposed)
                .containsExactly(new MetadataCommand.FinishMerge(PARTITION, NEIGHBOUR, new Version(1, 1)));
    }

    @Test
    void nothingIsMergedInAViewThatIsNotTheNewest() {
        primary.decideNextView();
        decide(false);
        driver.onTick(0);
        assertThat(primary.lastSeq()).isZero();
    }
}
