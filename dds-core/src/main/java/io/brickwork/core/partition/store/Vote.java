package io.brickwork.core.partition.store;

import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.transaction.TransactionRecord;

/** Which vote: a participant's in a transaction. */
public record Vote(OperationId transaction, PartitionId participant) {
    public static Vote of(TransactionRecord record) {
        return new Vote(record.transaction(), record.participant());
    }
}
