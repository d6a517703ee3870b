package io.brickwork.sim.kernel;

import io.brickwork.core.Check;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A seeded generator that gives independent streams by name.
 *
 * <p>{@link #stream} depends on the seed and the name alone, never on what has been drawn before: a draw added in one
 * place leaves all others as they were, so a seed keeps its meaning for everything else. The generator is
 * xoroshiro128++ (Blackman, Vigna 2019), seeded through SplitMix64. One thread at a time.
 */
public final class SimRandom implements RandomGenerator {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final long SECOND = 0x3c6ef372fe94f82aL;
    private static final long THIRD = 0xdaa66d2c7ddf743fL;

    private final long seed;
    private long low;
    private long high;

    public SimRandom(long seed) {
        this.seed = seed;
        low = mix(seed + GOLDEN);
        high = mix(seed + SECOND);
        if ((low | high) == 0) {
            high = GOLDEN;
        }
    }

    /** The stream of this name: always the same for the same seed, unlike all others. */
    public SimRandom stream(String name) {
        long derived = seed;
        for (int i = 0; i < name.length(); i++) {
            derived = mix(derived ^ (name.charAt(i) + GOLDEN));
        }
        return new SimRandom(mix(derived + THIRD));
    }

    /** The stream of this name and number. */
    public SimRandom stream(String name, long number) {
        return new SimRandom(mix(stream(name).seed ^ mix(number + GOLDEN)));
    }

    @Override
    public long nextLong() {
        long s0 = low;
        long s1 = high;
        long result = Long.rotateLeft(s0 + s1, 17) + s0;
        s1 ^= s0;
        low = Long.rotateLeft(s0, 49) ^ s1 ^ (s1 << 21);
        high = Long.rotateLeft(s1, 28);
        return result;
    }

    /** True this often in a million. */
    public boolean chance(int perMillion) {
        return perMillion > 0 && nextInt(1_000_000) < perMillion;
    }

    /** A number from {@code min} to {@code max}, both inclusive. */
    public long between(long min, long max) {
        Check.argument(min <= max, "between %d and %d", min, max);
        return min == max ? min : nextLong(min, Math.addExact(max, 1));
    }

    /** A number from {@code min} to {@code max}, both inclusive. */
    public int between(int min, int max) {
        return (int) between((long) min, (long) max);
    }

    /** A number from {@code min} to {@code max}, spread evenly over the orders of magnitude between; both positive. */
    public long scaled(long min, long max) {
        Check.argument(min >= 1 && min <= max, "scaled from %d to %d", min, max);
        // Powers of two and a uniform draw inside one: no floating point, whose library functions may differ between
        // machines.
        int lowBits = 63 - Long.numberOfLeadingZeros(min);
        int highBits = 63 - Long.numberOfLeadingZeros(max);
        long floor = 1L << between(lowBits, highBits);
        long drawn = floor + (nextLong() & (floor - 1));
        return Math.clamp(drawn, min, max);
    }

    /** At least {@code min}; most draws are close to it, few lie far beyond {@code min + mean}. */
    public long tailed(long min, long mean) {
        if (mean <= 0) {
            return min;
        }
        long doubled = 0;
        while (doubled < 6 && (nextLong() & 1) == 0) {
            doubled++;
        }
        return min + nextLong(mean) * (1L << doubled) / 2;
    }

    public <T> T pick(List<T> choices) {
        return choices.get(nextInt(choices.size()));
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
