package io.brickwork.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {
    private static final byte[] ARRAY = {9, 1, 2, 3, 9};

    @Test
    void sliceSharesItsArrayAndIsEqualByContent() {
        Bytes slice = Bytes.wrap(ARRAY, 1, 3);
        Bytes alone = Bytes.wrap(new byte[] {1, 2, 3});
        assertThat(slice).isEqualTo(alone).hasSameHashCodeAs(alone).isEqualByComparingTo(alone);
        assertThat(slice.backingArray()).isSameAs(ARRAY);
        assertThat(slice.backingOffset()).isEqualTo(1);
        assertThat(slice.slice(1, 3)).isEqualTo(Bytes.wrap(new byte[] {2, 3}));
        assertThat(slice.at(2)).isEqualTo((byte) 3);
        assertThat(slice).isNotEqualTo(Bytes.wrap(ARRAY)).isNotEqualTo("010203");
    }

    @Test
    void compactLeavesTheLargerArray() {
        Bytes slice = Bytes.wrap(ARRAY, 1, 3);
        assertThat(slice.compact()).isEqualTo(slice);
        assertThat(slice.compact().backingArray()).hasSize(3);
        Bytes alone = Bytes.wrap(new byte[] {1, 2, 3});
        assertThat(alone.compact()).isSameAs(alone);
        assertThat(Bytes.wrap(ARRAY, 2, 0))
                .as("an empty slice keeps nothing alive")
                .isSameAs(Bytes.EMPTY);
    }

    @Test
    void copyIsIndependentOfTheOriginal() {
        byte[] original = {1, 2};
        Bytes copy = Bytes.copyOf(original);
        original[0] = 7;
        assertThat(copy.at(0)).isEqualTo((byte) 1);
        copy.toArray()[0] = 7;
        assertThat(copy.at(0)).isEqualTo((byte) 1);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"'', 00", "00, 0000", "7f, 80", "80, ff", "00ff, 01", "61, 6100", "fe, ff"})
    void orderIsUnsignedAndLexicographic(String less, String greater) {
        Bytes low = Bytes.wrap(HexFormat.of().parseHex(less));
        Bytes high = Bytes.wrap(HexFormat.of().parseHex(greater));
        assertThat(low).isLessThan(high);
        assertThat(high).isGreaterThan(low);
        Bytes sliced = Bytes.wrap(HexFormat.of().parseHex("aa" + less + "bb"), 1, less.length() / 2);
        assertThat(sliced).isLessThan(high).isEqualByComparingTo(low);
    }

    @Test
    void prefixIsComparedFromTheSlicesBeginning() {
        Bytes slice = Bytes.wrap(ARRAY, 1, 3);
        assertThat(slice.startsWith(Bytes.wrap(new byte[] {1, 2}))).isTrue();
        assertThat(slice.startsWith(slice)).isTrue();
        assertThat(slice.startsWith(Bytes.EMPTY)).isTrue();
        assertThat(slice.startsWith(Bytes.wrap(ARRAY, 1, 4))).isFalse();
        assertThat(slice.startsWith(Bytes.wrap(new byte[] {2}))).isFalse();
    }

    @Test
    void concatJoinsSlices() {
        Bytes slice = Bytes.wrap(ARRAY, 1, 2);
        assertThat(slice.concat(Bytes.wrap(ARRAY, 3, 2))).isEqualTo(Bytes.wrap(new byte[] {1, 2, 3, 9}));
        assertThat(slice.concat(Bytes.EMPTY)).isEqualTo(slice);
    }

    @Test
    void nothingOutsideTheSliceCanBeReached() {
        Bytes slice = Bytes.wrap(ARRAY, 1, 3);
        assertThatThrownBy(() -> slice.at(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.at(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(2, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> slice.slice(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Bytes.wrap(ARRAY, 3, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Bytes.wrap(ARRAY, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Bytes.wrap(ARRAY, 1, Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textIsUtf8AndLongBytesAreShortenedInMessages() {
        assertThat(Bytes.utf8("aß水").toUtf8()).isEqualTo("aß水");
        assertThat(Bytes.wrap(new byte[32])).hasToString("00".repeat(32));
        assertThat(Bytes.wrap(new byte[33])).hasToString("00".repeat(32) + "…(33 bytes)");
    }
}
