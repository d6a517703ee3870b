package io.brickwork.core.partition.transact;

import io.brickwork.core.OperationId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.transaction.TransactionRecord;

/**
 * Which of two conflicting transactions is the older one. Wait-die: the older one waits for the younger, the younger
 * one is refused; so no two transactions wait for each other, wherever else they hold locks.
 *
 * <p>Older is whose caller has tried more often. Between equals the earlier session, then the lower operation number:
 * an order that all participants agree on.
 *
 * <p>Source: Rosenkrantz, Stearns and Lewis 1978, with the number of tries in place of a timestamp.
 *
 * @param age how often the transaction's caller has tried before
 */
record Seniority(int age, OperationId transaction) {
    static Seniority of(CallMessage.Prepare prepare) {
        return new Seniority(prepare.age(), prepare.transaction());
    }

    static Seniority of(TransactionRecord record) {
        return new Seniority(record.age(), record.transaction());
    }

    boolean isOlderThan(Seniority other) {
        if (age != other.age) {
            return age > other.age;
        }
        int bySession = transaction.session().compareTo(other.transaction.session());
        return bySession != 0 ? bySession < 0 : transaction.number() < other.transaction.number();
    }
}
