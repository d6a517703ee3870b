package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitterTest {
    @ParameterizedTest
    @CsvSource({"apple,banana,b", "band,banker,bank", "a,ab,ab", "'',x1,x", "same,samesame,sames"})
    void separatorIsTheShortestKeyAboveOneAndNotAboveTheOther(String below, String key, String expected) {
        Bytes separator = Splitter.separator(Bytes.utf8(below), Bytes.utf8(key));
        assertThat(separator).isEqualTo(Bytes.utf8(expected));
        assertThat(separator).isGreaterThan(Bytes.utf8(below)).isLessThanOrEqualTo(Bytes.utf8(key));
    }
}
