package io.brickwork.core.partition.read;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadsTest {
    private static final Endpoint CALLER = new Endpoint.Caller(1);
    private static final long EPOCH = 5;
    private static final long CONFIRM_NANOS = 500_000_000;
    private static final long RETRY_NANOS = 100_000_000;

    private final OneReplica replica = new OneReplica(Durability.REPLICATED);
    private final LeaseEnd lease = new LeaseEnd();
    private final Reads reads = new Reads(
            replica.tenure,
            replica.commitPoint,
            replica.log,
            replica.extent,
            replica.refusals,
            replica.repairs,
            lease,
            replica.ports);

    /** A is a backup of B, with a lease. */
    private void backup() {
        replica.opened(view(EPOCH, B, A, C));
        lease.set(Long.MAX_VALUE);
    }

    private void primary() {
        replica.opened(view(EPOCH, A, B, C));
        lease.set(Long.MAX_VALUE);
    }

    /** The next entry, which puts "v" and its number under "k", is stored here and not known to be committed. */
    private void store() {
        replica.store(EPOCH);
    }

    private void read(ReadMode mode, String key, long nowNanos) {
        Bytes body = Bytes.utf8("get " + key);
        reads.onRead(CALLER, new CallMessage.Read(7, PARTITION, 0, mode, Bytes.utf8(key), body), nowNanos);
    }

    private void read() {
        read(ReadMode.LINEARIZABLE, "k", 0);
    }

    private static ReplicaMessage ask(long ticket) {
        return new ReplicaMessage.AskCommitted(PARTITION, EPOCH, ticket);
    }

    private String answer() {
        assertThat(replica.answers).hasSize(1);
        return switch (replica.answers.removeFirst()) {
            case CallMessage.Answer answer -> answer.result().toUtf8();
            case CallMessage.Refusal refusal -> refusal.reason().name();
            default -> throw new AssertionError("neither an answer nor a refusal");
        };
    }

    // ---- with a lease

    @Test
    void aMemberAnswersAloneWhatIsCommitted() {
        backup();
        store();
        replica.commitPoint.advance(1);
        read();
        assertThat(answer()).isEqualTo("v1");
        assertThat(replica.sent).isEmpty();
    }

    @Test
    void aMemberAsksThePrimaryAboutADirtyRecord() {
        backup();
        store();
        replica.commitPoint.advance(1);
        store();
        read();
        assertThat(replica.answers).isEmpty();
        assertThat(replica.takeSentTo(B)).containsExactly(ask(1));

        reads.onCommitted(B, 1, 2, 0);
        assertThat(answer()).isEqualTo("v2");
    }

    @Test
    void aDirtyRecordIsAnsweredAsThePrimaryHasCommittedIt() {
        backup();
        store();
        store();
        read();
        reads.onCommitted(B, 1, 1, 0);
        assertThat(answer()).isEqualTo("v1");
    }

    @Test
    void withoutTheRuleADirtyRecordWouldBeAnsweredAsItWas() {
        replica.defences = Defences.without(Defence.ASK_ABOUT_DIRTY);
        backup();
        store();
        read();
        assertThat(answer()).isEmpty();
    }

    @Test
    void otherRecordsAreAnsweredAtOnce() {
        backup();
        store();
        read(ReadMode.LINEARIZABLE, "other", 0);
        assertThat(answer()).isEmpty();
        assertThat(replica.sent).isEmpty();
    }

    @Test
    void thePrimaryKnowsWhatIsCommitted() {
        primary();
        store();
        replica.commitPoint.advance(1);
        store();
        read();
        assertThat(answer()).isEqualTo("v1");
    }

    @Test
    void withoutTheRuleThePrimaryWouldAnswerWhatIsNotCommitted() {
        replica.defences = Defences.without(Defence.READ_ONLY_COMMITTED);
        primary();
        store();
        read();
        assertThat(answer()).isEqualTo("v1");
    }

    // ---- without

    @Test
    void withoutALeaseAllOthersMustConfirmTheView() {
        replica.opened(view(EPOCH, A, B, C));
        store();
        replica.commitPoint.advance(1);
        read();
        assertThat(replica.takeSentTo(B)).containsExactly(ask(1));
        assertThat(replica.takeSentTo(C)).containsExactly(ask(1));
        reads.onCommitted(B, 1, 1, 0);
        reads.onCommitted(B, 1, 1, 0);
        assertThat(replica.answers).as("C has not").isEmpty();
        reads.onCommitted(C, 1, 1, 0);
        assertThat(answer()).isEqualTo("v1");
    }

    @Test
    void withoutTheRuleItWouldAnswerWithoutALease() {
        replica.defences = Defences.without(Defence.READ_UNDER_LEASE);
        replica.opened(view(EPOCH, A, B, C));
        read();
        assertThat(answer()).isEmpty();
    }

    @Test
    void aLeaseThatHasEndedIsNone() {
        replica.opened(view(EPOCH, A, B, C));
        lease.set(10);
        read(ReadMode.LINEARIZABLE, "k", 9);
        assertThat(answer()).isEmpty();
        read(ReadMode.LINEARIZABLE, "k", 10);
        assertThat(replica.answers).isEmpty();
        assertThat(replica.takeSentTo(B)).containsExactly(ask(1));
    }

    @Test
    void whoWantsAConfirmedReadGetsOneInSpiteOfTheLease() {
        primary();
        read(ReadMode.CONFIRMED, "k", 0);
        assertThat(replica.takeSentTo(B)).containsExactly(ask(1));
        assertThat(replica.answers).isEmpty();
    }

    @Test
    void aReadThatIsNotConfirmedIsRefusedAfterAWhile() {
        replica.opened(view(EPOCH, A, B, C));
        read();
        reads.onTick(CONFIRM_NANOS - 1);
        assertThat(replica.answers).isEmpty();
        reads.onTick(CONFIRM_NANOS + RETRY_NANOS);
        assertThat(answer()).isEqualTo("NOT_OPEN");
    }

    @Test
    void aQuestionThatWasLostIsAskedAgain() {
        backup();
        store();
        read();
        replica.sent.clear();
        reads.onTick(RETRY_NANOS);
        assertThat(replica.takeSentTo(B)).containsExactly(ask(1));
        reads.onLinkUp(B);
        assertThat(replica.takeSentTo(B)).containsExactly(ask(1));
        reads.onLinkUp(C);
        assertThat(replica.sent).isEmpty();
    }

    @Test
    void aStaleReadNeedsNobody() {
        replica.opened(view(EPOCH, B, A, C));
        store();
        read(ReadMode.STALE, "k", 0);
        assertThat(answer()).isEqualTo("v1");
    }

    @Test
    void whoeverWaitsIsRefusedWhenTheViewIsClosed() {
        backup();
        store();
        read();
        reads.refuseAll();
        assertThat(answer()).isEqualTo("NOT_OPEN");
        reads.onCommitted(B, 1, 1, 0);
        assertThat(replica.answers).isEmpty();
    }

    // ---- beside transactions

    /** A transaction has the vote of entry 1 on writing "new" under "k". */
    private TransactionRecord vote() {
        TransactionRecord yes = TransactionRecord.prepared(
                new OperationId(new SessionId(1, 1), 1),
                PARTITION,
                0,
                List.of(),
                new Part(List.of(), List.of(new Effect(Bytes.utf8("k"), Bytes.utf8("new")))));
        replica.storage.store(EntryCodec.encodeTransaction(PARTITION, new Version(EPOCH, 1), yes, 0, List.of()));
        replica.commitPoint.advance(1);
        return yes;
    }

    private void decide(TransactionRecord yes) {
        replica.storage.store(EntryCodec.encodeTransaction(
                PARTITION,
                new Version(EPOCH, 2),
                yes.become(State.COMMITTED),
                0,
                yes.part().writes()));
        replica.commitPoint.advance(2);
        replica.log.locks().onCommitted(2);
        reads.onUnlocked();
    }

    @Test
    void aReadWaitsForTheOutcomeOfATransactionThatHasLockedItsKey() {
        primary();
        TransactionRecord yes = vote();
        read();
        assertThat(replica.answers).isEmpty();
        decide(yes);
        reads.retryUnlocked(1);
        assertThat(answer()).isEqualTo("new");
    }

    @Test
    void withoutTheRuleItWouldSeeWhatWasBefore() {
        replica.defences = Defences.without(Defence.READ_WHAT_IS_FREE);
        primary();
        vote();
        read();
        assertThat(answer()).isEmpty();
    }

    @Test
    void aReadThatHasWaitedForTooLongIsTold() {
        primary();
        vote();
        read();
        reads.onTick(Locks.WAIT_NANOS - 1);
        assertThat(replica.answers).isEmpty();
        reads.onTick(Locks.WAIT_NANOS);
        assertThat(answer()).isEqualTo("LOCKED");
    }

    /** Whoever waits for the word of others in between has waited since it came. */
    @Test
    void aReadThatIsTriedAgainHasWaitedSinceItCame() {
        primary();
        vote();
        read(ReadMode.CONFIRMED, "k", 0);
        confirm(1, 0);
        long laterNanos = Locks.WAIT_NANOS / 2;
        reads.onUnlocked();
        reads.retryUnlocked(laterNanos);
        confirm(2, laterNanos);
        reads.onTick(Locks.WAIT_NANOS - 1);
        assertThat(replica.answers).isEmpty();
        reads.onTick(Locks.WAIT_NANOS);
        assertThat(answer()).isEqualTo("LOCKED");
    }

    private void confirm(long ticket, long nowNanos) {
        reads.onCommitted(B, ticket, 1, nowNanos);
        reads.onCommitted(C, ticket, 1, nowNanos);
    }

    // ---- what is refused

    @Test
    void aWriteThatIsSentAsAReadIsRefused() {
        primary();
        Bytes body = Bytes.utf8("put k v");
        reads.onRead(CALLER, new CallMessage.Read(7, PARTITION, 0, ReadMode.LINEARIZABLE, Bytes.utf8("k"), body), 0);
        assertThat(answer()).isEqualTo("MALFORMED");
    }

    @Test
    void aKeyThatASplitHasGivenAwayIsRefused() {
        primary();
        replica.serve("m", "z");
        read();
        assertThat(answer()).isEqualTo("SPLITTING");
    }

    @Test
    void aCorruptRecordIsRefusedAndRepaired() {
        primary();
        replica.corrupt.add(Bytes.utf8("k"));
        read();
        assertThat(answer()).isEqualTo("CORRUPT");
        replica.repairs.onTick(0);
        assertThat(replica.sent)
                .extracting(OneReplica.Sent::message)
                .hasOnlyElementsOfType(ReplicaMessage.RepairAsk.class);
    }
}
