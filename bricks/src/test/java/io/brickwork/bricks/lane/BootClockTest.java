package io.brickwork.bricks.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BootClockTest {
    private static final long MS = 1_000_000;
    private static final long HOUR = 3_600_000;

    private long monotonicNanos = 77;
    private long wallMillis = 1_700_000_000_000L;
    private final BootClock clock = new BootClock(() -> monotonicNanos, () -> wallMillis);

    private void pass(long monotonicMillis, long dayMillis) {
        monotonicNanos += monotonicMillis * MS;
        wallMillis += dayMillis;
    }

    @Test
    void itIsTheMonotonicClockAsLongAsBothAgree() {
        for (int i = 0; i < 1000; i++) {
            pass(10, 10);
            assertThat(clock.getAsLong()).isEqualTo(monotonicNanos);
        }
    }

    @Test
    void aSuspendedMachineHasAged() {
        long before = clock.getAsLong();
        pass(0, HOUR);
        assertThat(clock.getAsLong() - before).isEqualTo(HOUR * MS);
        pass(10, 10);
        assertThat(clock.getAsLong() - before).isEqualTo((HOUR + 10) * MS);
    }

    @Test
    void whatTheDriftBoundAllowsForIsNotFollowed() {
        long before = clock.getAsLong();
        pass(10, 60);
        assertThat(clock.getAsLong() - before).isEqualTo(10 * MS);
        pass(10, 11);
        assertThat(clock.getAsLong() - before).as("it adds up").isEqualTo(71 * MS);
    }

    @Test
    void itNeverGoesBackWhenTheTimeOfDayDoes() {
        long before = clock.getAsLong();
        pass(10, -HOUR);
        assertThat(clock.getAsLong() - before).isEqualTo(10 * MS);
        pass(0, HOUR);
        assertThat(clock.getAsLong() - before)
                .as("set back, and then suspended")
                .isEqualTo((HOUR + 10) * MS);
    }

    @Test
    void aThreadThatIsHeldUpBetweenTwoLooksSeesNoStep() {
        int[] looks = new int[1];
        BootClock held = new BootClock(
                () -> {
                    // The second look, and only that, comes late after the one at the time of day.
                    if (++looks[0] == 4) {
                        pass(200, 200);
                    }
                    return monotonicNanos;
                },
                () -> wallMillis);
        long first = held.getAsLong();
        assertThat(held.getAsLong() - first).isBetween(0L, 200 * MS);
        assertThat(held.getAsLong()).isEqualTo(monotonicNanos);
    }

    @Test
    void theRealOneGoesOn() {
        BootClock real = new BootClock();
        long before = real.getAsLong();
        long began = System.nanoTime();
        while (System.nanoTime() == began) {
            Thread.onSpinWait();
        }
        assertThat(real.getAsLong()).isGreaterThan(before);
    }
}
