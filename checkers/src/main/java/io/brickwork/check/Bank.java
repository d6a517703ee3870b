package io.brickwork.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What holds of accounts that money is only moved between, and of locks when nobody does anything any more. */
public final class Bank {
    private Bank() {}

    /**
     * Money neither comes nor goes.
     *
     * @param who has read all of them, in one transaction
     * @param balances by account
     */
    public static List<Finding> checkSum(String who, Map<String, Long> balances, long expected) {
        long sum = balances.values().stream().mapToLong(balance -> balance).sum();
        return sum == expected
                ? List.of()
                : List.of(new Finding(
                        "bank",
                        "%s read accounts that add up to %d, not %d: %s".formatted(who, sum, expected, balances)));
    }

    /** At rest nobody waits for an outcome, so nothing is locked. */
    public static List<Finding> checkLocks(List<Replica> replicas) {
        List<Finding> findings = new ArrayList<>();
        for (Replica replica : replicas) {
            replica.sessions()
                    .forEach(row -> row.stands().stream()
                            .filter(stand -> stand.record().isPrepared())
                            .forEach(stand -> findings.add(new Finding(
                                    "nothing-locked",
                                    "partition %s at %s still waits for the outcome of %s"
                                            .formatted(
                                                    replica.partition(),
                                                    replica.name(),
                                                    stand.record().transaction())))));
        }
        return findings;
    }
}
