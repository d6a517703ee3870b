package io.brickwork.client.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.CodecUse;
import io.brickwork.core.codec.Compatibility;
import io.brickwork.core.codec.Compatibility.Readable;
import io.brickwork.core.codec.Compatibility.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of registered classes in {@code docs/evolution.md}, line by line; and the names that structures of earlier
 * releases have.
 */
class KryoEvolutionTest {
    interface Shape {}

    /** {@link Shape} with another name. */
    interface Figure {}

    static class Circle implements Shape, Figure {
        int radius;
    }

    static class Round {
        int radius;
    }

    abstract static class Vehicle {}

    static final class Car extends Vehicle {
        int wheels;
    }

    record Listed(int id, List<String> tags) {}

    record Plain(int id) {}

    private static final CodecRegistry NOW = CodecRegistry.builder()
            .register(Round.class, 100)
            .register(Circle.class, 101)
            .register(Car.class, 102)
            .register(Plain.class, 103)
            .register(Listed.class, 104)
            .build();

    /** @param names what the catalog may have for the type before */
    record Change(String line, List<String> names, Class<?> after) {
        @Override
        public String toString() {
            return line;
        }
    }

    static Stream<Change> changes() {
        return Stream.of(
                new Change(
                        "the class is renamed or moved, and keeps its number",
                        List.of("kryo/1:#100", "kryo/1:com.shop.Ring"),
                        Round.class),
                new Change(
                        "the interface or abstract class that a structure was opened with is renamed",
                        List.of("kryo/1:*", "kryo/1:com.shop.Form"),
                        Figure.class),
                new Change(
                        "the class becomes abstract or an interface, and what was stored is registered below it",
                        List.of("kryo/1:#102", "kryo/1:" + Car.class.getName()),
                        Vehicle.class),
                new Change(
                        "a registered record loses what kept it from being built in",
                        List.of("kryo/1:#103", "kryo/1:" + Plain.class.getName()),
                        Plain.class),
                new Change(
                        "a registered record gets what keeps it from being built in",
                        List.of("record:(id:!int/1)/1", "record:" + Listed.class.getName() + "(id:!int/1)/1"),
                        Listed.class),
                new Change(
                        "the class gets another number",
                        List.of("kryo/1:#100", "kryo/1:" + Round.class.getName()),
                        Circle.class),
                new Change("the number is not registered in this program", List.of("kryo/1:#4711"), Round.class));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatTheDocumentationAllowsIsReadAndWhatItDoesNotIsRefusedWithWhatToDo(Change change) throws IOException {
        boolean isAllowed = documented().get(change.line());
        for (String name : change.names()) {
            for (CodecUse use : List.of(CodecUse.VALUE, CodecUse.KEY)) {
                Compatibility<?> compatibility = NOW.codecFor(change.after()).compatibility(name, use);
                if (isAllowed) {
                    assertThat(compatibility).as(name).isInstanceOf(Readable.class);
                } else {
                    assertThat(compatibility)
                            .as(name)
                            .isInstanceOfSatisfying(
                                    Refused.class,
                                    refused ->
                                            assertThat(refused.reason()).containsAnyOf("open it with", "register it"));
                }
            }
        }
    }

    @Test
    void eachLineOfTheDocumentationIsTestedAndEachTestHasALine() throws IOException {
        assertThat(documented().keySet())
                .isEqualTo(changes().map(Change::line).collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    @Test
    void namesHaveNumbersAndNoClassesInThem() {
        assertThat(NOW.codecFor(Round.class).name()).isEqualTo("kryo/1:#100");
        assertThat(NOW.codecFor(ArrayList.class).name()).isEqualTo("kryo/1:#20");
        assertThat(NOW.codecFor(Shape.class).name()).isEqualTo("kryo/1:*");
        assertThat(NOW.codecFor(Plain.class).name()).isEqualTo("record:(id:!int/1)/1");
    }

    @Test
    void aStructureOfAnEarlierReleaseIsOpenedByTheSameClass() {
        for (Class<?> type : List.of(Round.class, Shape.class, ArrayList.class)) {
            assertThat(NOW.codecFor(type).compatibility("kryo/1:" + type.getName(), CodecUse.VALUE))
                    .isInstanceOf(Readable.class);
        }
        assertThat(NOW.codecFor(ArrayList.class).compatibility("kryo/1:java.util.LinkedList", CodecUse.VALUE))
                .isInstanceOf(Refused.class);
    }

    @Test
    void aRenamedClassReadsWhatWasStoredAndAnotherOneIsRefusedWhereItIsRead() {
        Round round = new Round();
        round.radius = 5;
        CodecRegistry before =
                CodecRegistry.builder().register(Circle.class, 100).build();
        Circle circle = new Circle();
        circle.radius = 5;
        Codec<Round> codec = readable(NOW.codecFor(Round.class), "kryo/1:com.shop.Ring");
        assertThat(codec.decode(before.codecFor(Circle.class).encode(circle)).radius)
                .isEqualTo(5);
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> codec.decode(NOW.codecFor(Circle.class).encode(circle)));
    }

    @Test
    void aRecordThatNeedsKryoNoMoreIsReadWithItWhereItWasStoredWithIt() {
        Codec<Plain> codec = readable(NOW.codecFor(Plain.class), "kryo/1:#103");
        assertThat(codec.name()).isEqualTo("kryo/1:#103");
        assertThat(codec.decode(codec.encode(new Plain(7)))).isEqualTo(new Plain(7));
        assertThat(readable(NOW.codecFor(Plain.class), "record:com.shop.Plain(id:!int/1)/1")
                        .encode(new Plain(7)))
                .hasToString("00000007");
    }

    private static <T> Codec<T> readable(Codec<T> codec, String storedName) {
        return switch (codec.compatibility(storedName, CodecUse.VALUE)) {
            case Readable<T>(Codec<T> readable) -> readable;
            case Refused<T>(String reason) -> throw new AssertionError(reason);
        };
    }

    private static Map<String, Boolean> documented() throws IOException {
        Path document = Path.of("../docs/evolution.md");
        String text = Files.readString(Files.exists(document) ? document : Path.of("docs/evolution.md"));
        Map<String, Boolean> lines = new LinkedHashMap<>();
        int begin = text.indexOf("## Classes registered for Kryo");
        for (String line :
                text.substring(begin, text.indexOf("\n## ", begin)).lines().toList()) {
            String[] cells = line.split("\\|");
            if (line.startsWith("| ") && cells.length == 3) {
                lines.put(cells[1].strip(), cells[2].strip().startsWith("yes"));
            }
        }
        lines.remove("change");
        lines.remove("---");
        return lines;
    }
}
