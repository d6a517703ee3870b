package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.message.ReplicaMessage;

/**
 * What a member that is not the primary does in a view that is open, or about to be: stores what it is sent, and says
 * so.
 */
public interface Follower {
    /** The next entry, from whoever sends entries to this member. */
    void onStore(BrickId from, ReplicaMessage.Store store, long nowNanos);

    /** How far the partition is committed, and synced at every member. */
    void onCommit(BrickId from, ReplicaMessage.Commit commit);

    /** What the member behind says of entries, in the open epoch. */
    void onMessage(BrickId from, ReplicaMessage message, long nowNanos);

    /** Storing may have come further: whoever waits for that is told, once a turn. */
    void acknowledge(long nowNanos);

    void onLinkUp(BrickId peer, long nowNanos);

    void onTick(long nowNanos);

    /** The view is closed here: forgets what belongs to it alone. */
    default void onClosed() {}

    /** Up to where every member has synced, as far as this one knows: for trimming. */
    long syncedEverywhereSeq();
}
