package io.brickwork.core.partition.store;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Durability;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.partition.OneReplica;
import org.junit.jupiter.api.Test;

class StorageTest {
    @Test
    void whereTheOthersCopiesAreEnoughAnEntryCountsOnceItIsWritten() {
        OneReplica replica = new OneReplica(Durability.REPLICATED).opened(view(1, B, A));
        replica.store(1);
        assertThat(replica.storage.storedSeq()).isZero();
        replica.write();
        assertThat(replica.storage.storedSeq()).isEqualTo(1);
    }

    @Test
    void whereTheDiskIsAskedForAnEntryCountsOnceItIsSynced() {
        OneReplica replica = new OneReplica(Durability.SYNC).opened(view(1, B, A));
        replica.store(1);
        replica.write();
        assertThat(replica.storage.storedSeq()).isZero();
        replica.sync();
        assertThat(replica.storage.storedSeq()).isEqualTo(1);
    }

    /** A copy that is not synced is worth something only beside another. */
    @Test
    void whoIsAloneWaitsForItsDiskWhateverTheStructureAsks() {
        OneReplica replica = new OneReplica(Durability.REPLICATED).opened(view(1, A));
        replica.store(1);
        replica.write();
        assertThat(replica.storage.storedSeq()).isZero();
        replica.sync();
        assertThat(replica.storage.storedSeq()).isEqualTo(1);
    }

    @Test
    void whatIsCutIsNoMore() {
        OneReplica replica = new OneReplica(Durability.REPLICATED).opened(view(1, B, A));
        replica.store(1);
        replica.store(1);
        replica.storage.cut(1);

        assertThat(replica.log.last()).isEqualTo(new Version(1, 1));
        assertThat(replica.cuts).containsExactly(1L);
        assertThat(replica.events).containsExactly(new Event.WasCut(OneReplica.PARTITION, 1, 1, new Version(1, 2)));
    }
}
