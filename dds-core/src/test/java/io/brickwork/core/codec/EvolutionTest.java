package io.brickwork.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
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
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first table of {@code docs/evolution.md}, line by line. */
class EvolutionTest {
    private static final List<CodecUse> USES = List.of(CodecUse.VALUE, CodecUse.KEY, CodecUse.ORDERED_KEY);

    /**
     * A change of a type.
     *
     * @param line what the documentation calls it
     * @param objects objects of the type before, each with what it is after; and where it matters, objects that only
     *     the type after has, with what an older program reads in a value
     */
    record Change<B, A>(String line, Class<B> before, Class<A> after, List<Pair<B, A>> objects, List<A> news) {
        @Override
        public String toString() {
            return line + ": " + after.getSimpleName();
        }
    }

    record Pair<B, A>(B before, A after) {}

    private static <B, A> Change<B, A> change(
            String line, Class<B> before, Class<A> after, List<Pair<B, A>> objects, List<A> news) {
        return new Change<>(line, before, after, objects, news);
    }

    private static <B, A> Change<B, A> refused(String line, Class<B> before, Class<A> after) {
        return new Change<>(line, before, after, List.of(), List.of());
    }

    private static <B, A> List<Pair<B, A>> pairs(B before, A after) {
        return List.of(new Pair<>(before, after));
    }

    static Stream<Change<?, ?>> changes() {
        Before.Order order = new Before.Order(7, "n");
        Before.Sized sized = new Before.Sized(-5, 1.5f);
        return Stream.of(
                change(
                        "the class is renamed or moved",
                        Before.Order.class,
                        After.Invoice.class,
                        pairs(order, new After.Invoice(7, "n")),
                        List.of()),
                change(
                        "a component of a reference type is added at the end",
                        Before.Order.class,
                        After.WithReference.class,
                        pairs(order, new After.WithReference(7, "n", null)),
                        List.of(new After.WithReference(7, "n", 0), new After.WithReference(7, "n", -1))),
                change(
                        "a `boolean` or a `char` is added at the end",
                        Before.Order.class,
                        After.WithFlag.class,
                        pairs(order, new After.WithFlag(7, "n", false)),
                        List.of(new After.WithFlag(7, "n", true))),
                change(
                        "a `boolean` or a `char` is added at the end",
                        Before.Order.class,
                        After.WithChar.class,
                        pairs(order, new After.WithChar(7, "n", '\0')),
                        List.of(new After.WithChar(7, "n", 'a'))),
                change(
                        "another primitive is added at the end",
                        Before.Order.class,
                        After.WithNumber.class,
                        pairs(order, new After.WithNumber(7, "n", 0)),
                        List.of(new After.WithNumber(7, "n", -1))),
                change(
                        "a component is added that is a record",
                        Before.Order.class,
                        After.WithRecord.class,
                        pairs(order, new After.WithRecord(7, "n", null)),
                        List.of(
                                new After.WithRecord(7, "n", new After.Place("Ulm", 0)),
                                new After.WithRecord(7, "n", new After.Place("", 9)))),
                change(
                        "a component is added elsewhere than at the end",
                        Before.Order.class,
                        After.WithFirst.class,
                        pairs(order, new After.WithFirst(null, 7, "n")),
                        List.of(new After.WithFirst(5, 7, "n"))),
                change(
                        "a component is added to a record within the record",
                        Before.Person.class,
                        After.Longer.class,
                        pairs(
                                new Before.Person("p", new Before.Address("s", 1)),
                                new After.Longer("p", new After.LongAddress("s", 1, null))),
                        List.of(new After.Longer("p", new After.LongAddress("s", 1, "t")))),
                change(
                        "components change places",
                        Before.Order.class,
                        After.Swapped.class,
                        pairs(order, new After.Swapped("n", 7)),
                        List.of()),
                change(
                        "a component is removed",
                        Before.Order.class,
                        After.WithoutNote.class,
                        pairs(order, new After.WithoutNote(7)),
                        List.of()),
                change(
                        "a component is renamed, with `@Formerly`",
                        Before.Order.class,
                        After.Renamed.class,
                        pairs(order, new After.Renamed(7, "n")),
                        List.of()),
                refused("a component is renamed, without it", Before.Order.class, After.RenamedSilently.class),
                change(
                        "a component is removed and a like one added, with `@Removed`",
                        Before.Order.class,
                        After.Replaced.class,
                        pairs(order, new After.Replaced("n", null)),
                        List.of()),
                change(
                        "a component is removed and a like one added, with `@Removed`",
                        Before.Parcel.class,
                        After.Parcel.class,
                        pairs(new Before.Parcel(3, "t", 9), new After.Parcel(3, "t", null)),
                        List.of()),
                refused(
                        "a component is removed and a like one added, without it",
                        Before.Order.class,
                        After.ReplacedSilently.class),
                change(
                        "a component is widened: `byte`, `short`, `int`, `long`, or `float`, `double`",
                        Before.Sized.class,
                        After.Widened.class,
                        pairs(sized, new After.Widened(-5, 1.5)),
                        List.of(new After.Widened(1L << 40, 1.5), new After.Widened(-5, 0.1))),
                refused("a component is narrowed", Before.Sized.class, After.Narrowed.class),
                change(
                        "a primitive becomes its box",
                        Before.Sized.class,
                        After.ToBoxes.class,
                        pairs(sized, new After.ToBoxes(-5, 1.5f)),
                        List.of(new After.ToBoxes(null, 1.5f))),
                refused("a box becomes its primitive", Before.Boxed.class, After.ToPrimitive.class),
                refused("a component gets another type", Before.Order.class, After.Retyped.class),
                refused("none of the components is left", Before.Order.class, After.Unrelated.class),
                change(
                        "a constant is appended",
                        Before.Colour.class,
                        After.Appended.class,
                        pairs(Before.Colour.GREEN, After.Appended.GREEN),
                        List.of(After.Appended.BLUE)),
                change(
                        "a constant of an enum within a record is appended",
                        Before.Painted.class,
                        After.Repainted.class,
                        pairs(new Before.Painted(Before.Colour.GREEN, 4), new After.Repainted(After.Appended.GREEN, 4)),
                        List.of(new After.Repainted(After.Appended.BLUE, 4))),
                change(
                        "a constant is inserted, or constants change places",
                        Before.Colour.class,
                        After.Inserted.class,
                        pairs(Before.Colour.GREEN, After.Inserted.GREEN),
                        List.of(After.Inserted.BLUE)),
                change(
                        "a constant is inserted, or constants change places",
                        Before.Colour.class,
                        After.Moved.class,
                        pairs(Before.Colour.GREEN, After.Moved.GREEN),
                        List.of()),
                change(
                        "a constant is renamed, with `@Formerly`",
                        Before.Colour.class,
                        After.RenamedColour.class,
                        pairs(Before.Colour.RED, After.RenamedColour.CRIMSON),
                        List.of()),
                refused("a constant is renamed, without it", Before.Colour.class, After.RenamedSilentlyColour.class),
                refused("a constant is removed", Before.Colour.class, After.Fewer.class),
                change(
                        "`Integer` becomes `Long`",
                        Integer.class,
                        Long.class,
                        List.of(new Pair<>(-7, -7L), new Pair<>(Integer.MIN_VALUE, (long) Integer.MIN_VALUE)),
                        List.of(1L << 31, Long.MIN_VALUE)),
                change(
                        "`Float` becomes `Double`",
                        Float.class,
                        Double.class,
                        List.of(new Pair<>(-0.0f, -0.0), new Pair<>(Float.NaN, Double.NaN), new Pair<>(1.5f, 1.5)),
                        List.of(0.1, Double.MAX_VALUE)),
                refused("`Long` becomes `Integer`", Long.class, Integer.class),
                refused("`Integer` becomes `Double`", Integer.class, Double.class),
                refused("`String` becomes `UUID`", String.class, UUID.class));
    }

