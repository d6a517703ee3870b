package io.brickwork.core.client;

import static io.brickwork.core.client.ResendTimer.AT_MOST_NANOS;
import static io.brickwork.core.client.ResendTimer.DETOUR_NANOS;
import static io.brickwork.core.client.ResendTimer.FIRST_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResendTimerTest {
    private static final long NOW = 77;
    private final ResendTimer timer = new ResendTimer();

    @Test
    void nothingIsDueBeforeAnythingWasSentOrAfterAllIsAnswered() {
        assertThat(timer.dueNanos()).isEqualTo(Call.NEVER);
        timer.onAskedPrimary(NOW);
        timer.stop();
        assertThat(timer.dueNanos()).isEqualTo(Call.NEVER);
    }

    @Test
    void membersAreGivenTwiceTheTimeAtEachReadUpToABound() {
        for (long patience = FIRST_NANOS; patience < AT_MOST_NANOS; patience *= 2) {
            timer.onAskedMember(NOW);
            assertThat(timer.dueNanos()).isEqualTo(NOW + patience);
        }
        timer.onAskedMember(NOW);
        assertThat(timer.dueNanos()).isEqualTo(NOW + AT_MOST_NANOS);
    }

    @Test
    void aSilentPrimaryIsLeftAloneForTwiceTheTimeWhileOthersAreAskedAtTheSamePace() {
        assertThat(timer.leavesAlone(NOW)).isFalse();
        timer.onAskedPrimary(NOW);
        assertThat(timer.leavesAlone(NOW + FIRST_NANOS - 1)).isTrue();
        assertThat(timer.leavesAlone(NOW + FIRST_NANOS)).isFalse();
        timer.onAskedPrimary(NOW);
        assertThat(timer.leavesAlone(NOW + 2 * FIRST_NANOS - 1)).isTrue();
        assertThat(timer.leavesAlone(NOW + 2 * FIRST_NANOS)).isFalse();
        assertThat(timer.dueNanos()).isEqualTo(NOW + FIRST_NANOS);
    }

    @Test
    void aDetourIsShortAndLeavesThePrimaryAlone() {
        timer.onAskedPrimary(NOW);
        timer.onDetour(NOW);
        assertThat(timer.dueNanos()).isEqualTo(NOW + DETOUR_NANOS);
        assertThat(timer.leavesAlone(NOW + DETOUR_NANOS)).isTrue();
    }
}
