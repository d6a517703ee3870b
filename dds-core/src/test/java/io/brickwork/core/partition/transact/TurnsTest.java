package io.brickwork.core.partition.transact;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.partition.store.Footprint;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Footprint A = new Footprint(List.of(Bytes.utf8("a")), List.of(), List.of());
    private static final Footprint B = new Footprint(List.of(Bytes.utf8("b")), List.of(), List.of());
    private static final Footprint READS_A = new Footprint(List.of(), List.of(Bytes.utf8("a")), List.of());
    private static final int OFTEN = Turns.PATIENT_TIMES;
    private static final Endpoint CALLER = new Endpoint.Caller(1);
    private static final OperationId VOTE = new OperationId(new SessionId(1, 1), 1);
    private static final long SECOND = 1_000_000_000;

    private final Turns turns = new Turns();

    @Test
    void whoWasRefusedOftenGoesBeforeThoseThatWereNot() {
        turns.refused(A, OFTEN, CALLER, 0, 0);
        assertThat(turns.isAnothers(A, OFTEN)).isTrue();
        assertThat(turns.isAnothers(A, OFTEN + 1)).as("its next try").isFalse();
        assertThat(turns.isAnothers(B, 0)).as("elsewhere").isFalse();
    }

    @Test
    void whatWasReadIsKeptFromWritersAndNotFromReaders() {
        turns.refused(READS_A, OFTEN, CALLER, 0, 0);
        assertThat(turns.isAnothers(A, 0)).isTrue();
        assertThat(turns.isAnothers(READS_A, 0)).isFalse();
    }

    @Test
    void aFirstRefusalKeepsNobodyAway() {
        turns.refused(A, 0, CALLER, SECOND, 0);
        assertThat(turns.isEmpty()).isTrue();
    }

    @Test
    void aTurnEndsWithTheCommitAndThoseThatWaitAreTold() {
        turns.refused(A, OFTEN, CALLER, SECOND, 0);
        assertThat(turns.expire(1)).isFalse();
        turns.committed(A, OFTEN + 1);
        assertThat(turns.isAnothers(A, 0)).isFalse();
        assertThat(turns.expire(1)).isTrue();
        assertThat(turns.expire(1)).isFalse();
    }

    @Test
    void aTurnLastsHalfAsLongAgainAsTheLastTryTook() {
        turns.refused(A, OFTEN, CALLER, 2 * SECOND, 0);
        turns.expire(3 * SECOND - 1);
        assertThat(turns.isAnothers(A, 0)).isTrue();
        turns.expire(3 * SECOND);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }

    @Test
    void whoWasQuickIsWaitedForALittleToo() {
        turns.refused(A, OFTEN, CALLER, 0, 0);
        turns.expire(Turns.LEAST_NANOS - 1);
        assertThat(turns.isAnothers(A, 0)).isTrue();
        turns.expire(Turns.LEAST_NANOS);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }

    @Test
    void nobodyIsWaitedForForLong() {
        turns.refused(A, OFTEN, CALLER, Long.MAX_VALUE, 0);
        turns.expire(Turns.MOST_NANOS - 1);
        assertThat(turns.isAnothers(A, 0)).isTrue();
        turns.expire(Turns.MOST_NANOS);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }

    @Test
    void aTurnEndsWithItsCallersLink() {
        turns.refused(A, OFTEN, CALLER, SECOND, 0);
        turns.gone(new Endpoint.Caller(2));
        assertThat(turns.isAnothers(A, 0)).isTrue();
        turns.gone(CALLER);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }

    /** Something has changed at another participant only: this one must be found unchanged too at the next try. */
    @Test
    void whoVotedForAnAbortedTransactionWaitsForItAsWell() {
        turns.voted(A, OFTEN, CALLER, SECOND, VOTE, 0);
        turns.expire(10 * SECOND);
        assertThat(turns.isAnothers(A, 0)).as("the outcome is not known").isTrue();
        turns.settled(VOTE, false, 10 * SECOND);
        assertThat(turns.isAnothers(A, OFTEN - 1)).isTrue();
        assertThat(turns.isAnothers(A, OFTEN))
                .as("itself, if it was sent away elsewhere and is no older")
                .isFalse();
        turns.expire(12 * SECOND);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }

    @Test
    void nobodyIsWaitedForAfterACommit() {
        turns.voted(A, OFTEN, CALLER, SECOND, VOTE, 0);
        turns.settled(VOTE, true, 1);
        assertThat(turns.isEmpty()).isTrue();
    }
}
