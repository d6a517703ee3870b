package io.brickwork.core.partition.replicate;

import io.brickwork.core.BrickId;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.ReplicaMessage;

/**
 * Gets the entries of one open view from its primary to its members and learners, and says when they count. Knows
 * entries as bytes with a version, and nothing of what they do.
 */
public interface Replicator {
    /** The view is open, with everything up to {@code levelSeq} at all members. */
    void begin(long levelSeq);

    /** The next entry is stored here. */
    void replicate(Entry stored, long nowNanos);

    /** What a member or learner says about entries, in the open epoch. */
    void onMessage(BrickId from, ReplicaMessage message, long nowNanos);

    /** Storing has come further here. */
    void onStored(long nowNanos);

    void onLinkUp(BrickId peer, long nowNanos);

    void onTick(long nowNanos);

    /** Up to where every member has synced, and every learner needs nothing more from the log: for trimming. */
    long syncedEverywhereSeq();

    /** Entries that are stored here and not committed, in bytes. */
    long uncommittedBytes();

    /** How full the fullest other member's disk is, in thousandths. */
    int fullestPermille();

    /** Whether the view has no other member. */
    boolean isAlone();

    /** Whether somebody is being brought level. */
    boolean hasLearners();
}
