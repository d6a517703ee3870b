package io.brickwork.check;

import io.brickwork.core.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Decides whether the operations on one key can be put into one order that respects real time and in which each result
 * is right (Herlihy, Wing 1990). {@link OrderSearch} looks for the order.
 *
 * <p>An operation that stays open may be placed anywhere after its invocation, or nowhere; one that certainly did not
 * happen may be placed nowhere. The problem is NP-complete, so the search is bounded in steps, and giving up is a
 * verdict of its own.
 *
 * <p>What no order explains is reduced to the answers that matter. A history is only made weaker by forgetting a read,
 * or by forgetting what a write answered and when; so if what is left has no order either, what was forgotten was not
 * the reason.
 */
public final class LinearizabilityChecker {
    /** For one attempt to do without some of the answers. */
    private static final long REDUCING_STEPS = 20_000;

    private final long maxSteps;

    /** @param maxSteps how many placements may be tried; at least 1 */
    public LinearizabilityChecker(long maxSteps) {
        Check.argument(maxSteps >= 1, "%d steps", maxSteps);
        this.maxSteps = maxSteps;
    }

    /** What the search found. */
    public sealed interface Verdict {
        /** There is such an order. */
        record Linearizable() implements Verdict {}

        /**
         * There is none.
         *
         * @param culprit the first response that leaves no order
         * @param offending answers that no order explains, the culprit's among them, by invocation; without any one of
         *     them the search finds an order, or gives up
         * @param explanation the same in words, several lines
         */
        record Violation(Observation culprit, List<Observation> offending, String explanation) implements Verdict {
            public Violation {
                offending = List.copyOf(offending);
            }
        }

        /** The steps ran out. */
        record Undecided(long steps) implements Verdict {}
    }

    /** @param observations of one key, in any order */
    public Verdict check(List<Observation> observations) {
        List<Observation> relevant = observations.stream()
                .filter(o -> o.ending() != Observation.Ending.DID_NOT_HAPPEN)
                .filter(LinearizabilityChecker::says)
                .sorted(Comparator.comparingLong(Observation::invokedAt))
                .toList();
        return switch (new OrderSearch(relevant).run(maxSteps)) {
            case FOUND -> new Verdict.Linearizable();
            case GAVE_UP -> new Verdict.Undecided(maxSteps);
            case NONE -> violation(observations, relevant);
        };
    }

    /** Whether it can make a difference to others: an open read cannot. */
    private static boolean says(Observation observation) {
        return observation.isDone() || !observation.call().isRead();
    }

    private static List<Observation> saying(List<Observation> observations) {
        return observations.stream().filter(LinearizabilityChecker::says).toList();
    }

    private static boolean hasNoOrder(List<Observation> byInvocation, long steps) {
        return new OrderSearch(byInvocation).run(steps) == OrderSearch.Answer.NONE;
    }

    private Verdict violation(List<Observation> all, List<Observation> relevant) {
        List<Observation> beginning =
                saying(Beginnings.shortestWrong(relevant, some -> hasNoOrder(saying(some), maxSteps)));
        Observation culprit = Beginnings.lastAnswered(beginning);
        List<Observation> offending = offending(beginning, culprit);
        return new Verdict.Violation(culprit, offending, Explanation.of(culprit, offending, all));
    }

    /** Forgets answers as long as what is left has no order: first many at a time, then fewer, then each alone. */
    private static List<Observation> offending(List<Observation> beginning, Observation culprit) {
        List<Observation> kept = new ArrayList<>(
                beginning.stream().filter(o -> o.isDone() && !o.equals(culprit)).toList());
        for (int size = Math.max(1, kept.size() / 2); size >= 1; size /= 2) {
            for (int from = 0; from < kept.size(); ) {
                List<Observation> part = kept.subList(from, Math.min(from + size, kept.size()));
                List<Observation> without = new ArrayList<>(kept);
                without.removeAll(part);
                without.add(culprit);
                if (hasNoOrder(keepingOnly(beginning, without), REDUCING_STEPS)) {
                    part.clear();
                } else {
                    from += size;
                }
            }
        }
        kept.add(culprit);
        kept.sort(Comparator.comparingLong(Observation::invokedAt));
        return kept;
    }

    /** The same history with only these answers known. */
    private static List<Observation> keepingOnly(List<Observation> beginning, List<Observation> answered) {
        TreeSet<Integer> numbers = new TreeSet<>();
        answered.forEach(o -> numbers.add(o.number()));
        return saying(beginning.stream()
                .map(o -> numbers.contains(o.number()) ? o : o.asOpen())
                .toList());
    }
}
