package io.brickwork.sim.world;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Classes that break one wall of the simulated world each, and one that breaks none; they stand in a world's package
 * because the walls look there.
 */
public final class SeedTrespasses {
    private SeedTrespasses() {}

    public static final class ReadsNanoTime {
        final LongSupplier clock = System::nanoTime;
    }

    public static final class MakesUnseededRandom {
        final Random random = new Random();
    }

    public static final class KeepsHashMap {
        final Map<String, String> map = new HashMap<>();
    }

    public static final class HashesByAddress {
        int hash(Object thing) {
            return System.identityHashCode(thing);
        }
    }

    public static final class BreaksNoWall {
        final Random random = new Random(7);
        final Map<String, String> map = new LinkedHashMap<>();
        final int hash = "text".hashCode();
    }
}
