package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an operation, kept so that a retry gets it again instead of running again.
 *
 * @param version the version of the entry that recorded it
 * @param status whether it took effect
 * @param result the encoded result; for {@link Status#REJECTED} the reason in UTF-8
 * @param executedBy the partition whose entry that was, if it was merged into the one that has the record now; else
 *     null
 */
public record Completion(
        OperationId operation,
        Version version,
        Status status,
        Bytes result,
        @Nullable PartitionId executedBy) {
    /** The record of the partition that has executed it. */
    public Completion(OperationId operation, Version version, Status status, Bytes result) {
        this(operation, version, status, result, null);
    }

    /** The same in the partition that this one was merged into, or of which it is a copy. */
    public Completion absorbedFrom(PartitionId partition) {
        return new Completion(operation, version, status, result, executedBy == null ? partition : executedBy);
    }

    /** How an evaluated operation ended. The number is what formats hold. */
    public enum Status {
        DONE(0),
        /** It was evaluated and refused; it changed nothing and never will. */
        REJECTED(1);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }
}
