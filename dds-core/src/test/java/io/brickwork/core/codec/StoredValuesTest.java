package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.codec.StoredValues.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the built-in codecs have stored so far, by the file: a label, the codec's name, and bytes. */
class StoredValuesTest {
    @Test
    void namesAndBytesAreThoseOfTheFile() throws IOException {
        List<String> lines = StoredValues.all().stream()
                .map(sample -> line(sample))
                .toList();
        assertThat(lines).isEqualTo(stored());
    }

    private static <T> String line(Sample<T> sample) {
        Bytes bytes = sample.codec().encode(sample.value());
        return sample.label() + "\t" + sample.codec().name() + "\t" + HexFormat.of().formatHex(bytes.toArray());
    }

    static List<String> stored() throws IOException {
        try (InputStream in = StoredValuesTest.class.getResourceAsStream("/codec/stored.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
