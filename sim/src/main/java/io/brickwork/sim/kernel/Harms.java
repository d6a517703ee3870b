package io.brickwork.sim.kernel;

/** Counts {@link Harm}. One thread at a time. */
public final class Harms {
    private final long[] counts = new long[Harm.values().length];

    /** It has happened once more. */
    public void count(Harm harm) {
        counts[harm.ordinal()]++;
    }

    /** How often it has happened. */
    public long of(Harm harm) {
        return counts[harm.ordinal()];
    }
}
