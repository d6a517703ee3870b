package io.brickwork.bricks.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineBudgetTest {
    private static final long SECOND_NANOS = 1_000_000_000L;

    @Test
    void aBurstIsWrittenAndTheRestIsCounted() {
        LineBudget budget = new LineBudget(3, 1);
        assertThat(takes(budget, 0, 10)).isEqualTo(3);
        assertThat(budget.takeRefused()).isEqualTo(7);
        assertThat(budget.takeRefused()).isZero();
    }

    @Test
    void linesComeBackWithTimeUpToABurst() {
        LineBudget budget = new LineBudget(3, 2);
        assertThat(takes(budget, 0, 3)).isEqualTo(3);
        assertThat(takes(budget, SECOND_NANOS / 4, 1)).isZero();
        assertThat(takes(budget, SECOND_NANOS / 2, 5)).isEqualTo(1);
        assertThat(takes(budget, 100 * SECOND_NANOS, 5)).isEqualTo(3);
    }

    @Test
    void theClockMayBeginAnywhere() {
        LineBudget budget = new LineBudget(1, 1);
        assertThat(takes(budget, -5 * SECOND_NANOS, 2)).isEqualTo(1);
        assertThat(takes(budget, -4 * SECOND_NANOS, 2)).isEqualTo(1);
    }

    private static int takes(LineBudget budget, long nowNanos, int lines) {
        int taken = 0;
        for (int i = 0; i < lines; i++) {
            taken += budget.take(nowNanos) ? 1 : 0;
        }
        return taken;
    }
}
