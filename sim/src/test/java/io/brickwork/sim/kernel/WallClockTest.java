package io.brickwork.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WallClockTest {
    private final EventQueue queue = new EventQueue();
    private final SimClock monotonic = new SimClock(queue, -77, 1_000);
    private final WallClock clock = new WallClock(monotonic, 5_000);

    @Test
    void beginsWithItsSkewAndGoesAsFastAsTheMonotonicClock() {
        assertThat(clock.instant()).isEqualTo(WallClock.BEGINNING.plusNanos(5_000));
        queue.runUntil(1_000_000_000);
        assertThat(clock.instant()).isEqualTo(WallClock.BEGINNING.plusNanos(5_000 + 1_001_000_000));
    }

    @Test
    void jumpsForwardAndBackWhileTheMonotonicClockDoesNot() {
        long before = monotonic.nowNanos();
        clock.jump(3_000);
        assertThat(clock.instant()).isEqualTo(WallClock.BEGINNING.plusNanos(8_000));
        clock.jump(-10_000);
        assertThat(clock.instant()).isEqualTo(WallClock.BEGINNING.minusNanos(2_000));
        assertThat(monotonic.nowNanos()).isEqualTo(before);
    }
}
