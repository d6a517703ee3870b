package io.brickwork.core.partition.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import org.junit.jupiter.api.Test;

class WriteSampleTest {
    private final WriteSample sample = new WriteSample();

    private static Bytes key(int number) {
        return Bytes.utf8("k%03d".formatted(number));
    }

    @Test
    void theLastKeysAreKeptInOrder() {
        for (int i = WriteSample.KEYS; i >= 0; i--) {
            sample.add(key(i), null);
        }
        assertThat(sample.sortedKeys())
                .hasSize(WriteSample.KEYS)
                .isSorted()
                .startsWith(key(0))
                .doesNotContain(key(WriteSample.KEYS));
    }

    @Test
    void fewerKeysAreFewer() {
        sample.add(key(2), null);
        sample.add(key(1), null);
        assertThat(sample.sortedKeys()).containsExactly(key(1), key(2));
    }

    @Test
    void deletesCountAsWritesAndHaveNoSize() {
        sample.add(key(1), Bytes.utf8("123456"));
        sample.add(key(2), null);
        assertThat(sample.writes()).isEqualTo(2);
        assertThat(sample.meanBytes()).isEqualTo(10);
    }

    @Test
    void theMeanFollowsSlowly() {
        sample.add(key(1), Bytes.wrap(new byte[96]));
        sample.add(key(1), Bytes.wrap(new byte[96 + 640]));
        assertThat(sample.meanBytes()).isEqualTo(110);
    }

    @Test
    void whoHasWrittenNothingHasNoMean() {
        sample.add(key(1), null);
        assertThat(sample.meanBytes()).isZero();
    }
}
