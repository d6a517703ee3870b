package io.brickwork.bench;

import java.util.SplittableRandom;

/**
 * Keys and values of a workload, made before it begins: keys "key-0000042", from a bounded set, and random bytes. Any
 * thread.
 */
final class Entries {
    /** Enough that no two values in a row are alike, few enough to stay in the cache. */
    private static final int VALUES = 64;

    private final String[] keys;
    private final byte[][] values = new byte[VALUES][];

    Entries(int keys, int valueBytes) {
        this.keys = new String[keys];
        for (int i = 0; i < keys; i++) {
            this.keys[i] = "key-%07d".formatted(i);
        }
        SplittableRandom random = new SplittableRandom(valueBytes);
        for (int i = 0; i < VALUES; i++) {
            values[i] = new byte[valueBytes];
            random.nextBytes(values[i]);
        }
    }

    int count() {
        return keys.length;
    }

    String key(int index) {
        return keys[index];
    }

    String key(SplittableRandom random) {
        return keys[random.nextInt(keys.length)];
    }

    byte[] value(SplittableRandom random) {
        return values[random.nextInt(VALUES)];
    }
}
