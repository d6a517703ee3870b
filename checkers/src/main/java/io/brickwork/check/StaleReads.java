package io.brickwork.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What reads may show that ask any replica for whatever it has ({@link io.brickwork.core.ReadMode#STALE}): nothing, or
 * a value that somebody had asked to write under this key before the answer came. The value may be old, and it may
 * never commit; so such reads stand beside the history, where no other checker sees them.
 */
public final class StaleReads {
    /**
     * An answer.
     *
     * @param value what was shown; null is nothing
     * @param endedAt its place among the invocations and responses of the history
     */
    public record StaleRead(
            String client, String key, @Nullable String value, long endedAt) {}

    private StaleReads() {}

    public static List<Finding> check(History history, List<StaleRead> reads) {
        TreeMap<String, List<Observation>> byKey = history.byKey();
        List<Finding> findings = new ArrayList<>();
        for (StaleRead read : reads) {
            TreeSet<String> asked = new TreeSet<>();
            for (Observation observation : byKey.getOrDefault(read.key(), List.of())) {
                String argument = observation.call().argument();
                if (argument != null && observation.invokedAt() < read.endedAt()) {
                    asked.add(argument);
                }
            }
            for (String value : values(read.value())) {
                if (!asked.contains(value)) {
                    findings.add(new Finding(
                            "stale-read",
                            "key " + read.key() + ": " + read + " shows " + value
                                    + ", which nobody had asked to write there"));
                }
            }
        }
        return findings;
    }

    /** Text that was appended to is several values, each behind a comma. */
    private static List<String> values(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .filter(part -> !part.isEmpty())
                        .toList();
    }
}
