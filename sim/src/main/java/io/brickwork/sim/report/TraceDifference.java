package io.brickwork.sim.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where two runs of one seed part: the first step that is not the same in both, by their traces. */
public final class TraceDifference {
    private static final int STEPS_BEFORE = 3;
    /** What the line of a call of the user's code holds; see {@code CallLog}. */
    private static final String ASKS = " asks ";

    private static final Pattern TIME = Pattern.compile(" *([0-9]+\\.[0-9]+) ms");

    private TraceDifference() {}

    /**
     * Says which step it is, what it was in each run, and which line of the user's code had asked for something last.
     *
     * @param first the trace of one run in words; of a long one only the end may have been kept
     * @return several lines; null if the traces do not differ
     */
    public static @Nullable String between(List<String> first, List<String> second) {
        double from = Math.max(beginMillis(first), beginMillis(second));
        return betweenKept(since(from, first), since(from, second));
    }

    private static @Nullable String betweenKept(List<String> first, List<String> second) {
        int common = 0;
        int shorter = Math.min(first.size(), second.size());
        while (common < shorter && first.get(common).equals(second.get(common))) {
            common++;
        }
        if (common == first.size() && common == second.size()) {
            return null;
        }
        List<String> lines = new ArrayList<>();
        lines.add("The two runs are the same for %d steps, and part at the next:".formatted(common));
        for (String step : first.subList(Math.max(0, common - STEPS_BEFORE), common)) {
            lines.add("    both    " + step);
        }
        lines.add("    first   " + step(first, common));
        lines.add("    second  " + step(second, common));
        lines.add("What the user's code had asked for last:");
        lines.add("    first   " + lastAsked(first, common));
        lines.add("    second  " + lastAsked(second, common));
        return String.join("\n", lines);
    }

    /** Two traces of which the ends were kept begin at different times. */
    private static double beginMillis(List<String> trace) {
        return trace.isEmpty() ? 0 : millis(trace.getFirst());
    }

    private static List<String> since(double fromMillis, List<String> trace) {
        return trace.stream().dropWhile(step -> millis(step) < fromMillis).toList();
    }

    /** The time at the beginning of a step's line. */
    private static double millis(String step) {
        Matcher time = TIME.matcher(step);
        return time.lookingAt() ? Double.parseDouble(time.group(1)) : 0;
    }

    private static String step(List<String> trace, int index) {
        return index < trace.size() ? trace.get(index) : "(has ended)";
    }

    /** The parting step itself, if it is the user's; else the last one before it. */
    private static String lastAsked(List<String> trace, int index) {
        for (int i = Math.min(index, trace.size() - 1); i >= 0; i--) {
            if (trace.get(i).contains(ASKS)) {
                return trace.get(i);
            }
        }
        return "nothing yet";
    }
}
