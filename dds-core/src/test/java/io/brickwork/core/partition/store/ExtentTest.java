package io.brickwork.core.partition.store;

import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.Merge;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtentTest {
    private static final PartitionId CHILD = new PartitionId(1, 1);
    private static final Bytes LOW = Bytes.utf8("a");
    private static final Bytes HIGH = Bytes.utf8("z");
    private static final Split SPLIT = Split.of(KeyRange.ALL, Bytes.utf8("m"), false, CHILD);
    private static final Absorption ABSORPTION = new Absorption(
            CHILD, new KeyRange(Bytes.utf8("m"), null), new TableChunk(new Version(1, 1), List.of(), List.of(), null));

    private final OnePrimary primary = new OnePrimary();
    private final Extent extent = primary.replica.extent;

    private static Entry split(long seq) {
        return EntryCodec.encodeSplit(PARTITION, new Version(1, seq), SPLIT);
    }

    private static Entry absorb(long seq) {
        return EntryCodec.encodeAbsorption(PARTITION, new Version(1, seq), ABSORPTION);
    }

    private void decideSplit() {
        primary.decide(new MetadataCommand.SplitPartition(PARTITION, Bytes.utf8("m"), false));
        primary.learn();
    }

    // ---- splits

    @Test
    void nothingIsGivenAwayBeforeTheSplitIsStored() {
        decideSplit();
        assertThat(extent.owns(HIGH)).isTrue();
    }

    /** All other members may have stored it too, and the child be open. */
    @Test
    void whatASplitGivesAwayIsNotServedOnceItIsStored() {
        decideSplit();
        primary.replica.storage.store(split(1));
        assertThat(extent.owns(LOW)).isTrue();
        assertThat(extent.owns(HIGH)).isFalse();
    }

    @Test
    void withoutTheRuleItWouldStillBeServed() {
        primary.leaveOut(Defence.SPLIT_WHEN_STORED);
        decideSplit();
        primary.replica.storage.store(split(1));
        assertThat(extent.owns(HIGH)).isTrue();
    }

    @Test
    void aSplitThatIsCutGivesNothingAway() {
        decideSplit();
        primary.replica.storage.store(split(1));
        primary.replica.storage.cut(0);
        assertThat(extent.owns(HIGH)).isTrue();
    }

    @Test
    void aSplitThatIsRecordedIsCommittedWhateverTheView() {
        decideSplit();
        primary.replica.storage.store(split(1));
        assertThat(extent.recordedSeq()).isZero();
        primary.decide(new MetadataCommand.FinishSplit(PARTITION, CHILD, new Version(1, 1)));
        assertThat(extent.recordedSeq()).isEqualTo(1);
    }

    /** A table that has not applied the split counts the records of both. */
    @Test
    void aTableBeforeTheSplitDoesNotCountTheRecordsThatAreLeft() {
        decideSplit();
        primary.replica.storage.store(split(1));
        assertThat(extent.keys().counts(new Version(0, 0))).isFalse();
        assertThat(extent.keys().counts(new Version(1, 1))).isTrue();
    }

    @Test
    void aSplitEndsItsBatch() {
        Entry before = OneReplica.entry(1, 1);
        Entry after = OneReplica.entry(1, 3);
        assertThat(Extent.together(List.of(before, split(2), after))).containsExactly(before, split(2));
    }

    // ---- merges

    @Test
    void nothingIsServedOfAPartitionThatIsToGo() {
        extent.update(primary.group().merging(new Merge(CHILD, false)));
        assertThat(extent.owns(LOW)).isFalse();
    }

    @Test
    void theOneThatStaysServesWhatItHas() {
        extent.update(primary.group().merging(new Merge(CHILD, true)));
        assertThat(extent.owns(LOW)).isTrue();
    }

    @Test
    void nothingIsServedOnceEverythingIsGivenUp() {
        primary.replica.storage.store(EntryCodec.encodeClose(PARTITION, new Version(1, 1)));
        assertThat(extent.owns(LOW)).isFalse();
        assertThat(extent.hasClose()).isTrue();
        assertThat(extent.hasAppliedClose()).as("the table has it").isFalse();
    }

    @Test
    void withoutTheRuleItWouldServeWhatItHasGivenUp() {
        primary.leaveOut(Defence.MERGE_WHEN_CLOSED);
        primary.replica.storage.store(EntryCodec.encodeClose(PARTITION, new Version(1, 1)));
        assertThat(extent.owns(LOW)).isTrue();
    }

    /** Else the table would have what the metadata log may give to another. */
    @Test
    void aNeighbourIsNotTakenIntoTheTableBeforeThatIsRecorded() {
        primary.replica.storage.store(OneReplica.entry(1, 1));
        primary.replica.storage.store(absorb(2));
        assertThat(extent.applicableSeq()).isEqualTo(1);
        assertThat(extent.absorbing(CHILD)).isEqualTo(absorb(2));
    }

    @Test
    void whatIsTakenInBeginsItsBatch() {
        Entry before = OneReplica.entry(1, 1);
        Entry after = OneReplica.entry(1, 3);
        assertThat(Extent.together(List.of(before, absorb(2), after))).containsExactly(before);
        assertThat(Extent.together(List.of(absorb(2), after))).containsExactly(absorb(2), after);
    }

    // ---- what is attached

    @Test
    void aReplicaThatIsRetiredServesNothing() {
        extent.detach();
        assertThat(extent.isAttached()).isFalse();
        assertThat(extent.update(primary.group())).isFalse();
    }
}
