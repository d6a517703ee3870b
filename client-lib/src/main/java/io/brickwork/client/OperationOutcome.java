package io.brickwork.client;

import io.brickwork.core.OperationId;

/** What became of an operation whose outcome was unknown; see {@link Dds#outcome}. */
public sealed interface OperationOutcome {
    /** It took effect, once. */
    record Done() implements OperationOutcome {}

    /** It was evaluated and refused; it changed nothing and never will. */
    record Rejected(String reason) implements OperationOutcome {}

    /** Nobody has seen it, or nobody answered; it may still take effect. Ask again later. */
    record Unknown(OperationId id, String why) implements OperationOutcome {}

    /**
     * Nobody remembers it any more: too many operations were begun since, or it is not one of this {@link Dds}. It may
     * or may not have taken effect.
     */
    record Forgotten(String why) implements OperationOutcome {}
}
