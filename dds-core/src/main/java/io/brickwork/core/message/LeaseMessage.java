package io.brickwork.core.message;

import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.SessionId;

/**
 * A brick renews its lease with the leader of the metadata log, and tells it of sessions whose clients are there. Each
 * may be lost, repeated or overtaken.
 *
 * <pre>
 * brick                                  leader
 *   Renew(number, incarnation)   ───▶
 *                                ◀───      Grant(number, duration, index)      unless it does not lead, or the incarnation is not the registered one
 *   Keep(session)                ───▶
 * </pre>
 */
public sealed interface LeaseMessage extends Message {
    @Override
    default boolean isUrgent() {
        return true;
    }

    /**
     * @param number counts a brick's renewals, never used again while it runs
     * @param start the start counter of the brick's incarnation
     * @param isDeparting whether the brick is about to stop, and wants others to take over before it does
     */
    record Renew(long number, DiskId disk, long start, boolean isDeparting) implements LeaseMessage {}

    /** The client of the session has said that it is there. */
    record Keep(SessionId session) implements LeaseMessage {}

    /**
     * The lease lasts this long from the moment at which renewal {@code number} was sent, once the brick has carried
     * out the metadata log up to {@code neededSlot}.
     */
    record Grant(long number, long durationNanos, long neededSlot) implements LeaseMessage {
        public Grant {
            Check.argument(
                    durationNanos >= 0 && neededSlot >= 0, "grant of %d ns at slot %d", durationNanos, neededSlot);
        }
    }
}
