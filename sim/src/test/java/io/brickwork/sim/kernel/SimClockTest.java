package io.brickwork.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimClockTest {
    @Test
    void aFastClockGainsAndASlowOneLoses() {
        EventQueue queue = new EventQueue();
        SimClock fast = new SimClock(queue, -5, 10_000);
        SimClock slow = new SimClock(queue, 1_000, -10_000);
        queue.runUntil(1_000_000_000_000L);

        assertThat(fast.nowNanos()).isEqualTo(1_010_000_000_000L - 5);
        assertThat(slow.nowNanos()).isEqualTo(990_000_000_000L + 1_000);
    }

    @Test
    void neverGoesBackAndTheDelayToAMomentIsEnough() {
        SimRandom random = new SimRandom(3);
        for (int run = 0; run < 200; run++) {
            EventQueue queue = new EventQueue();
            SimClock clock = new SimClock(queue, random.between(-1_000, 1_000), random.between(-20_000, 20_000));
            long last = clock.nowNanos();
            for (int i = 0; i < 200; i++) {
                long step = random.scaled(1, 100_000_000_000L);
                long delay = clock.virtualDelay(step);
                queue.runUntil(queue.nowNanos() + delay);
                assertThat(clock.nowNanos()).isBetween(last + step - 1, last + step + 2);
                last = clock.nowNanos();
            }
        }
    }
}
