package io.brickwork.core.partition.transact;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.partition.store.Locks;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockQueueTest {
    private static final Endpoint CALLER = new Endpoint.Caller(1);
    private static final PartitionId P = new PartitionId(1, 0);
    private static final SessionId SESSION = new SessionId(1, 1);

    private final LockQueue queue = new LockQueue();

    private static Footprint writing(String key) {
        return new Footprint(List.of(Bytes.utf8(key)), List.of(), List.of());
    }

    private static CallMessage.Write write(long ticket, Bytes routingKey) {
        return new CallMessage.Write(
                ticket, P, 0, new OperationId(SESSION, ticket), 1, 0, routingKey, Bytes.utf8("put a b"));
    }

    private static CallMessage.Prepare prepare(long ticket) {
        Part part = new Part(List.of(), List.of(new Effect(Bytes.utf8("a"), Bytes.utf8("v"))));
        return new CallMessage.Prepare(
                ticket, P, 0, new OperationId(SESSION, ticket), 0, 0, List.of(), Bytes.utf8("a"), part);
    }

    private void add(long ticket, long nowNanos) {
        queue.add(CALLER, write(ticket, Bytes.utf8("a")), writing("a"), nowNanos);
    }

    private static List<Long> tickets(List<LockQueue.Waiting> waiting) {
        return waiting.stream().map(one -> one.request().ticket()).toList();
    }

    private List<Long> retried() {
        List<LockQueue.Waiting> retried = new ArrayList<>();
        queue.retry(retried::add);
        return tickets(retried);
    }

    @Test
    void requestsAreTriedAgainInTheOrderOfTheirComing() {
        add(1, 0);
        add(2, 1);
        add(3, 2);
        assertThat(retried()).containsExactly(1L, 2L, 3L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aRequestThatMustWaitOnKeepsItsPlaceAndTheTimeItHasWaited() {
        add(1, 0);
        add(2, 10);
        queue.retry(one -> {
            assertThat(queue.isRetried(one.request())).isTrue();
            queue.add(one.from(), one.request(), one.footprint(), Locks.WAIT_NANOS - 1);
        });
        assertThat(tickets(queue.takeOverdue(Locks.WAIT_NANOS))).containsExactly(1L);
        assertThat(retried()).containsExactly(2L);
    }

    @Test
    void aRequestThatIsNotTriedAgainHasNoPlaceYet() {
        CallMessage.Write write = write(1, Bytes.utf8("a"));
        queue.add(CALLER, write, writing("a"), 0);
        assertThat(queue.isRetried(write)).isFalse();
    }

    @Test
    void aRequestThatWasTriedAgainInVainHasNoPlaceAnyMore() {
        CallMessage.Write write = write(1, Bytes.utf8("a"));
        queue.add(CALLER, write, writing("a"), 0);
        retried();
        assertThat(queue.isRetried(write)).isFalse();
    }

    @Test
    void aRequestIsGivenUpWhenItHasWaitedForTooLong() {
        add(1, 0);
        assertThat(queue.takeOverdue(Locks.WAIT_NANOS - 1)).isEmpty();
        assertThat(tickets(queue.takeOverdue(Locks.WAIT_NANOS))).containsExactly(1L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void onlyTransactionsThatConflictAreFound() {
        add(1, 0);
        queue.add(CALLER, prepare(2), writing("a"), 0);
        queue.add(CALLER, prepare(3), writing("b"), 0);
        assertThat(queue.transactionsConflictingWith(writing("a")))
                .extracting(CallMessage.Prepare::ticket)
                .containsExactly(2L);
    }

    @Test
    void itIsFullAtItsLimit() {
        for (int i = 1; i < LockQueue.AT_MOST; i++) {
            add(i, 0);
        }
        assertThat(queue.isFull()).isFalse();
        add(LockQueue.AT_MOST, 0);
        assertThat(queue.isFull()).isTrue();
    }

    @Test
    void bytesAreThoseOfTheRequestsThatWait() {
        add(1, 0);
        add(2, 0);
        add(3, Locks.WAIT_NANOS);
        long each = LockQueue.bytesOf(write(1, Bytes.utf8("a")));
        assertThat(queue.bytes()).isEqualTo(3 * each);
        queue.takeIf(one -> one.request().ticket() == 2);
        assertThat(queue.bytes()).isEqualTo(2 * each);
        queue.takeOverdue(Locks.WAIT_NANOS);
        assertThat(queue.bytes()).isEqualTo(each);
        retried();
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void aRequestOutOfALargeFrameCountsAsTheFrame() {
        byte[] frame = new byte[1 << 20];
        Bytes routingKey = Bytes.wrap(frame).slice(0, 1);
        assertThat(LockQueue.bytesOf(write(1, routingKey))).isEqualTo(frame.length);
    }
}
