package io.brickwork.sim.workload;

import io.brickwork.core.Check;
import io.brickwork.sim.kernel.SimRandom;

/**
 * What callers of transactions do.
 *
 * @param clients how many there are; each has one transaction open at a time
 * @param transactions how many each makes, repetitions after a conflict not counted
 * @param lists in each of the two structures
 * @param accounts in each of the two structures
 * @param thinkNanos about how long a caller waits between two transactions
 * @param timeoutNanos of each step, at most; drawn for each
 * @param treePartitions how many the second structure begins with
 */
public record TransactionOptions(
        int clients,
        int transactions,
        int lists,
        int accounts,
        long thinkNanos,
        long timeoutNanos,
        int treePartitions) {
    public TransactionOptions {
        Check.argument(
                clients >= 1 && transactions >= 1 && lists >= 1 && accounts >= 1,
                "%d clients, %d transactions, %d lists, %d accounts",
                clients,
                transactions,
                lists,
                accounts);
    }

    /** Draws a mix. */
    public static TransactionOptions draw(SimRandom random) {
        return new TransactionOptions(
                random.between(2, 5),
                random.between(10, 40),
                random.between(1, 5),
                random.between(1, 4),
                random.scaled(10_000, 50_000_000),
                random.scaled(50_000_000, 10_000_000_000L),
                1 << random.between(0, 2));
    }
}
