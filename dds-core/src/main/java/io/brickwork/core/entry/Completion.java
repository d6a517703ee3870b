package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.Version;

/**
 * The answer to an operation, kept so that a retry gets it again instead of running again.
 *
 * @param version the version of the entry that recorded it
 * @param status whether it took effect
 * @param result the encoded result; for {@link Status#REJECTED} the reason in UTF-8
 */
public record Completion(OperationId operation, Version version, Status status, Bytes result) {
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
