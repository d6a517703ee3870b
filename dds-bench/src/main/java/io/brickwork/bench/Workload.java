package io.brickwork.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Callers that keep a fixed number of operations under way: a closed loop. An operation that takes long keeps its
 * caller from beginning the next, so the percentiles tell what such callers see, not what arrivals at a fixed rate
 * would.
 */
interface Workload {
    /** How many times longer than it should be a row is measured before it is given up. */
    int MOST_TIMES_LONGER = 40;

    /** Begins; nothing is recorded yet. */
    void start();

    /** From now on operations that complete are recorded, or are not. */
    void record(boolean on);

    /** Whether an operation was recorded. */
    boolean hasRecorded();

    /**
     * Stops and waits for what is under way.
     *
     * @return the latencies that were recorded, in nanoseconds
     * @throws IllegalStateException if an operation failed
     */
    Histogram stop();

    /**
     * Runs it: warm-up, then the measured time.
     *
     * @param consumers the processes that take part
     */
    static Measured measure(Workload workload, Duration warmUp, Duration measured, List<Supplier<Usage>> consumers)
            throws InterruptedException {
        workload.start();
        Thread.sleep(warmUp);
        Usage before = sum(consumers);
        long from = System.nanoTime();
        workload.record(true);
        Thread.sleep(measured);
        // A disk that others keep busy may take longer for one batch than a row is measured.
        for (int longer = 0; longer < MOST_TIMES_LONGER && !workload.hasRecorded(); longer++) {
            Thread.sleep(measured);
        }
        workload.record(false);
        long nanos = System.nanoTime() - from;
        // While the callers still run: a thread that has ended is not counted any more.
        Usage usage = sum(consumers).since(before);
        Histogram latencies = workload.stop();
        if (latencies.getTotalCount() == 0) {
            throw new IllegalStateException("not one operation was completed in " + Duration.ofNanos(nanos));
        }
        return new Measured(latencies.getTotalCount(), nanos, latencies, usage);
    }

    private static Usage sum(List<Supplier<Usage>> consumers) {
        Usage sum = Usage.NOTHING;
        for (Supplier<Usage> consumer : consumers) {
            sum = sum.plus(consumer.get());
        }
        return sum;
    }
}
