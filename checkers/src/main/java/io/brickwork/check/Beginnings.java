package io.brickwork.check;

import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** What a history is up to one of its responses: where the response at fault is looked for. */
final class Beginnings {
    private Beginnings() {}

    /**
     * The shortest beginning that is wrong. Whatever begins a right history is right too, so it is found by halving.
     *
     * @param byInvocation a history that is wrong
     */
    static <C extends Invoked<C>> List<C> shortestWrong(List<C> byInvocation, Predicate<List<C>> isWrong) {
        List<C> byResponse = byInvocation.stream()
                .filter(Invoked::isDone)
                .sorted(Comparator.comparingLong(Invoked::endedAt))
                .toList();
        int good = 0;
        int bad = byResponse.size();
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (isWrong.test(until(byInvocation, byResponse.get(middle - 1).endedAt()))) {
                bad = middle;
            } else {
                good = middle;
            }
        }
        return until(byInvocation, byResponse.get(bad - 1).endedAt());
    }

    /** What had happened up to a response: what began later is left out, what ended later is open. */
    private static <C extends Invoked<C>> List<C> until(List<C> byInvocation, long place) {
        return byInvocation.stream()
                .filter(one -> one.invokedAt() <= place)
                .map(one -> one.endedAt() <= place ? one : one.asOpen())
                .toList();
    }

    /** The operation of the beginning that was answered last. */
    static <C extends Invoked<C>> C lastAnswered(List<C> beginning) {
        return beginning.stream()
                .filter(Invoked::isDone)
                .max(Comparator.comparingLong(Invoked::endedAt))
                .orElseThrow();
    }
}
