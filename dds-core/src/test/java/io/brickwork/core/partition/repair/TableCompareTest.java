package io.brickwork.core.partition.repair;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.RecordsDigest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableCompareTest {
    private static final Version APPLIED = new Version(1, 1);
    private static final Bytes OTHER_DIGEST = Bytes.wrap(new byte[32]);
    private static final Event DIFFER = new Event.ReplicasDiffer(PARTITION, B, KeyRange.ALL);

    private final OnePrimary primary = new OnePrimary();
    private final OneReplica replica = primary.replica;
    private final TableCompare compare = new TableCompare(replica.tenure, replica.repairs, replica.ports);

    @BeforeEach
    void applyOneWrite() {
        primary.request(primary.write(1, 1, "put a b"));
        primary.commit();
        primary.apply();
        replica.events.clear();
    }

    private static ReplicaMessage.Compare told(Version applied, Bytes digest) {
        return new ReplicaMessage.Compare(PARTITION, 1, KeyRange.ALL, applied, digest);
    }

    @Test
    void aMemberWithTheSameRecordsIsWell() {
        Bytes own = RecordsDigest.of(replica.table.snapshot(), PARTITION.structure(), KeyRange.ALL);
        compare.onCompare(B, told(APPLIED, own));
        assertThat(replica.events).isEmpty();
    }

    @Test
    void aMemberWithOtherRecordsIsNoted() {
        compare.onCompare(B, told(APPLIED, OTHER_DIGEST));
        assertThat(replica.events).containsExactly(DIFFER);
    }

    @Test
    void tablesThatHaveNotAppliedTheSameAreNotCompared() {
        compare.onCompare(B, told(new Version(1, 2), OTHER_DIGEST));
        assertThat(replica.events).isEmpty();
    }

    @Test
    void aCorruptRecordIsRepairedAndNotTakenForADifference() {
        replica.corrupt.add(Bytes.utf8("a"));
        compare.onCompare(B, told(APPLIED, OTHER_DIGEST));
        assertThat(replica.events).hasExactlyElementsOfTypes(Event.RecordCorrupt.class);
    }

    @Test
    void aMemberTellsThePrimary() {
        OneReplica backup = new OneReplica(Durability.REPLICATED).opened(view(1, B, A));
        tell(backup, false);
        assertThat(backup.takeSentTo(B)).containsExactly(told(APPLIED, OTHER_DIGEST));
    }

    @Test
    void thePrimaryTellsNobody() {
        replica.sent.clear();
        tell(replica, true);
        assertThat(replica.sent).isEmpty();
    }

    @Test
    void nobodyTellsWhileNoViewIsOpen() {
        OneReplica backup = new OneReplica(Durability.REPLICATED).promised(view(1, B, A));
        tell(backup, false);
        assertThat(backup.sent).isEmpty();
    }

    private static void tell(OneReplica one, boolean isPrimary) {
        new TableCompare(one.tenure, one.repairs, one.ports).tell(KeyRange.ALL, APPLIED, OTHER_DIGEST, isPrimary);
    }
}
