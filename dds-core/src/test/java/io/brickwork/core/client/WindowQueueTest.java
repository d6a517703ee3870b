package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.message.CallMessage;
import org.junit.jupiter.api.Test;

class WindowQueueTest {
    private final ClientParts parts = new ClientParts().linked(100);
    private final WindowQueue queue = new WindowQueue(parts.keeper);

    @Test
    void whoWaitsWithoutASessionHasOneOpened() {
        assertThat(queue.admitNext(NOW)).isNull();
        assertThat(parts.sent).as("while nobody waits").isEmpty();
        queue.add(parts.write());
        assertThat(queue.admitNext(NOW)).isNull();
        assertThat(parts.sent.remove().message()).isInstanceOf(CallMessage.OpenSession.class);
    }

    @Test
    void numbersAreGivenInTheOrderOfArrivalToWritesAndTransactions() {
        parts.inSession();
        WriteCall write = parts.write();
        TransactionCall transaction = parts.transaction();
        queue.add(write);
        queue.add(transaction);
        assertThat(write.number().isAwaited()).isTrue();
        assertThat(queue.admitNext(NOW)).isSameAs(write);
        assertThat(queue.admitNext(NOW)).isSameAs(transaction);
        assertThat(queue.admitNext(NOW)).isNull();
        assertThat(write.number().isAwaited()).isFalse();
        assertThat(Check.present(write.operation(), "").number()).isEqualTo(1);
        assertThat(Check.present(transaction.number().id(), "").number()).isEqualTo(2);
    }

    @Test
    void whoWaitsNoLongerIsPassedOver() {
        parts.inSession();
        WriteCall first = parts.write();
        WriteCall second = parts.write();
        queue.add(first);
        queue.add(second);
        queue.remove(first);
        assertThat(first.number().isAwaited()).isFalse();
        assertThat(queue.admitNext(NOW)).isSameAs(second);
    }

    @Test
    void aFullWindowAdmitsNobodyUntilItsLowestNumberIsSettled() {
        Session session = Check.present(parts.inSession().keeper.session(), "");
        exhaust(session);
        WriteCall write = parts.write();
        queue.add(write);
        assertThat(queue.admitNext(NOW)).isNull();
        assertThat(parts.keeper.session()).isSameAs(session);
        session.settle(1);
        assertThat(queue.admitNext(NOW)).isSameAs(write);
    }

    @Test
    void anotherSessionIsOpenedWhenATransactionHoldsAFullWindow() {
        Session session = Check.present(parts.inSession().keeper.session(), "");
        session.decide(1);
        exhaust(session);
        queue.add(parts.write());
        assertThat(queue.admitNext(NOW)).isNull();
        assertThat(parts.keeper.session()).isNull();
        assertThat(parts.sent.remove().message()).isInstanceOf(CallMessage.OpenSession.class);
    }

    @Test
    void hasRoomForABoundedNumber() {
        for (int i = 0; i < ClientMachine.WAITING_AT_MOST; i++) {
            assertThat(queue.hasRoom()).isTrue();
            queue.add(parts.write());
        }
        assertThat(queue.hasRoom()).isFalse();
    }

    private static void exhaust(Session session) {
        for (int i = 0; i < Limits.SESSION_WINDOW_OPERATIONS; i++) {
            session.begin();
        }
    }
}
