package io.brickwork.bench;

import org.HdrHistogram.Histogram;

/**
 * One figure of the table, or a floor.
 *
 * @param operations how many were completed in the measured time
 * @param nanos the measured time
 * @param latencies of those operations, in nanoseconds
 * @param usage what all processes consumed in the measured time
 */
record Measured(long operations, long nanos, Histogram latencies, Usage usage) {
    /** Longer ones count as this long. */
    static final long LONGEST_NANOS = 60_000_000_000L;

    /** For latencies of one caller; to within a hundredth. */
    static Histogram newHistogram() {
        return new Histogram(LONGEST_NANOS, 2);
    }

    double perSecond() {
        return operations * 1e9 / nanos;
    }

    double latencyMicros(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e3;
    }

    double cpuMicros() {
        return usage.cpuNanos() / 1e3 / operations;
    }

    double wakeUps() {
        return (double) usage.wakeUps() / operations;
    }

    double allocatedBytes() {
        return (double) usage.allocatedBytes() / operations;
    }
}
