package io.brickwork.core.partition.transact;

import static io.brickwork.core.partition.transact.DrainGate.CLOSED_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrainGateTest {
    private static final TransactionRecord YES = TransactionRecord.prepared(
            new OperationId(new SessionId(1, 1), 1),
            OneReplica.PARTITION,
            0,
            List.of(),
            new Part(List.of(), List.of(new Effect(Bytes.utf8("a"), Bytes.utf8("v")))));

    private final OneReplica replica = new OneReplica(Durability.REPLICATED);
    private final Locks locks = new Locks(List.of());
    private final DrainGate gate = new DrainGate(locks, replica.brick);

    private void store(long seq, TransactionRecord record) {
        locks.onStored(EntryCodec.encodeTransaction(OneReplica.PARTITION, new Version(1, seq), record, 0, List.of()));
    }

    @Test
    void aPartitionWithoutAnyVoteIsDrained() {
        assertThat(gate.isDrained(0)).isTrue();
        assertThat(gate.isClosed()).isFalse();
    }

    @Test
    void aYesKeepsThePartitionFromBeingSplitUntilItIsDecided() {
        store(1, YES);
        assertThat(gate.isDrained(0)).isFalse();
        store(2, YES.become(State.ABORTED));
        assertThat(gate.isDrained(1)).isTrue();
    }

    @Test
    void noVoteIsGivenWhileItDrains() {
        store(1, YES);
        gate.isDrained(0);
        assertThat(gate.isClosed()).isTrue();
        gate.reopen();
        assertThat(gate.isClosed()).isFalse();
    }

    @Test
    void votesAreGivenForAWhileIfItDoesNotDrain() {
        store(1, YES);
        gate.isDrained(0);
        gate.isDrained(CLOSED_NANOS - 1);
        assertThat(gate.isClosed()).isTrue();
        gate.isDrained(CLOSED_NANOS);
        assertThat(gate.isClosed()).isFalse();
        gate.isDrained(2 * CLOSED_NANOS - 1);
        assertThat(gate.isClosed()).isFalse();
        gate.isDrained(2 * CLOSED_NANOS);
        assertThat(gate.isClosed()).as("it tries again").isTrue();
    }

    @Test
    void theTimeBeginsAnewForTheNextSplit() {
        store(1, YES);
        gate.isDrained(0);
        gate.reopen();
        gate.isDrained(CLOSED_NANOS);
        assertThat(gate.isClosed()).isTrue();
    }

    @Test
    void withoutTheRuleNothingIsWaitedFor() {
        replica.defences = Defences.without(Defence.DRAIN_BEFORE_SPLIT);
        store(1, YES);
        assertThat(gate.isDrained(0)).isTrue();
    }
}
