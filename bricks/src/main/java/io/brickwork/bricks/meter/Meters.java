package io.brickwork.bricks.meter;

import io.brickwork.core.BrickId;

/** Makes the counters of a brick. Called from any thread, while a brick opens. */
@FunctionalInterface
public interface Meters {
    /** Counts nothing. */
    Meters NONE = (brick, name, description) -> () -> {};

    /** A count that only grows. Called on the brick's lane. */
    @FunctionalInterface
    interface Counter {
        void increment();
    }

    /**
     * The counter of this name for this brick; the same one if it was made before.
     *
     * @param name words with dots between them, the first one {@code brickwork}
     */
    Counter counter(BrickId brick, String name, String description);

    /** Those of Micrometer's global registry if the program has Micrometer on its class path; else {@link #NONE}. */
    static Meters ofThisProgram() {
        try {
            return MicrometerMeters.global();
        } catch (NoClassDefFoundError absent) {
            return NONE;
        }
    }
}
