package io.brickwork.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.report.FailedRun.Lane;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How faults are put in words. */
class FaultsTest {
    private static final List<Lane> LANES = List.of(
            new Lane(0, "brick-1", Lane.Kind.BRICK),
            new Lane(1, "brick-2", Lane.Kind.BRICK),
            new Lane(2, "shop", Lane.Kind.CLIENT),
            new Lane(-2, "shop", Lane.Kind.SERVICE));

    private final Recording recording = new Recording();
    private long nowNanos;

    FaultsTest() {
        recording.begins(() -> nowNanos);
    }

    private void cut(int from, int to) {
        recording.began(from, "cut", to);
    }

    private List<String> words() {
        return Faults.of(recording, LANES).stream().map(Faults.Fault::words).toList();
    }

    @Test
    void aCutInBothWaysIsOne() {
        cut(0, 1);
        cut(1, 0);
        cut(0, 2);
        cut(2, 0);
        nowNanos = 5;
        assertThat(words()).containsExactly("brick-1 was cut off from brick-2, shop");
    }

    @Test
    void aCutInOneWaySaysWhich() {
        cut(2, 0);
        nowNanos = 5;
        assertThat(words()).containsExactly("nothing got from shop to brick-1");
    }

    @Test
    void whatHasNoPlaceSaysWhatItIsAndWhatHasOneIsSaidOnce() {
        recording.struck(0, "BREAK");
        recording.struck(1, "KILL");
        recording.began(0, "down", Recorder.WORLD);
        assertThat(words()).containsExactlyInAnyOrder("a link breaks", "brick-1 was down");
    }

    @Test
    void aServiceThatIsPausedIsNotToldAgainAsItsClient() {
        recording.began(2, "pause", Recorder.WORLD);
        recording.began(-2, "pause", Recorder.WORLD);
        nowNanos = 5;
        assertThat(words()).containsExactly("shop was paused");
    }

    @Test
    void aBandSaysWhenAndHowLong() {
        nowNanos = 1_500_000_000;
        recording.lasts(1, "stall", 2_000_000);
        Faults.Fault fault = Faults.of(recording, LANES).getFirst();
        assertThat(fault.words() + ", " + fault.times())
                .isEqualTo("the disk of brick-2 stood still, from 1.500 s, for 2.000 ms");
        assertThat(fault.touches(1_502_000_000L, 1_600_000_000L)).isTrue();
        assertThat(fault.touches(1_502_000_001L, 1_600_000_000L)).isFalse();
    }
}
