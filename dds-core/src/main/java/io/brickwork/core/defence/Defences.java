package io.brickwork.core.defence;

/**
 * Which rules a brick or a client keeps: all of them, except in simulations that ask whether their checkers would notice the lack of one.
 *
 * <p>Immutable. Asked on hot paths: a test of one bit.
 */
public final class Defences {
    /** Every rule; the only value outside of simulations. */
    public static final Defences ALL = new Defences(0);

    /** A bit for each rule that is left out, by ordinal. */
    private final long missing;

    private Defences(long missing) {
        this.missing = missing;
    }

    /** All rules but these: a system that is broken on purpose. For simulations only. */
    public static Defences without(Defence... left) {
        long missing = 0;
        for (Defence defence : left) {
            missing |= bit(defence);
        }
        return new Defences(missing);
    }

    /** Whether the rule is kept. */
    public boolean has(Defence defence) {
        return (missing & bit(defence)) == 0;
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
            if (!has(defence)) {
                text.append(" but ").append(defence);
            }
        }
        return text.toString();
    }
}
