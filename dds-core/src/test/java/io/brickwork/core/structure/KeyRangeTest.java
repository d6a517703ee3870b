package io.brickwork.core.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static final Bytes B = Bytes.utf8("b");
    private static final Bytes D = Bytes.utf8("d");

    @Test
    void lowEndIsInsideAndHighEndOutside() {
        KeyRange range = new KeyRange(B, D);
        assertThat(range.contains(Bytes.utf8("a"))).isFalse();
        assertThat(range.contains(B)).isTrue();
        assertThat(range.contains(Bytes.utf8("c"))).isTrue();
        assertThat(range.contains(Bytes.wrap(new byte[] {'c', -1, -1}))).isTrue();
        assertThat(range.contains(D)).isFalse();
        assertThat(range.contains(Bytes.EMPTY)).isFalse();
    }

    @Test
    void openEndsHoldEverything() {
        assertThat(KeyRange.ALL.contains(Bytes.EMPTY)).isTrue();
        assertThat(KeyRange.ALL.contains(Bytes.wrap(new byte[] {-1, -1, -1}))).isTrue();
        assertThat(new KeyRange(D, null).contains(Bytes.wrap(new byte[] {-1}))).isTrue();
        assertThat(new KeyRange(D, null).contains(B)).isFalse();
        assertThat(new KeyRange(Bytes.EMPTY, B).contains(Bytes.EMPTY)).isTrue();
    }

    @Test
    void emptyAndInvertedRangesAreRefused() {
        assertThatThrownBy(() -> new KeyRange(B, B)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeyRange(D, B)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeyRange(Bytes.EMPTY, Bytes.EMPTY)).isInstanceOf(IllegalArgumentException.class);
    }
}
