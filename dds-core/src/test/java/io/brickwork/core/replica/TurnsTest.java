package io.brickwork.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Footprint A = new Footprint(List.of(Bytes.utf8("a")), List.of(), List.of());
    private static final Footprint B = new Footprint(List.of(Bytes.utf8("b")), List.of(), List.of());
    private static final int OFTEN = Turns.PATIENT_TIMES;

    private final Turns turns = new Turns();

    @Test
    void whoWasRefusedOftenGoesBeforeThoseThatWereNot() {
        turns.refused(A, OFTEN, 0);
        assertThat(turns.isAnothers(A, OFTEN)).isTrue();
        assertThat(turns.isAnothers(A, OFTEN + 1)).as("its next try").isFalse();
        assertThat(turns.isAnothers(B, 0)).as("elsewhere").isFalse();
    }

    @Test
    void aFirstRefusalKeepsNobodyAway() {
        turns.refused(A, 0, 0);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }

    @Test
    void aTurnIsTakenOnce() {
        turns.refused(A, OFTEN, 0);
        turns.taken(A, OFTEN + 1);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }

    @Test
    void nobodyIsWaitedForForLong() {
        turns.refused(A, OFTEN, 0);
        turns.expire(Turns.KEPT_NANOS - 1);
        assertThat(turns.isAnothers(A, 0)).isTrue();
        turns.expire(Turns.KEPT_NANOS);
        assertThat(turns.isAnothers(A, 0)).isFalse();
    }
}
