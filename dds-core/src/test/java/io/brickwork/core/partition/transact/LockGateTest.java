package io.brickwork.core.partition.transact;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockGateTest {
    private static final Endpoint CALLER = new Endpoint.Caller(1);
    private static final OperationId OPERATION = new OperationId(new SessionId(1, 1), 1);
    private static final Part PART = new Part(List.of(), OnePrimary.writing("a"));
    private static final Footprint A = Footprint.of(PART);
    private static final TransactionRecord YES =
            TransactionRecord.prepared(OPERATION, OneReplica.PARTITION, 0, List.of(), PART);
    private static final CallMessage.Write WRITE = OnePrimary.write(1, OPERATION, 0, "put a b");

    private final OneReplica replica = new OneReplica(Durability.REPLICATED);
    private final Locks locks = new Locks(List.of());
    private final List<CallMessage.Request> retried = new ArrayList<>();
    private final LockGate gate = new LockGate(
            locks, replica.extent, replica.refusals, replica.brick, (from, request, nowNanos) -> retried.add(request));

    private void vote() {
        locks.onStored(EntryCodec.encodeTransaction(OneReplica.PARTITION, new Version(1, 1), YES, 0, List.of()));
    }

    private List<CallMessage.Reason> refused() {
        return replica.answers.stream()
                .map(message -> ((CallMessage.Refusal) message).reason())
                .toList();
    }

    @Test
    void nobodyWaitsWhileNothingIsLocked() {
        assertThat(gate.isQuiet()).isTrue();
        assertThat(gate.isBlocked(A)).isFalse();
    }

    @Test
    void aVoteBlocksWhatConflictsWithIt() {
        vote();
        assertThat(gate.isQuiet()).isFalse();
        assertThat(gate.isBlocked(A)).isTrue();
        assertThat(gate.isBlocked(Footprint.of(new Part(List.of(), OnePrimary.writing("b")))))
                .isFalse();
    }

    @Test
    void whoWaitsIsTriedAgainWhenATransactionIsSettled() {
        gate.await(CALLER, WRITE, A, 0);
        gate.onSettled(YES, State.ABORTED, 1);
        assertThat(retried).containsExactly(WRITE);
    }

    @Test
    void aKeyThatASplitHasGivenAwayIsRefusedInsteadOfTriedAgain() {
        gate.await(CALLER, WRITE, A, 0);
        replica.serve("b", "z");
        gate.onSettled(YES, State.ABORTED, 1);
        assertThat(retried).isEmpty();
        assertThat(refused()).containsExactly(CallMessage.Reason.SPLITTING);
    }

    @Test
    void whoHasWaitedForTooLongIsTold() {
        gate.await(CALLER, WRITE, A, 0);
        gate.onTick(Locks.WAIT_NANOS);
        assertThat(refused()).containsExactly(CallMessage.Reason.LOCKED);
    }

    @Test
    void noMoreWaitThanThereIsMemoryFor() {
        replica.isWaitingFull = true;
        gate.await(CALLER, WRITE, A, 0);
        assertThat(refused()).containsExactly(CallMessage.Reason.OVERLOADED);
        assertThat(gate.waitingBytes()).isZero();
    }

    @Test
    void whoWaitsAsksAnotherPrimaryWhenTheViewIsClosed() {
        gate.await(CALLER, WRITE, A, 0);
        gate.close();
        assertThat(refused()).containsExactly(CallMessage.Reason.NOT_OPEN);
        assertThat(gate.waitingBytes()).isZero();
    }

    @Test
    void whatIsReservedForAnOlderTransactionIsRefusedToAYoungerOne() {
        RecordAccess.Whole failed = new RecordAccess.Whole(PART, RetryPriority.FAILURES, 0);
        gate.onWhole(CALLER, failed, false, 0);
        assertThat(gate.isReserved(A)).as("a single write waits").isTrue();
        assertThat(gate.refusesForPriority(CALLER, WRITE, A, 0)).isTrue();
        assertThat(refused()).containsExactly(CallMessage.Reason.NOT_YET);
        assertThat(gate.refusesForPriority(CALLER, WRITE, A, RetryPriority.FAILURES + 1))
                .isFalse();

        gate.onWhole(CALLER, new RecordAccess.Whole(PART, RetryPriority.FAILURES + 1, 0), true, 1);
        assertThat(gate.isReserved(A)).as("committed").isFalse();
    }

    @Test
    void whoWaitsForAReservationIsTriedAgainWhenItEnds() {
        gate.onWhole(CALLER, new RecordAccess.Whole(PART, RetryPriority.FAILURES, 0), false, 0);
        gate.await(CALLER, WRITE, A, 0);
        gate.onTick(RetryPriority.LEAST_NANOS - 1);
        assertThat(retried).isEmpty();
        gate.onTick(RetryPriority.LEAST_NANOS);
        assertThat(retried).containsExactly(WRITE);
    }
}
