package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of {@code docs/evolution.md} about what older programs meet, line by line. */
class OlderProgramsTest {
    private static final List<CodecUse> USES = List.of(CodecUse.VALUE, CodecUse.KEY, CodecUse.ORDERED_KEY);

    /**
     * @param written what the newer program wrote
     * @param without what the older one reads if it reads without what it does not know
     * @param name what a refusal by name names
     */
    record Meeting<B, A>(String line, Class<B> older, A written, B without, String name) {
        @Override
        public String toString() {
            return line;
        }
    }

    static Stream<Meeting<?, ?>> meetings() {
        Before.Order order = new Before.Order(7, "n");
        return Stream.of(
                new Meeting<>(
                        "a component that the older one does not have, null or zero",
                        Before.Order.class,
                        new After.WithReference(7, "n", null),
                        order,
                        ""),
                new Meeting<>(
                        "a component that the older one does not have, something else",
                        Before.Order.class,
                        new After.WithReference(7, "n", 0),
                        order,
                        "discount"),
                new Meeting<>(
                        "a number that the older one has no room for",
                        Before.Sized.class,
                        new After.Widened(1L << 40, 0),
                        new Before.Sized(0, 0),
                        "component size was stored as Long 1099511627776"),
                new Meeting<>(
                        "null where the older one has a primitive",
                        Before.Sized.class,
                        new After.ToBoxes(null, 0f),
                        new Before.Sized(0, 0),
                        "component size is null"),
                new Meeting<>(
                        "a constant that the older one does not have",
                        Before.Painted.class,
                        new After.Repainted(After.Appended.BLUE, 4),
                        new Before.Painted(Before.Colour.RED, 4),
                        "BLUE"));
    }

    @Test
    void eachLineOfTheDocumentationIsTestedAndEachTestHasALine() throws IOException {
        assertThat(documented().keySet())
                .isEqualTo(meetings().map(Meeting::line).collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    @ParameterizedTest
    @MethodSource("meetings")
    <B, A> void whatIsReadAndWhatIsRefusedIsAsDocumented(Meeting<B, A> meeting) throws IOException {
        List<String> documented = documented().get(meeting.line());
        for (CodecUse use : USES) {
            String expected = USES.indexOf(use) < documented.size() ? documented.get(USES.indexOf(use)) : "";
            if (expected.isEmpty()) {
                continue; // such a change is not allowed
            }
            @SuppressWarnings("unchecked") // the class of the object
            Class<A> newer = (Class<A>) meeting.written().getClass();
            Codec<B> older = EvolutionTest.codec(meeting.older(), use);
            Codec<B> reader = EvolutionTest.fitted(older, older.name(), use);
            Bytes written = EvolutionTest.fitted(EvolutionTest.codec(newer, use), older.name(), use)
                    .encode(meeting.written());
            switch (expected) {
                case "read", "read without it" ->
                    assertThat(reader.decode(written)).isEqualTo(meeting.without());
                case "refused by name" ->
                    assertThatExceptionOfType(MalformedException.class)
                            .isThrownBy(() -> reader.decode(written))
                            .withMessageContaining(meeting.name());
                case "refused" ->
                    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> reader.decode(written));
                default -> throw new AssertionError("the documentation says '" + expected + "'");
            }
        }
    }

    private static Map<String, List<String>> documented() throws IOException {
        Path document = Path.of("../docs/evolution.md");
        String text = Files.readString(Files.exists(document) ? document : Path.of("docs/evolution.md"));
        Map<String, List<String>> lines = new LinkedHashMap<>();
        int begin = text.indexOf("## What an older program meets");
        for (String line :
                text.substring(begin, text.indexOf("\n## ", begin)).lines().toList()) {
            if (line.startsWith("| ")) {
                List<String> cells =
                        Arrays.stream(line.split("\\|")).map(String::strip).toList();
                lines.put(cells.get(1), cells.subList(2, cells.size()));
            }
        }
        lines.remove("what a newer program wrote");
        lines.remove("---");
        return lines;
    }
}