    @Test
    void eachLineOfTheDocumentationIsTestedAndEachTestHasALine() throws IOException {
        assertThat(documented().keySet())
                .isEqualTo(changes().map(Change::line).collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    <B, A> void whatTheDocumentationAllowsIsReadAndWhatItDoesNotIsRefusedWithWhatToDo(Change<B, A> change)
            throws IOException {
        List<Boolean> allowed = documented().get(change.line());
        for (CodecUse use : USES) {
            Codec<B> older = codec(change.before(), use);
            boolean isAllowed = allowed.get(USES.indexOf(use));
            for (String storedName : List.of(older.name(), shape(older).nameWithClass())) {
                Compatibility<A> compatibility = codec(change.after(), use).compatibility(storedName, use);
                if (compatibility instanceof Refused<A>(String reason)) {
                    assertThat(isAllowed).as("%s: %s", use, reason).isFalse();
                    assertThat(reason).containsAnyOf("copy into a new structure", "annotate");
                    continue;
                }
                // Names of former times do not say an enum's constants, so what has gone from it is found when it is
                // met.
                boolean isFoundLater =
                        storedName.startsWith("enum:") && storedName.endsWith("/1") && !storedName.contains("(");
                if (isFoundLater && !isAllowed) {
                    continue;
                }
                assertThat(isAllowed).as("%s of %s", use, storedName).isTrue();
                Codec<A> newer = ((Readable<A>) compatibility).codec();
                for (Pair<B, A> pair : change.objects()) {
                    Bytes stored = older.encode(pair.before());
                    assertThat(newer.decode(stored)).isEqualTo(pair.after());
                    if (!isLossy(change)) {
                        assertThat(newer.encode(pair.after()))
                                .as("equal in all versions")
                                .isEqualTo(stored);
                    }
                }
                for (A news : change.news()) {
                    assertThat(newer.decode(newer.encode(news))).isEqualTo(news);
                    olderReadsOrRefuses(change, fitted(older, storedName, use), newer.encode(news), use);
                }
            }
        }
    }

    /**
     * What an older program makes of an object that only the newer type has: a value may be read without the component;
     * a key never.
     */
    private static <B, A> void olderReadsOrRefuses(Change<B, A> change, Codec<B> older, Bytes stored, CodecUse use) {
        boolean isReadWithout = use == CodecUse.VALUE && change.line().contains("is added");
        if (isReadWithout) {
            assertThat(older.decode(stored))
                    .isEqualTo(change.objects().getFirst().before());
        } else {
            assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> older.decode(stored));
        }
    }

    private static boolean isLossy(Change<?, ?> change) {
        return change.line().contains("removed");
    }

    @Test
    void aComponentThatWasRemovedIsNullOrZeroForOlderPrograms() {
        Codec<After.Replaced> newer = fitted(
                Codecs.record(After.Replaced.class),
                Codecs.record(Before.Order.class).name(),
                CodecUse.VALUE);
        assertThat(fitted(
                                Codecs.record(Before.Order.class),
                                Codecs.record(Before.Order.class).name(),
                                CodecUse.VALUE)
                        .decode(newer.encode(new After.Replaced("n", 5L))))
                .isEqualTo(new Before.Order(0, "n"));
    }

    @Test
    void refusalsNameBothAndWhatToDo() {
        assertThat(refusal(
                        Codecs.record(After.RenamedSilently.class), Codecs.record(Before.Order.class), CodecUse.VALUE))
                .isEqualTo(
                        "component id: long is gone, and key: long is new: if it was renamed, annotate key with @Formerly(\"id\"); if not, annotate the record with @Removed(\"id\")");
        assertThat(refusal(
                        OrderedCodecs.of(After.WithNumber.class),
                        OrderedCodecs.of(Before.Order.class),
                        CodecUse.ORDERED_KEY))
                .isEqualTo(
                        "component discount: int is new; keys that were stored without it sort before all others, and its default does not: declare it as Integer, which is null for them, or copy into a new structure (docs/evolution.md has the lines for it)");
        assertThat(refusal(Codecs.int32(), Codecs.int64(), CodecUse.VALUE))
                .isEqualTo(
                        "was stored as Long, and not each of its values is one of Integer: keep the wider type, or copy into a new structure (docs/evolution.md has the lines for it)");
    }

    private static String refusal(Codec<?> mine, Codec<?> stored, CodecUse use) {
        return mine.compatibility(stored.name(), use) instanceof Refused<?>(String reason) ? reason : "readable";
    }

    static <T> Codec<T> codec(Class<T> type, CodecUse use) {
        return use == CodecUse.ORDERED_KEY
                ? OrderedCodecs.of(type)
                : Codecs.find(type).orElseThrow();
    }

    static <T> Codec<T> fitted(Codec<T> codec, String storedName, CodecUse use) {
        return switch (codec.compatibility(storedName, use)) {
            case Readable<T>(Codec<T> fitted) -> fitted;
            case Refused<T>(String reason) -> throw new AssertionError(reason);
        };
    }

    private static Shape shape(Codec<?> codec) {
        return codec instanceof OrderedPlain<?> ordered ? ordered.plain().shape() : ((PlainCodec<?>) codec).shape();
    }

    /**
     * Each change of the documentation's first table, and whether it is allowed in a value, a key, and a tree's key.
     */
    private static Map<String, List<Boolean>> documented() throws IOException {
        Path document = Path.of("../docs/evolution.md");
        Map<String, List<Boolean>> lines = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Files.exists(document) ? document : Path.of("docs/evolution.md"))) {
            String[] cells = line.split("\\|");
            if (line.startsWith("| ") && cells.length == 5) {
                List<Boolean> allowed = new ArrayList<>();
                for (int i = 2; i < cells.length; i++) {
                    allowed.add(cells[i].strip().startsWith("yes"));
                }
                lines.put(cells[1].strip(), allowed);
            }
            if (line.startsWith("## What an older")) {
                break;
            }
        }
        lines.remove("change");
        lines.remove("---");
        return lines;
    }
}
