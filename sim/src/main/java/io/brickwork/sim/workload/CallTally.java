package io.brickwork.sim.workload;

import io.brickwork.core.outcome.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * For each kind of call how often it was tried and how often it was done, with the last failure: of one caller, of a
 * run, or of many runs added up.
 *
 * <p>Checkers of histories look at what was answered, so a kind of call that is never answered passes all of them. It
 * does not pass here. One thread at a time.
 */
public final class CallTally {
    private final TreeMap<String, Count> counts = new TreeMap<>();

    /**
     * Calls of one kind.
     *
     * @param lastFailure empty if none failed
     */
    public record Count(long tried, long done, String lastFailure) {
        static final Count NOTHING = new Count(0, 0, "");

        Count with(Outcome outcome) {
            return switch (outcome) {
                case Outcome.Done done -> new Count(tried + 1, this.done + 1, lastFailure);
                case Outcome.Failed failed ->
                    new Count(tried + 1, done, failed.failure().toString());
            };
        }

        Count and(Count other) {
            return new Count(
                    tried + other.tried,
                    done + other.done,
                    other.lastFailure.isEmpty() ? lastFailure : other.lastFailure);
        }
    }

    /** Counts a call that has ended. */
    public void add(String kind, Outcome outcome) {
        counts.merge(kind, Count.NOTHING.with(outcome), Count::and);
    }

    /** Adds up what others have counted. */
    public void add(CallTally other) {
        other.counts.forEach((kind, count) -> counts.merge(kind, count, Count::and));
    }

    /** Calls of this kind. */
    public Count of(String kind) {
        return counts.getOrDefault(kind, Count.NOTHING);
    }

    /** Every kind that was tried so often at least and never done, one sentence each. */
    public List<String> neverDone(long tries) {
        List<String> sentences = new ArrayList<>();
        counts.forEach((kind, count) -> {
            if (count.done() == 0 && count.tried() >= tries) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s failed each of the %d times that it was tried, at last with %s",
                        kind,
                        count.tried(),
                        count.lastFailure()));
            }
        });
        return sentences;
    }

    /** As {@code get 12/17}: done and tried. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        counts.forEach((kind, count) -> parts.add(kind + " " + count.done() + "/" + count.tried()));
        return String.join(", ", parts);
    }
}
