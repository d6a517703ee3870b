package io.brickwork.core.partition.repair;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.table.CopyStep;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepairsTest {
    private static final Bytes KEY = Bytes.utf8("a");
    private static final long RETRY_NANOS = 200_000_000;

    private final OnePrimary primary = new OnePrimary();
    private final OneReplica replica = primary.replica;
    private final Repairs repairs = replica.repairs;

    /** The table has applied entry 1, which wrote the key. */
    @BeforeEach
    void applyOneWrite() {
        primary.request(primary.write(1, 1, "put a b"));
        primary.commit();
        primary.apply();
        replica.sent.clear();
    }

    private void find() {
        replica.corrupt.add(KEY);
        repairs.onCorrupt(new CorruptRecordException("corrupt", KEY));
    }

    private static ReplicaMessage.RepairAsk ask(long epoch, long appliedSeq) {
        return new ReplicaMessage.RepairAsk(PARTITION, epoch, KEY, appliedSeq);
    }

    private void tell(long seq) {
        repairs.onPart(part(new TableRecord(new Version(1, seq), Bytes.utf8("b"))));
    }

    private static ReplicaMessage.RepairPart part(@Nullable TableRecord record) {
        return new ReplicaMessage.RepairPart(PARTITION, 1, KEY, record);
    }

    // ---- who asks

    @Test
    void othersAreAskedOneAfterTheOther() {
        find();
        repairs.onTick(0);
        assertThat(replica.takeSentTo(B)).containsExactly(ask(1, 1));
        repairs.onTick(RETRY_NANOS - 1);
        assertThat(replica.sent).isEmpty();
        repairs.onTick(RETRY_NANOS);
        assertThat(replica.takeSentTo(C)).containsExactly(ask(1, 1));
    }

    @Test
    void nobodyIsAskedForARecordThatCanBeReadAgain() {
        find();
        replica.corrupt.clear();
        repairs.onTick(0);
        assertThat(replica.sent).isEmpty();
        assertThat(replica.events).contains(new Event.RecordRepaired(PARTITION, KEY));
    }

    @Test
    void theRecordOfAnotherTakesThePlaceOfTheCorruptOne() {
        find();
        repairs.onTick(0);
        tell(1);
        TableRecord record = new TableRecord(new Version(1, 1), Bytes.utf8("b"));
        assertThat(replica.repaired).containsExactly(new CopyStep.Repair(PARTITION, new TableChunk.Row(KEY, record)));
        repairs.onTick(1);
        assertThat(replica.events).contains(new Event.RecordRepaired(PARTITION, KEY));
    }

    /** The entry that wrote it is on its way here, and will be applied over the corrupt record. */
    @Test
    void aRecordThatIsNewerThanTheTableIsNotTaken() {
        find();
        repairs.onTick(0);
        tell(2);
        assertThat(replica.repaired).isEmpty();
    }

    @Test
    void whatNobodyAskedForIsNotTaken() {
        tell(1);
        assertThat(replica.repaired).isEmpty();
    }

    @Test
    void anAnswerOfAnotherEpochIsNotTaken() {
        find();
        repairs.onTick(0);
        TableRecord record = new TableRecord(new Version(1, 1), Bytes.utf8("b"));
        repairs.onPart(new ReplicaMessage.RepairPart(PARTITION, 2, KEY, record));
        assertThat(replica.repaired).isEmpty();
    }

    @Test
    void aKeyOfAnotherPartitionIsNotRepairedHere() {
        replica.serve("b", "z");
        find();
        repairs.onTick(0);
        assertThat(replica.sent).isEmpty();
    }

    @Test
    void nobodyIsAskedWhileNoViewIsOpen() {
        find();
        replica.tenure.close();
        repairs.onTick(0);
        assertThat(replica.sent).isEmpty();
    }

    // ---- who is asked

    @Test
    void whoeverHasAppliedAsMuchAnswers() {
        repairs.onAsk(B, ask(1, 1));
        assertThat(replica.takeSentTo(B)).containsExactly(part(new TableRecord(new Version(1, 1), Bytes.utf8("b"))));
    }

    @Test
    void whoseTableIsBehindDoesNotAnswer() {
        repairs.onAsk(B, ask(1, 2));
        assertThat(replica.sent).isEmpty();
    }

    @Test
    void nobodyAnswersInAnotherEpoch() {
        repairs.onAsk(B, ask(2, 1));
        assertThat(replica.sent).isEmpty();
    }

    @Test
    void whoCannotReadTheRecordEitherHasItRepaired() {
        replica.corrupt.add(KEY);
        repairs.onAsk(B, ask(1, 1));
        assertThat(replica.sent).isEmpty();
        repairs.onTick(0);
        assertThat(replica.sent).extracting(OneReplica.Sent::to).isEqualTo(List.of(B));
        assertThat(replica.tenure.currentView().primary()).isEqualTo(A);
    }
}
