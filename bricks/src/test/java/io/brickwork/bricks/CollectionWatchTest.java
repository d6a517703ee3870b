package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CollectionWatchTest {
    private long nowMillis = 1000;
    private long pauseMillis = 70;
    private final CollectionWatch.Gauge gauge =
            new CollectionWatch.Gauge(10, () -> pauseMillis, () -> nowMillis * 1_000_000);

    private boolean isExhaustedAfter(long millis, long ofThemPauses) {
        nowMillis += millis;
        pauseMillis += ofThemPauses;
        return gauge.isExhausted();
    }

    @Test
    void tenSecondsOfCollectionsAreTheEnd() {
        for (int second = 1; second < 10; second++) {
            assertThat(isExhaustedAfter(1000, 950)).as("after %d s", second).isFalse();
        }
        assertThat(isExhaustedAfter(1000, 950)).isTrue();
    }

    @Test
    void oneSecondInWhichSomethingIsDoneBeginsAnew() {
        for (int second = 1; second < 10; second++) {
            isExhaustedAfter(1000, 1000);
        }
        assertThat(isExhaustedAfter(1000, 800)).isFalse();
        assertThat(isExhaustedAfter(1000, 1000)).isFalse();
        assertThat(isExhaustedAfter(9000, 8900)).isTrue();
    }

    @Test
    void aProcessThatWasStoppedHasNotCollected() {
        assertThat(isExhaustedAfter(3_600_000, 10)).isFalse();
        assertThat(isExhaustedAfter(1000, 950)).isFalse();
    }

    @Test
    void onePauseThatIsReportedLateCountsForAllOfItsTime() {
        assertThat(isExhaustedAfter(30_000, 29_900)).isTrue();
    }

    @Test
    void whatCollectorsDoBesideTheProgramDoesNotCount() {
        assertThat(CollectionWatch.pauses("PS MarkSweep")).isTrue();
        assertThat(CollectionWatch.pauses("Copy")).isTrue();
        assertThat(CollectionWatch.pauses("G1 Old Generation")).isTrue();
        assertThat(CollectionWatch.pauses("G1 Concurrent GC")).isFalse();
        assertThat(CollectionWatch.pauses("ZGC Major Cycles")).isFalse();
        assertThat(CollectionWatch.pauses("ZGC Major Pauses")).isTrue();
    }
}
