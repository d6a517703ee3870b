package io.brickwork.sim.workload;

import io.brickwork.core.Check;

/**
 * What callers do.
 *
 * @param clients how many there are
 * @param operations how many operations each makes
 * @param outstanding how many of them each has open at most
 * @param keys how many keys there are
 * @param thinkNanos about how long a caller waits between an outcome and its next operation
 * @param timeoutNanos of each operation, at most; drawn for each
 * @param readPercent how many of the operations are reads
 * @param appendPercent how many of the others append to a key that sees nothing else
 */
public record WorkloadOptions(
        int clients,
        int operations,
        int outstanding,
        int keys,
        long thinkNanos,
        long timeoutNanos,
        int readPercent,
        int appendPercent) {
    public WorkloadOptions {
        Check.argument(
                clients >= 1 && operations >= 1 && outstanding >= 1 && keys >= 1,
                "%d clients, %d operations, %d outstanding, %d keys",
                clients,
                operations,
                outstanding,
                keys);
        Check.argument(thinkNanos >= 0 && timeoutNanos >= 1_000_000, "times %d, %d ns", thinkNanos, timeoutNanos);
    }
}
