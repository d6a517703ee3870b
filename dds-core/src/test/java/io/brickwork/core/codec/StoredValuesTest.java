package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.codec.StoredValues.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the built-in codecs have stored so far, by the file: a label, the codec's name with the classes that names had
 * in them, and bytes. All of it stays readable, and is written the same.
 */
class StoredValuesTest {
    /** A line of the file, with the codec and the value that it was made from. */
    record Line<T>(Sample<T> sample, String name, Bytes bytes) {
        @Override
        public String toString() {
            return sample.label();
        }
    }

    static List<Line<?>> lines() throws IOException {
        List<Line<?>> lines = new ArrayList<>();
        List<Sample<?>> samples = StoredValues.all();
        for (String text : stored()) {
            String[] fields = text.split("\t");
            lines.add(line(samples.get(lines.size()), fields));
        }
        assertThat(lines).hasSameSizeAs(samples);
        return lines;
    }

    private static <T> Line<T> line(Sample<T> sample, String[] fields) {
        assertThat(sample.label()).isEqualTo(fields[0]);
        return new Line<>(sample, fields[1], Bytes.wrap(HexFormat.of().parseHex(fields[2])));
    }

    @ParameterizedTest
    @MethodSource("lines")
    <T> void whatWasStoredIsReadAndWrittenTheSame(Line<T> line) {
        List<CodecUse> uses = line.sample().codec() instanceof OrderedCodec
                ? List.of(CodecUse.ORDERED_KEY)
                : List.of(CodecUse.KEY, CodecUse.VALUE);
        for (CodecUse use : uses) {
            Compatibility<T> compatibility = line.sample().codec().compatibility(line.name(), use);
            assertThat(compatibility).isInstanceOf(Compatibility.Readable.class);
            Codec<T> codec = ((Compatibility.Readable<T>) compatibility).codec();
            assertThat(codec.encode(line.sample().value())).isEqualTo(line.bytes());
            T read = codec.decode(line.bytes());
            if (read instanceof byte[] content) {
                assertThat(content).isEqualTo(line.sample().value());
            } else {
                assertThat(read).isEqualTo(line.sample().value());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    <T> void bytesOfNewStructuresAreTheSame(Line<T> line) {
        assertThat(line.sample().codec().encode(line.sample().value())).isEqualTo(line.bytes());
    }

    @Test
    void newNamesHaveNoClassesInThem() throws IOException {
        for (Line<?> line : lines()) {
            assertThat(line.sample().codec().name()).doesNotContain("brickwork", "StoredValues", "Order", "Colour");
        }
    }

    static List<String> stored() throws IOException {
        try (InputStream in = StoredValuesTest.class.getResourceAsStream("/codec/stored.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
