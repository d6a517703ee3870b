package io.brickwork.bricks.meter;

import io.brickwork.core.BrickId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;

/**
 * Counters in a registry of Micrometer, each with the tag {@code brick}. Micrometer is an optional dependency: only
 * programs that have it may touch this class.
 */
public final class MicrometerMeters implements Meters {
    private final MeterRegistry registry;

    public MicrometerMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Those of Micrometer's global registry. */
    static Meters global() {
        return new MicrometerMeters(Metrics.globalRegistry);
    }

    @Override
    public Counter counter(BrickId brick, String name, String description) {
        return io.micrometer.core.instrument.Counter.builder(name)
                .description(description)
                .tag("brick", brick.name())
                .register(registry)::increment;
    }
}
