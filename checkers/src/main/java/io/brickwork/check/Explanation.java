package io.brickwork.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says in words why no order fits: which answers cannot stand side by side, and where each value that was seen came
 * from.
 */
final class Explanation {
    private static final String LINE = "\n    ";
    private static final String REMARK = "\n        ";

    private Explanation() {}

    /**
     * @param culprit the first answer that fits no more
     * @param offending answers that no order explains, by invocation
     * @param all operations on the key
     */
    static String of(Observation culprit, List<Observation> offending, List<Observation> all) {
        StringBuilder text = new StringBuilder("key ")
                .append(culprit.call().key())
                .append(": no order explains ")
                .append(offending.size() == 1 ? "this answer" : "these " + offending.size() + " answers");
        for (Observation answer : offending) {
            text.append(LINE).append(answer);
            if (answer.equals(culprit) && offending.size() > 1) {
                text.append("   <- the first that fits no more");
            }
            String seen = seen(answer);
            if (seen != null) {
                text.append(REMARK).append(origin(answer, seen, offending, all));
            }
        }
        int others = all.size() - offending.size();
        if (others > 0) {
            text.append(LINE)
                    .append(others == 1 ? "The other operation does" : "The " + others + " other operations do")
                    .append(" not help, whenever after its invocation each may have taken effect, or not at all.");
        }
        return text.toString();
    }

    /** The value that an answer shows to have been there. */
    private static @Nullable String seen(Observation answer) {
        return switch (answer.call().kind()) {
            case GET, PUT, REMOVE, PUT_IF_ABSENT, REPLACE -> answer.result();
            case REPLACE_IF, REMOVE_IF ->
                "true".equals(answer.result()) ? answer.call().expected() : null;
            case SET, DELETE, APPEND -> null;
        };
    }

    private static String origin(Observation answer, String seen, List<Observation> offending, List<Observation> all) {
        // What was appended to is text of several values; the last one says who wrote it like that.
        String value = seen.substring(seen.lastIndexOf(',') + 1);
        List<Observation> writers = new ArrayList<>();
        for (Observation candidate : all) {
            if (Objects.equals(candidate.call().argument(), value) && candidate.number() != answer.number()) {
                writers.add(candidate);
            }
        }
        if (writers.isEmpty()) {
            return "nobody else ever wrote " + value;
        }
        List<Observation> possible = writers.stream()
                .filter(o -> o.ending() != Observation.Ending.DID_NOT_HAPPEN)
                .toList();
        if (possible.isEmpty()) {
            return value + " can only come from what certainly did not happen: " + writers.getFirst();
        }
        Observation writer = possible.getFirst();
        if (possible.size() > 1) {
            return possible.size() + " operations bring " + value + ", the first is " + writer;
        }
        if (writer.invokedAt() > answer.endedAt()) {
            return value + " was written only afterwards: " + writer;
        }
        boolean isShown = offending.stream().anyMatch(o -> o.number() == writer.number());
        return value + " comes from " + (isShown ? "#" + writer.number() : writer.toString());
    }
}
