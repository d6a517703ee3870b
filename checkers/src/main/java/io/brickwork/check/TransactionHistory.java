package io.brickwork.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Transactions that callers made on lists, in the order of their beginning: each reads whole lists and appends values,
 * none of which is ever appended twice. That is what lets a checker see, from what was read alone, who came after whom
 * (Kingsbury and Alvaro 2020, Elle §3).
 */
public final class TransactionHistory {
    /** How a transaction ended, as its caller knows. */
    public enum Ending {
        COMMITTED,
        /** It changed nothing, and never will. */
        ABORTED,
        /** Its caller was told "unknown", or died. */
        UNKNOWN
    }

    /** What it did, in its order. */
    public sealed interface Step {
        String key();
    }

    /** It read the list, whole; an absent one is empty. */
    public record Read(String key, List<String> values) implements Step {
        public Read {
            values = List.copyOf(values);
        }

        @Override
        public String toString() {
            return key + " = " + values;
        }
    }

    /** It appended a value that no other step appends. */
    public record Append(String key, String value) implements Step {
        @Override
        public String toString() {
            return key + " += " + value;
        }
    }

    /**
     * One transaction.
     *
     * @param invokedAt when it began, before its first read; on the world's clock
     * @param endedAt when its caller knew; {@link Long#MAX_VALUE} if it never did
     */
    public record Transaction(
            int number, String caller, long invokedAt, long endedAt, Ending ending, List<Step> steps) {
        public Transaction {
            steps = List.copyOf(steps);
        }

        @Override
        public String toString() {
            return "T" + number + " by " + caller + " " + steps;
        }
    }

    private final List<Transaction> transactions = new ArrayList<>();
    private int open;

    /** A transaction begins; returns its number. */
    public int begin(String caller, long now) {
        open++;
        transactions.add(new Transaction(transactions.size(), caller, now, Long.MAX_VALUE, Ending.UNKNOWN, List.of()));
        return transactions.size() - 1;
    }

    /** It ends. */
    public void end(int number, Ending ending, List<Step> steps, long now) {
        open--;
        Transaction begun = transactions.get(number);
        transactions.set(
                number,
                new Transaction(
                        number,
                        begun.caller,
                        begun.invokedAt,
                        ending == Ending.UNKNOWN ? Long.MAX_VALUE : now,
                        ending,
                        steps));
    }

    /** How many have not ended. */
    public int open() {
        return open;
    }

    public List<Transaction> transactions() {
        return Collections.unmodifiableList(transactions);
    }

    public long count(Ending ending) {
        return transactions.stream().filter(one -> one.ending() == ending).count();
    }
}
