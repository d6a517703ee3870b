package io.brickwork.core.message;

/**
 * Anything that one node tells another over a {@code Link}. Immutable. Each conversation is a sealed interface of its
 * own.
 */
public sealed interface Message permits LinkMessage, CallMessage, ReplicaMessage, PaxosMessage, LeaseMessage {
    /** Urgent messages go over a connection of their own, so that bulk never delays them. */
    default boolean isUrgent() {
        return false;
    }
}
