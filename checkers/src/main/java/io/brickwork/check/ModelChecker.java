package io.brickwork.check;

import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the operations on an object can be put into one order that respects real time and in which each
 * answer is the one that a model gives (Herlihy and Wing 1990). {@link ModelSearch} looks for the order.
 *
 * <p>The problem is NP-complete, so the search is bounded in steps, and giving up is a verdict of its own.
 *
 * @see LinearizabilityChecker which does the same for the operations of a map, faster
 */
public final class ModelChecker<S, I, O extends @Nullable Object> {
    /** For one attempt to find what would have been right. */
    private static final long EXPLAINING_STEPS = 100_000;
    /** So many operations before the one at fault are shown. */
    private static final int SHOWN = 8;

    private final Model<S, I, O> model;
    private final long maxSteps;

    /** @param maxSteps how many placements may be tried for each part of the object; at least 1 */
    public ModelChecker(Model<S, I, O> model, long maxSteps) {
        Check.argument(maxSteps >= 1, "%d steps", maxSteps);
        this.model = model;
        this.maxSteps = maxSteps;
    }

    /** What the search found. */
    public sealed interface Verdict {
        /** There is such an order, for each part of the object. */
        record Linearizable() implements Verdict {}

        /**
         * There is none.
         *
         * @param explanation which answer no order explains, what would have been right, and what was under way:
         *     several lines
         */
        record Violation(String explanation) implements Verdict {}

        /**
         * The steps ran out.
         *
         * @param part of the object for which they did
         * @param operations how many concern it
         */
        record Undecided(Object part, int operations) implements Verdict {}
    }

    /** @param calls that may have happened, in any order */
    public Verdict check(List<ModelCall<I, O>> calls) {
        Map<Object, List<ModelCall<I, O>>> parts = new LinkedHashMap<>();
        calls.stream()
                .sorted(Comparator.comparingLong(ModelCall::invokedAt))
                .forEach(call -> parts.computeIfAbsent(model.part(call.input()), part -> new ArrayList<>())
                        .add(call));
        Verdict verdict = new Verdict.Linearizable();
        for (Map.Entry<Object, List<ModelCall<I, O>>> part : parts.entrySet()) {
            switch (search(part.getValue(), maxSteps)) {
                case FOUND -> {}
                case GAVE_UP ->
                    verdict =
                            new Verdict.Undecided(part.getKey(), part.getValue().size());
                case NONE -> {
                    return new Verdict.Violation(explanation(part.getKey(), part.getValue()));
                }
            }
        }
        return verdict;
    }

    private OrderSearch.Answer search(List<ModelCall<I, O>> byInvocation, long steps) {
        return new ModelSearch<>(model, byInvocation, null).run(steps);
    }

    // ---- what is at fault

    private String explanation(Object part, List<ModelCall<I, O>> all) {
        List<ModelCall<I, O>> beginning =
                Beginnings.shortestWrong(all, some -> search(some, maxSteps) == OrderSearch.Answer.NONE);
        ModelCall<I, O> culprit = Beginnings.lastAnswered(beginning);
        Set<O> right = rightAnswers(beginning, culprit);
        StringBuilder text = new StringBuilder(
                "no order of the operations on %s explains this answer:\n  %s\n".formatted(part, culprit));
        if (!right.isEmpty()) {
            text.append("right would have been: ")
                    .append(String.join(
                            ", or ",
                            right.stream().map(String::valueOf).sorted().toList()))
                    .append('\n');
        }
        append(
                text,
                "under way at the same time",
                beginning.stream()
                        .filter(call -> !call.equals(culprit) && call.endedAt() > culprit.invokedAt())
                        .toList());
        List<ModelCall<I, O>> before = beginning.stream()
                .filter(call -> call.endedAt() < culprit.invokedAt())
                .toList();
        append(
                text,
                before.size() > SHOWN ? "the last of " + before.size() + " operations before it" : "before it",
                before.subList(Math.max(0, before.size() - SHOWN), before.size()));
        return text.toString().stripTrailing();
    }

    private static <T> void append(StringBuilder text, String title, List<T> lines) {
        if (!lines.isEmpty()) {
            text.append(title).append(":\n");
            lines.forEach(line -> text.append("  ").append(line).append('\n'));
        }
    }

    /** With which answers in the place of the culprit's there is an order. */
    private Set<O> rightAnswers(List<ModelCall<I, O>> beginning, ModelCall<I, O> culprit) {
        ModelCall<I, O> open = culprit.asOpen();
        ModelSearch<S, I, O> search = new ModelSearch<>(model, replaced(beginning, culprit, open), open);
        search.run(EXPLAINING_STEPS);
        Set<O> answers = search.possibleAnswers();
        answers.removeIf(answer -> {
            ModelCall<I, O> other = culprit.answered(answer, culprit.endedAt(), culprit.endedNanos());
            return search(replaced(beginning, culprit, other), EXPLAINING_STEPS) != OrderSearch.Answer.FOUND;
        });
        return answers;
    }

    private List<ModelCall<I, O>> replaced(
            List<ModelCall<I, O>> beginning, ModelCall<I, O> before, ModelCall<I, O> after) {
        return beginning.stream()
                .map(call -> call.equals(before) ? after : call)
                .toList();
    }
}
