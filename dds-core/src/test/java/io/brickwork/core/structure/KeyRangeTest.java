package io.brickwork.core.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import org.jspecify.annotations.Nullable;
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

    @Test
    void whatIsTakenOffAnEndIsLeftOutAndWhatLiesInTheMiddleIsRefused() {
        KeyRange whole = range("b", "m");
        assertThat(whole.minus(range("b", "d"))).isEqualTo(range("d", "m"));
        assertThat(whole.minus(range("h", "m"))).isEqualTo(range("b", "h"));
        assertThat(whole.minus(range("m", "z"))).isEqualTo(whole);
        assertThat(whole.minus(range("a", null))).isNull();
        assertThat(range("b", null).minus(range("h", null))).isEqualTo(range("b", "h"));
        assertThatThrownBy(() -> whole.minus(range("d", "h"))).hasMessageContaining("in the middle");
    }

    @Test
    void neighboursMeetAndTheirHullHasBoth() {
        assertThat(range("b", "d").meets(range("d", "m"))).isTrue();
        assertThat(range("d", null).meets(range("b", "d"))).isTrue();
        assertThat(range("b", "d").meets(range("e", "m"))).isFalse();
        assertThat(range("b", null).meets(range("e", null))).isFalse();
        assertThat(range("d", "m").hull(range("b", "d"))).isEqualTo(range("b", "m"));
        assertThat(range("d", null).hull(range("b", "d"))).isEqualTo(range("b", null));
    }

    private static KeyRange range(String low, @Nullable String high) {
        return new KeyRange(Bytes.utf8(low), high == null ? null : Bytes.utf8(high));
    }
}
