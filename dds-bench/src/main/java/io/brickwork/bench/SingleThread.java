package io.brickwork.bench;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A workload of one thread that does something over and over, some operations at a time; each counts with the time of
 * its batch.
 */
final class SingleThread implements Workload {
    private final int operations;
    private final Batch batch;
    private final Histogram latencies = Measured.newHistogram();
    private final Thread thread = Thread.ofPlatform().name("floor").daemon().unstarted(this::run);
    private volatile boolean isRecording;
    private volatile boolean isStopped;
    private volatile boolean hasRecorded;
    private volatile @Nullable Throwable failure;

    /** Does the operations of one batch. */
    @FunctionalInterface
    interface Batch {
        void run() throws Exception;
    }

    /** @param operations how many a batch has */
    SingleThread(int operations, Batch batch) {
        this.operations = operations;
        this.batch = batch;
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void record(boolean on) {
        isRecording = on;
    }

    @Override
    public boolean hasRecorded() {
        return hasRecorded || failure != null;
    }

    @Override
    public Histogram stop() {
        isStopped = true;
        Callers.join(thread);
        Callers.check(failure);
        return latencies;
    }

    private void run() {
        try {
            while (!isStopped) {
                long from = System.nanoTime();
                batch.run();
                if (isRecording) {
                    latencies.recordValueWithCount(
                            Math.min(System.nanoTime() - from, Measured.LONGEST_NANOS), operations);
                    hasRecorded = true;
                }
            }
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }
}
