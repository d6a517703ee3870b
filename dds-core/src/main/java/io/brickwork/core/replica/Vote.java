package io.brickwork.core.replica;

import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.transaction.TransactionRecord;

/** Which vote: a participant's in a transaction. */
record Vote(OperationId transaction, PartitionId participant) {
    static Vote of(TransactionRecord record) {
        return new Vote(record.transaction(), record.participant());
    }
}
