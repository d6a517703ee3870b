package io.brickwork.core.partition.transact;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.partition.store.Footprint;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPriorityTest {
    private static final Footprint A = writing("a");
    private static final Footprint B = writing("b");
    private static final Footprint READS_A = new Footprint(List.of(), List.of(Bytes.utf8("a")), List.of());
    private static final int OFTEN = RetryPriority.FAILURES;
    private static final Endpoint CALLER = new Endpoint.Caller(1);
    private static final OperationId VOTE = new OperationId(new SessionId(1, 1), 1);
    private static final long SECOND = 1_000_000_000;

    private final RetryPriority priority = new RetryPriority();

    private static Footprint writing(String key) {
        return new Footprint(List.of(Bytes.utf8(key)), List.of(), List.of());
    }

    @Test
    void aTransactionThatFailedOftenGoesBeforeOthers() {
        priority.refused(A, OFTEN, CALLER, 0, 0);
        assertThat(priority.isReserved(A, OFTEN)).isTrue();
        assertThat(priority.isReserved(A, OFTEN + 1)).as("its next try").isFalse();
        assertThat(priority.isReserved(B, 0)).as("elsewhere").isFalse();
    }

    @Test
    void whatWasReadIsReservedFromWritersAlone() {
        priority.refused(READS_A, OFTEN, CALLER, 0, 0);
        assertThat(priority.isReserved(A, 0)).isTrue();
        assertThat(priority.isReserved(READS_A, 0)).isFalse();
    }

    @Test
    void aFirstFailureReservesNothing() {
        priority.refused(A, 0, CALLER, SECOND, 0);
        assertThat(priority.isEmpty()).isTrue();
    }

    @Test
    void aCommitEndsTheReservationAndWaitersAreToldOnce() {
        priority.refused(A, OFTEN, CALLER, SECOND, 0);
        assertThat(priority.expire(1)).isFalse();
        priority.committed(A, OFTEN + 1);
        assertThat(priority.isReserved(A, 0)).isFalse();
        assertThat(priority.expire(1)).isTrue();
        assertThat(priority.expire(1)).isFalse();
    }

    @Test
    void aReservationLastsHalfAsLongAgainAsTheLastTry() {
        priority.refused(A, OFTEN, CALLER, 2 * SECOND, 0);
        priority.expire(3 * SECOND - 1);
        assertThat(priority.isReserved(A, 0)).isTrue();
        priority.expire(3 * SECOND);
        assertThat(priority.isReserved(A, 0)).isFalse();
    }

    @Test
    void quickCallersHaveTheLeastTime() {
        priority.refused(A, OFTEN, CALLER, 0, 0);
        priority.expire(RetryPriority.LEAST_NANOS - 1);
        assertThat(priority.isReserved(A, 0)).isTrue();
        priority.expire(RetryPriority.LEAST_NANOS);
        assertThat(priority.isReserved(A, 0)).isFalse();
    }

    @Test
    void noReservationLastsLongerThanTheLimit() {
        priority.refused(A, OFTEN, CALLER, Long.MAX_VALUE, 0);
        priority.expire(RetryPriority.MOST_NANOS - 1);
        assertThat(priority.isReserved(A, 0)).isTrue();
        priority.expire(RetryPriority.MOST_NANOS);
        assertThat(priority.isReserved(A, 0)).isFalse();
    }

    @Test
    void aReservationEndsWithItsCallersLink() {
        priority.refused(A, OFTEN, CALLER, SECOND, 0);
        priority.onCallerGone(new Endpoint.Caller(2));
        assertThat(priority.isReserved(A, 0)).isTrue();
        priority.onCallerGone(CALLER);
        assertThat(priority.isReserved(A, 0)).isFalse();
    }

    /** Something has changed at another participant only: this one must be found unchanged too at the next try. */
    @Test
    void aVoteReservesUntilTheOutcomeAndAnAbortForAnotherTry() {
        priority.voted(A, OFTEN, CALLER, SECOND, VOTE, 0);
        priority.expire(10 * SECOND);
        assertThat(priority.isReserved(A, 0)).as("the outcome is not known").isTrue();
        priority.settled(VOTE, false, 10 * SECOND);
        assertThat(priority.isReserved(A, OFTEN - 1)).isTrue();
        assertThat(priority.isReserved(A, OFTEN))
                .as("itself, if it was sent away elsewhere and is no older")
                .isFalse();
        priority.expire(12 * SECOND);
        assertThat(priority.isReserved(A, 0)).isFalse();
    }

    @Test
    void aCommittedVoteReservesNothing() {
        priority.voted(A, OFTEN, CALLER, SECOND, VOTE, 0);
        priority.settled(VOTE, true, 1);
        assertThat(priority.isEmpty()).isTrue();
    }

    @Test
    void theOldestReservationGoesWhenThereAreTooMany() {
        for (int i = 0; i <= RetryPriority.AT_MOST; i++) {
            priority.refused(writing("k" + i), OFTEN, CALLER, SECOND, 0);
        }
        assertThat(priority.isReserved(writing("k0"), 0)).isFalse();
        assertThat(priority.isReserved(writing("k1"), 0)).isTrue();
        assertThat(priority.expire(0)).as("who waits for it is told").isTrue();
    }
}
