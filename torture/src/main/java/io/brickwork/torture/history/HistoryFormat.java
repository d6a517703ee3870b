package io.brickwork.torture.history;

import io.brickwork.check.Call;
import io.brickwork.core.Check;
import io.brickwork.core.Version;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a history file; words are separated by single blanks, what is absent is {@code -}:
 *
 * <pre>
 * i NUMBER NANOS CLIENT PARTITION KIND KEY ARGUMENT EXPECTED   an operation begins
 * d NUMBER NANOS EPOCH SEQ RESULT                              it was done
 * n NUMBER NANOS                                               it certainly did not happen
 * u NUMBER NANOS                                               nobody can tell
 * </pre>
 */
final class HistoryFormat {
    private static final String NOTHING = "-";

    private HistoryFormat() {}

    static String invoke(long number, long nanos, String client, String partition, Call call) {
        return String.join(
                " ",
                "i",
                Long.toString(number),
                Long.toString(nanos),
                client,
                partition,
                call.kind().name(),
                call.key(),
                word(call.argument()),
                word(call.expected()));
    }

    static String done(long number, long nanos, @Nullable String result, Version version) {
        return "d %d %d %d %d %s".formatted(number, nanos, version.epoch(), version.seq(), word(result));
    }

    static String didNotHappen(long number, long nanos) {
        return "n %d %d".formatted(number, nanos);
    }

    static String unknown(long number, long nanos) {
        return "u %d %d".formatted(number, nanos);
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Line parse(String line) {
        String[] words = line.split(" ", -1);
        int expected = switch (words[0]) {
            case "i" -> 9;
            case "d" -> 6;
            case "n", "u" -> 3;
            default -> throw new IllegalArgumentException("a line does not begin with '" + words[0] + "'");
        };
        Check.argument(words.length == expected, "%d words instead of %d", words.length, expected);
        long number = Long.parseLong(words[1]);
        long nanos = Long.parseLong(words[2]);
        return switch (words[0]) {
            case "i" ->
                new Line.Invoked(
                        number,
                        nanos,
                        words[3],
                        words[4],
                        new Call(Call.Kind.valueOf(words[5]), words[6], text(words[7]), text(words[8])));
            case "d" ->
                new Line.Done(
                        number, nanos, text(words[5]), new Version(Long.parseLong(words[3]), Long.parseLong(words[4])));
            case "n" -> new Line.DidNotHappen(number, nanos);
            default -> new Line.Unknown(number, nanos);
        };
    }

    /** What a line says. */
    sealed interface Line {
        long number();

        long nanos();

        record Invoked(long number, long nanos, String client, String partition, Call call) implements Line {}

        record Done(long number, long nanos, @Nullable String result, Version version) implements Line {}

        record DidNotHappen(long number, long nanos) implements Line {}

        record Unknown(long number, long nanos) implements Line {}
    }

    private static String word(@Nullable String text) {
        Check.argument(
                text == null || (!text.isEmpty() && !text.equals(NOTHING) && text.indexOf(' ') < 0),
                "'%s' is not a word",
                text);
        return text == null ? NOTHING : text;
    }

    private static @Nullable String text(String word) {
        return word.equals(NOTHING) ? null : word;
    }
}
