package io.brickwork.core.partition.execute;

import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.partition.store.Footprint;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.RecordAccess;

/** Where a write has to wait for transactions, or is sent away for their sake. */
public interface WriteGate {
    /** Whether nothing is locked, nobody waits, and nobody's turn it is. */
    boolean isQuiet();

    /** Whether all keys of the part lie in the partition; else it has been refused. */
    boolean isWithin(Endpoint from, CallMessage.Request request, Part part);

    /** Whether it is the turn of one that has tried more often: then the request has been refused. */
    boolean isSentAway(Endpoint from, CallMessage.Request request, Footprint footprint, int age);

    /** Whether it is the turn of a transaction that has to find what a single write would change as it has read it. */
    boolean isTurnOfAnother(Footprint footprint);

    /** Whether a write has to wait for what a transaction has locked, or for one that waits already. */
    boolean isInTheWayOf(Footprint footprint);

    /** Has the request wait until something is free. */
    void await(Endpoint from, CallMessage.Request request, Footprint footprint, long nowNanos);

    /** A transaction that concerns this partition alone was evaluated. */
    void onWhole(Endpoint from, RecordAccess.Whole whole, boolean isCommit, long nowNanos);
}
