package io.brickwork.core.defence;

import org.jspecify.annotations.Nullable;

/**
 * Which rules a brick or a client keeps: all of them, except in simulations that ask whether their checkers would
 * notice the lack of one.
 *
 * <p>Immutable. Asked on hot paths: a test of one bit. Code asks for a rule only where the lack of it would make a
 * difference, as far as that is known at once; so simulations learn which rules a run has tried, by counting the
 * questions.
 */
public final class Defences {
    /** Every rule; the only value outside of simulations. */
    public static final Defences ALL = new Defences(0, null);

    /** A bit for each rule that is left out, by ordinal. */
    private final long missing;

    private final @Nullable Probe probe;

    private Defences(long missing, @Nullable Probe probe) {
        this.missing = missing;
        this.probe = probe;
    }

    /** All rules but these: a system that is broken on purpose. For simulations only. */
    public static Defences without(Defence... left) {
        long missing = 0;
        for (Defence defence : left) {
            missing |= bit(defence);
        }
        return new Defences(missing, null);
    }

    /** The same rules, with a probe that hears of each question and each situation. For simulations only. */
    public Defences probed(Probe hears) {
        return new Defences(missing, hears);
    }

    /** Whether the rule is kept. */
    public boolean has(Defence defence) {
        if (probe != null) {
            probe.asked(defence);
        }
        return isKept(defence);
    }

    /** Whether the rule is kept; the probe does not hear of the question. */
    public boolean isKept(Defence defence) {
        return (missing & bit(defence)) == 0;
    }

    /** The machine is in the situation; of interest to simulations. */
    public void reached(Situation situation) {
        if (probe != null) {
            probe.reached(situation);
        }
    }

    private static long bit(Defence defence) {
        return 1L << defence.ordinal();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Defences defences && defences.missing == missing;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(missing);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("all");
        for (Defence defence : Defence.values()) {
            if (!isKept(defence)) {
                text.append(" but ").append(defence);
            }
        }
        return text.toString();
    }
}
