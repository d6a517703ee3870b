package io.brickwork.core.client;

import static io.brickwork.core.client.ClientParts.DEADLINE;
import static io.brickwork.core.client.ClientParts.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallTableTest {
    private final ClientParts parts = new ClientParts();
    private final CallTable calls = new CallTable();
    private final Call first = parts.read();
    private final Call second = parts.transaction();

    @Test
    void nothingIsDueInAnEmptyTable() {
        assertThat(calls.mayBeDue(Call.NEVER - 1)).isFalse();
    }

    @Test
    void everyCallIsDueAtItsDeadlineInTheOrderOfSubmission() {
        calls.add(second);
        calls.add(first);
        assertThat(calls.mayBeDue(DEADLINE - 1)).isFalse();
        assertThat(calls.mayBeDue(DEADLINE)).isTrue();
        assertThat(calls.due(DEADLINE)).containsExactly(second, first);
    }

    @Test
    void aMomentThatWasNotedIsDueUntilItIsLookedForAnew() {
        calls.add(first);
        calls.add(second);
        second.actAtNanos = NOW + 5;
        calls.noteDue(second);
        assertThat(calls.due(NOW + 5)).containsExactly(second);
        second.actAtNanos = Call.NEVER;
        assertThat(calls.mayBeDue(NOW + 5)).isTrue();
        calls.findNextDue();
        assertThat(calls.mayBeDue(NOW + 5)).isFalse();
        assertThat(calls.mayBeDue(DEADLINE)).isTrue();
    }

    @Test
    void aCallThatIsOverIsNotFoundAnyMore() {
        calls.add(first);
        assertThat(calls.get(first.id)).isSameAs(first);
        calls.remove(first);
        assertThat(calls.contains(first.id)).isFalse();
        assertThat(calls.size()).isZero();
        assertThat(calls.due(DEADLINE)).isEmpty();
    }
}
