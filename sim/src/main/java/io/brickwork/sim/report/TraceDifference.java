package io.brickwork.sim.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where two runs of one seed part: the first step that is not the same in both, by their traces. */
public final class TraceDifference {
    private static final int STEPS_BEFORE = 3;
    /** What the line of a call of the user's code holds; see {@code CallLog}. */
    private static final String ASKS = " asks ";

    private TraceDifference() {}

    /**
     * Says which step it is, what it was in each run, and which line of the user's code had asked for something last.
     *
     * @param first the trace of one run in words, from its beginning
     * @return several lines; null if the traces do not differ
     */
    public static @Nullable String between(List<String> first, List<String> second) {
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
